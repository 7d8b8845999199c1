namespace MemCache.Meta;

/// <summary>
/// Bounds of single steps: what keeps every lock short. A step that ends early is gone on with in the next one.
/// </summary>
internal static class MetaLimits
{
    /// <summary>Objects one tick evicts: about 0.1 ms.</summary>
    public const int EvictCountMaxPerTick = 256;

    /// <summary>
    /// Objects one reserve of one key evicts: about 1 ms. Beyond, the reserve fails and the watermark has to help.
    /// </summary>
    public const int EvictCountMaxPerReserve = 4096;

    /// <summary>Rounds of evict-and-retry of one reserve; each one frees at least as much as is asked for.</summary>
    public const int EvictRoundMaxPerReserve = 32;

    /// <summary>
    /// Objects of one shard looked at, from the oldest on, to find one that frees space where it is needed.
    /// </summary>
    public const int EvictScanCountMax = 256;

    /// <summary>Set-aside objects looked at before each eviction.</summary>
    public const int ParkedScanCountMax = 32;

    /// <summary>
    /// Objects whose use a shard notes before it puts its order right: the call that fills them pays for all. More
    /// would make that longer; with fewer, less of them were used several times meanwhile and need moving only once.
    /// </summary>
    public const int UseCountMax = 512;

    /// <summary>
    /// With fewer objects in a shard the processor overlaps the misses of the outer caches well enough by itself.
    /// Measured.
    /// </summary>
    public const int StagedObjectCountMin = 8192;

    /// <summary>
    /// Keys of requests that may wait until they are learned from: two full batches, or 128 prompts of 256 blocks.
    /// </summary>
    public const int NotedKeyCountMax = 2 * Core.Limits.BatchCountMax;

    /// <summary>
    /// Keys of requests that are learned from in a millisecond: a thousand prompts a second of 256 blocks, for which
    /// learning takes some hundredths of a core; what is asked for beyond is not learned from.
    /// </summary>
    public const int NotedKeyCountPerMs = 256;

    /// <summary>Keys that are learned from in one hold of the policy's lock: about a millisecond.</summary>
    public const int NotedKeyCountPerHold = 4096;

    /// <summary>
    /// Objects that came or went before the policy hears of it from whoever caused it, and not from the next tick.
    /// </summary>
    public const int NotedChangeCountMax = 8192;

    /// <summary>Removed objects of one shard whose leases one tick looks at.</summary>
    public const int RemovingScanCountMax = 256;

    /// <summary>
    /// Leases by key of one shard that one tick looks at: a full client's leases are seen to in 0.2 s.
    /// </summary>
    public const int KeyLeaseScanCountMax = 256;

    /// <summary>Records that one tick looks at when segments were dropped.</summary>
    public const int SweepCountMaxPerTick = 2048;

    /// <summary>Records that one tick looks at for replicas that are wanted elsewhere.</summary>
    public const int MoveScanCountMaxPerTick = 2048;

    /// <summary>
    /// Candidates for moves that wait: many times what all movers have under way, so that none of them waits for the
    /// scan; 100 KB.
    /// </summary>
    public const int MoveQueueCountMax = 4096;

    /// <summary>
    /// Candidates that one request of a mover looks at: the ones that its rank can't take stay in the queue.
    /// </summary>
    public const int MoveLookCountMax = 512;

    /// <summary>Refusals after which a candidate is left to the next scan.</summary>
    public const int MoveRefusalCountMax = 8;

    /// <summary>Rounds of evict-and-retry of one move.</summary>
    public const int MoveEvictRoundMax = 8;

    /// <summary>
    /// Milliseconds between the begins of two scans for moves: a small table would be scanned all the time.
    /// </summary>
    public const int MoveScanIntervalMs = 20;

    /// <summary>
    /// As <see cref="MoveScanIntervalMs"/>, when only repairs are looked for, or something waits that no mover wants.
    /// </summary>
    public const int RepairScanIntervalMs = 1000;

    /// <summary>
    /// Pages of 400 entries of a shard's times to live that one tick looks at: a million of them are seen to in 40
    /// ticks.
    /// </summary>
    public const int ExpiryPageCountMaxPerTick = 4;

    /// <summary>
    /// Objects of a tenant of which the one that was not used for longest is evicted when its quota is full.
    /// </summary>
    public const int TenantSampleCount = 8;

    /// <summary>Records that one hold of a shard's lock removes or revokes.</summary>
    public const int RecordCountMaxPerHold = 512;
}
