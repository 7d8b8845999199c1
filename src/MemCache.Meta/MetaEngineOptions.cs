namespace MemCache.Meta;

/// <summary>What a <see cref="MetaEngine"/> is built with.</summary>
public sealed record MetaEngineOptions
{
    /// <summary>Shards of the object table, a power of 2 in 1 .. 256. More let more threads in at once, fewer make batches cheaper.</summary>
    public int ShardCount { get; init; } = 16;

    /// <summary>Seed of the key hash; a random one keeps clients from choosing keys that collide.</summary>
    public ulong HashSeed { get; init; }

    /// <summary>Read lease that a lookup grants if it names none, in milliseconds, 1 or more.</summary>
    public int LeaseMsDefault { get; init; } = 10_000;

    /// <summary>Percent of a medium in use above which eviction starts, 1 .. 99.</summary>
    public int EvictHighPercent { get; init; } = 90;

    /// <summary>Percent of a medium in use at which eviction ends, 0 .. 98, below <see cref="EvictHighPercent"/>.</summary>
    public int EvictLowPercent { get; init; } = 80;

    /// <summary>Percent of each medium that objects with a hard pin may take, 0 .. 100.</summary>
    public int HardPinPercent { get; init; } = 50;

    /// <summary>Bytes of each medium that objects with a hard pin may take; the lower bound of both counts.</summary>
    public long HardPinBytes { get; init; } = long.MaxValue;

    /// <summary>Quotas of tenants, at most 63; no prefix twice.</summary>
    public IReadOnlyList<TenantQuota> TenantQuotas { get; init; } = [];

    /// <summary>Which objects leave first.</summary>
    public EvictionOrder EvictionOrder { get; init; } = EvictionOrder.Reuse;

    /// <summary>
    /// Milliseconds after its put or its last use in which an object is not evicted, even if a reserve fails for it; 0:
    /// none. Held to a 16th longer.
    /// </summary>
    public int MinResidenceMs { get; init; }

    /// <summary>
    /// Whether a put is refused a place when its medium is above its low watermark and the object pays less than those
    /// that are there. Its writer is told that it is there already. With <see cref="EvictionOrder.Reuse"/> only.
    /// </summary>
    public bool RefusesUnworthy { get; init; }

    /// <summary>
    /// Keys that are remembered after their objects left, for each object that fits, 0 .. 32; about 35 bytes each. With
    /// <see cref="EvictionOrder.Reuse"/> only.
    /// </summary>
    public int GhostRatio { get; init; } = 8;

    /// <summary>
    /// Generations above this one are given. The MetaService says what no MetaService before it can have given.
    /// </summary>
    public ulong GenerationStart { get; init; }
}
