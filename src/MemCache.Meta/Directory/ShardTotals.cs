namespace MemCache.Meta;

/// <summary>Sums of the shards' figures.</summary>
internal struct ShardTotals
{
    public ShardStats Counters;
    public long ObjectCount;
    public long RemovingCount;
    public long ParkedCount;
    public long KeyLeaseCount;
    public long ListedCount;
    public long MovingCount;
    public long TtlCount;
    public long TableBytes;

    /// <summary>Adds one shard's counters.</summary>
    public void Add(in ShardStats stats)
    {
        Counters.ReservationCount += stats.ReservationCount;
        Counters.OrphanCount += stats.OrphanCount;
        Counters.LeasesGranted += stats.LeasesGranted;
        Counters.LeasesReleased += stats.LeasesReleased;
        Counters.LookupHits += stats.LookupHits;
        Counters.LookupMisses += stats.LookupMisses;
        Counters.ExistsHits += stats.ExistsHits;
        Counters.ExistsMisses += stats.ExistsMisses;
        Counters.ObjectsCommitted += stats.ObjectsCommitted;
        Counters.CommitsDuplicated += stats.CommitsDuplicated;
        Counters.ReservationsDropped += stats.ReservationsDropped;
        Counters.CommitsRefused += stats.CommitsRefused;
        Counters.ReservationsRevoked += stats.ReservationsRevoked;
        Counters.ObjectsRemoved += stats.ObjectsRemoved;
        Counters.ObjectsLost += stats.ObjectsLost;
        Counters.ObjectsRestored += stats.ObjectsRestored;
        Counters.ReplicasRestored += stats.ReplicasRestored;
        Counters.EvictedByWatermark += stats.EvictedByWatermark;
        Counters.EvictedByReserve += stats.EvictedByReserve;
        Counters.EvictedByQuota += stats.EvictedByQuota;
        Counters.EvictedBytes += stats.EvictedBytes;
        Counters.ObjectsExpired += stats.ObjectsExpired;
        Counters.ObjectsDrained += stats.ObjectsDrained;
        Counters.ReplicasMoved += stats.ReplicasMoved;
        Counters.ReplicasRepaired += stats.ReplicasRepaired;
        Counters.MovedBytes += stats.MovedBytes;
        Counters.RepairedBytes += stats.RepairedBytes;
        Counters.MovesDropped += stats.MovesDropped;
    }
}
