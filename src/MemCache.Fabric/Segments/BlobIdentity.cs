namespace MemCache.Fabric;

/// <summary>What the slot of a finished blob says of its object, so that a table of objects can be made from slots alone.</summary>
public readonly ref struct BlobIdentity
{
    /// <summary>The object's key, 1 .. <see cref="Core.Limits.KeyBytesMax"/> bytes.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>CRC-32C of the object, or none.</summary>
    public uint? Checksum { get; init; }

    /// <summary>Generation of the object's first replica when it was put: the same in all its replicas, another for every put.</summary>
    public ulong PutGeneration { get; init; }

    /// <summary>Replicas that were wanted, 1 .. <see cref="Core.Limits.ReplicaCountMax"/>.</summary>
    public int ReplicaCount { get; init; }

    /// <summary>Which of them this one is, 0-based.</summary>
    public int ReplicaIndex { get; init; }

    /// <summary>Pin and end of life.</summary>
    public Core.StoredTerms Terms { get; init; }

    /// <summary>Whether a slot can say this.</summary>
    public bool IsLegal =>
        Key.Length is >= Core.Limits.KeyBytesMin and <= Core.Limits.KeyBytesMax
        && ReplicaCount is >= 1 and <= Core.Limits.ReplicaCountMax
        && ReplicaIndex >= 0 && ReplicaIndex < ReplicaCount;
}
