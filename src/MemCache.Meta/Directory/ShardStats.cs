namespace MemCache.Meta;

/// <summary>Counters of one shard; guarded by its lock.</summary>
internal struct ShardStats
{
    public long ReservationCount;
    public long OrphanCount;
    public long LeasesGranted;
    public long LeasesReleased;
    public long LookupHits;
    public long LookupMisses;
    public long ExistsHits;
    public long ExistsMisses;
    public long ObjectsCommitted;
    public long CommitsDuplicated;
    public long ReservationsDropped;
    public long CommitsRefused;
    public long ReservationsRevoked;
    public long ObjectsRemoved;
    public long ObjectsLost;
    public long ObjectsRestored;
    public long ReplicasRestored;
    public long EvictedByWatermark;
    public long EvictedByReserve;
    public long EvictedByQuota;
    public long EvictedBytes;
    public long ObjectsExpired;
    public long ObjectsDrained;
    public long ReplicasMoved;
    public long ReplicasRepaired;
    public long MovedBytes;
    public long RepairedBytes;
    public long MovesDropped;
}
