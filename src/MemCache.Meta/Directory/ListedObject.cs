using MemCache.Core;

namespace MemCache.Meta;

/// <summary>One object of an <see cref="ObjectListing"/>.</summary>
public readonly record struct ListedObject
{
    /// <summary>Where its key begins: <see cref="ObjectListing.KeyOf"/>.</summary>
    internal int KeyOffset { get; init; }

    /// <summary>Length of its key.</summary>
    internal int KeyBytes { get; init; }

    /// <summary>Its size.</summary>
    public long SizeBytes { get; init; }

    /// <summary>What its replicas lie in.</summary>
    public Medium Medium { get; init; }

    /// <summary>Replicas in living segments.</summary>
    public int ReplicaCount { get; init; }

    /// <summary>Whether it was removed and waits for its readers.</summary>
    public bool IsRemoving { get; init; }

    /// <summary>Read leases on it that have not ended.</summary>
    public int ReaderCount { get; init; }

    /// <summary>When the last of those ends.</summary>
    public long ReadersEndMs { get; init; }

    /// <summary>First of its leases by key in <see cref="ObjectListing.Leases"/>.</summary>
    public int FirstLease { get; init; }

    /// <summary>How many there are.</summary>
    public int LeaseCount { get; init; }
}
