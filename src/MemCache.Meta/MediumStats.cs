using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Figures of all living segments of one medium.</summary>
public readonly record struct MediumStats
{
    /// <summary>The medium.</summary>
    public Medium Medium { get; init; }

    /// <summary>Bytes of the living segments.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Bytes of blobs in them, rounded up to pages.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Bytes of objects and reservations with a soft pin, all replicas.</summary>
    public long SoftPinnedBytes { get; init; }

    /// <summary>Bytes of objects and reservations with a hard pin, all replicas.</summary>
    public long HardPinnedBytes { get; init; }

    /// <summary>Bytes that may have a hard pin.</summary>
    public long HardPinBytesMax { get; init; }

    /// <summary>Whether the high watermark was passed and the low one is not reached yet.</summary>
    public bool IsEvicting { get; init; }
}
