using MemCache.Core;

namespace MemCache.Meta;

/// <summary>One record as it is at a moment: for tests and for looking inside.</summary>
internal sealed record RecordSnapshot
{
    /// <summary>Shard it is in.</summary>
    public int Shard { get; init; }

    /// <summary>What it is.</summary>
    public RecordState State { get; init; }

    /// <summary>The key, taken for UTF-8.</summary>
    public string Key { get; init; } = "";

    /// <summary>Size of the object.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Generation of its first replica when it was put.</summary>
    public ulong PutGeneration { get; init; }

    /// <summary>Number of the last access; 0 for reservations.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Readers; 0 for reservations.</summary>
    public int ReaderCount { get; init; }

    /// <summary>Its pin.</summary>
    public ObjectPin Pin { get; init; }

    /// <summary>Whose quota it is charged to; 0: nobody's.</summary>
    public int Tenant { get; init; }

    /// <summary>Medium of its replicas.</summary>
    public Medium Medium { get; init; }

    /// <summary>Session of a reservation or an orphan.</summary>
    public SessionId Session { get; init; }

    /// <summary>Replicas; the ones that are gone have the segment "none".</summary>
    public IReadOnlyList<BlobLocation> Replicas { get; init; } = [];
}
