using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>One entry of a copy by address, while it runs.</summary>
internal struct CopyEntry
{
    /// <summary>What the address names, if this process was told; of a put an <see cref="Allocation"/>.</summary>
    public KnownBlob? Blob;

    /// <summary>Whether the copy runs in an open allocation, which is not finished before it has ended.</summary>
    public bool IsInAllocation;

    /// <summary>Where its bytes are mapped, from the moment that it is sure to be copied.</summary>
    public SegmentView? View;

    /// <summary>What every page of the range has to be stamped with.</summary>
    public ulong Stamp;

    /// <summary>Whether the bytes go over the network.</summary>
    public bool IsRemote;

    /// <summary>Then: which operation of the remote batch it is.</summary>
    public int Operation;
}
