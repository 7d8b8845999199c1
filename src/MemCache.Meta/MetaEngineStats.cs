namespace MemCache.Meta;

/// <summary>
/// What a <see cref="MetaEngine"/> holds and what it has done. Shards are read one after the other: while requests run, sums may be off by
/// what happened meanwhile.
/// </summary>
public sealed record MetaEngineStats
{
    /// <summary>Readable objects, the ones whose every replica was in a dropped segment not yet swept included.</summary>
    public long ObjectCount { get; init; }

    /// <summary>Reservations of living sessions that are neither committed nor dropped.</summary>
    public long ReservationCount { get; init; }

    /// <summary>Reservations of lost sessions that wait for the segments' owners.</summary>
    public long OrphanCount { get; init; }

    /// <summary>Removed objects whose space waits for read leases.</summary>
    public long RemovingCount { get; init; }

    /// <summary>Objects that eviction passed over because a reader holds them.</summary>
    public long ParkedCount { get; init; }

    /// <summary>Sessions open.</summary>
    public int SessionCount { get; init; }

    /// <summary>Leases by key that are held, expired ones that were not cleared yet included.</summary>
    public long KeyLeaseCount { get; init; }

    /// <summary>
    /// Reservations that are written over several calls: the ones made by <see cref="MetaEngine.Allocate"/>.
    /// </summary>
    public long AllocationCount { get; init; }

    /// <summary>Read leases granted since the start.</summary>
    public long LeasesGranted { get; init; }

    /// <summary>Read leases given back since the start; the others expired or are held.</summary>
    public long LeasesReleased { get; init; }

    /// <summary>Keys looked up that were there.</summary>
    public long LookupHits { get; init; }

    /// <summary>Keys looked up that were not there.</summary>
    public long LookupMisses { get; init; }

    /// <summary>Keys asked for existence that were there.</summary>
    public long ExistsHits { get; init; }

    /// <summary>Keys asked for existence that were not there.</summary>
    public long ExistsMisses { get; init; }

    /// <summary>Objects published since the start.</summary>
    public long ObjectsCommitted { get; init; }

    /// <summary>Commits whose key was already there.</summary>
    public long CommitsDuplicated { get; init; }

    /// <summary>Reservations dropped by their writers.</summary>
    public long ReservationsDropped { get; init; }

    /// <summary>Commits of reservations that were not there any more.</summary>
    public long CommitsRefused { get; init; }

    /// <summary>Reservations whose space came back because their session ended.</summary>
    public long ReservationsRevoked { get; init; }

    /// <summary>Objects removed by request.</summary>
    public long ObjectsRemoved { get; init; }

    /// <summary>Objects whose time to live was over.</summary>
    public long ObjectsExpired { get; init; }

    /// <summary>Objects and reservations with a time to live.</summary>
    public long TtlCount { get; init; }

    /// <summary>Reserves and changes refused because too much has a hard pin.</summary>
    public long PinRefusals { get; init; }

    /// <summary>Objects that went with their last segment.</summary>
    public long ObjectsLost { get; init; }

    /// <summary>Objects that segments brought back when they joined again.</summary>
    public long ObjectsRestored { get; init; }

    /// <summary>Replicas of them; also those that joined an object which was there.</summary>
    public long ReplicasRestored { get; init; }

    /// <summary>Segments that are bringing their content back at this moment.</summary>
    public int RestoringCount { get; init; }

    /// <summary>
    /// Removed blobs that may come back, because too many waited for the owners of living segments to hear of it.
    /// </summary>
    public long RetirementsForgotten { get; init; }

    /// <summary>Objects evicted between the watermarks.</summary>
    public long EvictedByWatermark { get; init; }

    /// <summary>Objects evicted because a reserve found no space.</summary>
    public long EvictedByReserve { get; init; }

    /// <summary>Objects evicted because the quota of their tenant was full.</summary>
    public long EvictedByQuota { get; init; }

    /// <summary>Bytes of blobs that eviction freed, for all causes.</summary>
    public long EvictedBytes { get; init; }

    /// <summary>Objects that went because their segment was drained with <see cref="DrainPolicy.Drop"/>.</summary>
    public long ObjectsDrained { get; init; }

    /// <summary>Replicas that have left a drained segment for another one.</summary>
    public long ReplicasMoved { get; init; }

    /// <summary>Bytes of those.</summary>
    public long MovedBytes { get; init; }

    /// <summary>Replicas that were made anew for lost ones.</summary>
    public long ReplicasRepaired { get; init; }

    /// <summary>Bytes of those.</summary>
    public long RepairedBytes { get; init; }

    /// <summary>Moves that came to nothing: the object had gone, or the copy failed.</summary>
    public long MovesDropped { get; init; }

    /// <summary>Replicas that a LocalService copies at this moment.</summary>
    public long MovingCount { get; init; }

    /// <summary>Replicas that wait to be moved or repaired, as far as the scan has come.</summary>
    public int MoveQueueCount { get; init; }

    /// <summary>Reserves that had to evict by themselves.</summary>
    public long InlineEvictions { get; init; }

    /// <summary>Reserves answered with AllocationFailed.</summary>
    public long ReservesRejected { get; init; }

    /// <summary>Reserves answered with LimitExceeded.</summary>
    public long ReservesLimited { get; init; }

    /// <summary>Bytes of records, keys and index that were ever touched in the chunks in use.</summary>
    public long TableBytes { get; init; }

    /// <summary>Bytes of chunks taken from the process for records, keys and index.</summary>
    public long TableBytesTaken { get; init; }

    /// <summary>Bytes taken from the process for the allocators.</summary>
    public long AllocatorBytesTaken { get; init; }

    /// <summary>
    /// Reuse-aware eviction, for each medium that has segments; empty with <see cref="EvictionOrder.Lru"/>.
    /// </summary>
    public IReadOnlyList<ReuseStats> Reuse { get; init; } = [];

    /// <summary>Media that have segments.</summary>
    public IReadOnlyList<MediumStats> Media { get; init; } = [];

    /// <summary>Tenants that have a quota, in the order in which they were given.</summary>
    public IReadOnlyList<TenantStats> Tenants { get; init; } = [];

    /// <summary>Segments, in the order of their ids.</summary>
    public IReadOnlyList<SegmentStats> Segments { get; init; } = [];
}
