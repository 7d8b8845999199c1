namespace MemCache.Fabric;

/// <summary>Lower four bits of a slot's word.</summary>
public enum SlotState
{
    /// <summary>Nothing, or a writer that gave up.</summary>
    Free = 0,

    /// <summary>A writer may be storing bytes into the blob.</summary>
    Writing = 1,

    /// <summary>The blob was written whole. It is current only while its pages' stamps say so too.</summary>
    Ready = 2,

    /// <summary>The owner forbade the writer to begin, or found it dead.</summary>
    Revoked = 3,
}
