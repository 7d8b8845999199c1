namespace MemCache.Meta;

/// <summary>What becomes of the replicas in a segment.</summary>
public enum DrainPolicy
{
    /// <summary>They stay: the segment is not drained.</summary>
    None = 0,

    /// <summary>They move to other ranks; what finds no place stays and stays readable.</summary>
    Move = 1,

    /// <summary>They are dropped; an object that has no other replica goes as if it had been removed.</summary>
    Drop = 2,
}
