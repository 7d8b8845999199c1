using MemCache.Core;

namespace MemCache.Meta;

public sealed partial class MetaEngine
{
    // Guarded by the tick's lock. The shard that the sweep has come to; -1: no sweep is under way.
    private int _sweepShard = -1;

    private bool SweepStep()
    {
        if (_sweepShard < 0)
        {
            if (!_segments.TryBeginSweep())
            {
                return false;
            }

            _sweepShard = 0;
            foreach (Shard<LruPolicy> shard in _shards)
            {
                shard.BeginSweep();
            }
        }

        int left = MetaLimits.SweepCountMaxPerTick;
        while (_sweepShard < _shards.Length && (left = _shards[_sweepShard].Sweep(left)) > 0)
        {
            _sweepShard++;
        }

        if (_sweepShard < _shards.Length)
        {
            return true;
        }

        _sweepShard = -1;
        _segments.EndSweep();
        return false;
    }

    private MetaEngineStats ReadStats(Shard<LruPolicy>[] shards)
    {
        ShardTotals totals = default;
        foreach (Shard<LruPolicy> shard in shards)
        {
            shard.AddStats(ref totals);
        }

        ref readonly ShardStats counters = ref totals.Counters;
        return new MetaEngineStats
        {
            ObjectCount = totals.ObjectCount,
            ReservationCount = counters.ReservationCount,
            OrphanCount = counters.OrphanCount,
            RemovingCount = totals.RemovingCount,
            ParkedCount = totals.ParkedCount,
            SessionCount = _sessions.Count,
            KeyLeaseCount = totals.KeyLeaseCount,
            AllocationCount = totals.ListedCount,
            LeasesGranted = counters.LeasesGranted,
            LeasesReleased = counters.LeasesReleased,
            LookupHits = counters.LookupHits,
            LookupMisses = counters.LookupMisses,
            ExistsHits = counters.ExistsHits,
            ExistsMisses = counters.ExistsMisses,
            ObjectsCommitted = counters.ObjectsCommitted,
            CommitsDuplicated = counters.CommitsDuplicated,
            ReservationsDropped = counters.ReservationsDropped,
            CommitsRefused = counters.CommitsRefused,
            ReservationsRevoked = counters.ReservationsRevoked,
            ObjectsRemoved = counters.ObjectsRemoved,
            ObjectsExpired = counters.ObjectsExpired,
            TtlCount = totals.TtlCount,
            PinRefusals = _quotas.PinRefusalCount,
            ObjectsLost = counters.ObjectsLost,
            ObjectsRestored = counters.ObjectsRestored,
            ReplicasRestored = counters.ReplicasRestored,
            RestoringCount = _segments.RestoringCount,
            RetirementsForgotten = ForgottenRetirements(),
            EvictedByWatermark = counters.EvictedByWatermark,
            EvictedByReserve = counters.EvictedByReserve,
            EvictedByQuota = counters.EvictedByQuota,
            EvictedBytes = counters.EvictedBytes,
            ObjectsDrained = counters.ObjectsDrained,
            ReplicasMoved = counters.ReplicasMoved,
            MovedBytes = counters.MovedBytes,
            ReplicasRepaired = counters.ReplicasRepaired,
            RepairedBytes = counters.RepairedBytes,
            MovesDropped = counters.MovesDropped,
            MovingCount = totals.MovingCount,
            MoveQueueCount = _moveQueue.Count,
            InlineEvictions = _placer.InlineEvictions,
            ReservesRejected = Interlocked.Read(ref _reservesRejected),
            ReservesLimited = Interlocked.Read(ref _reservesLimited),
            TableBytes = totals.TableBytes,
            TableBytesTaken = _pool.Bytes,
            AllocatorBytesTaken = _segments.MetadataBytes,
            Reuse = ReadReuse(),
            Media = ReadMedia(),
            Tenants = ReadTenants(),
            Segments = ReadSegments(),
        };
    }

    private List<ReuseStats> ReadReuse()
    {
        List<ReuseStats> reuse = [];
        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            if (_segments.Usage(medium).CapacityPages > 0 && _reuse.Of(medium) is { } learned)
            {
                reuse.Add(learned.ReadStats());
            }
        }

        return reuse;
    }

    private List<MediumStats> ReadMedia()
    {
        List<MediumStats> media = [];
        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            MediumUsage usage = _segments.Usage(medium);
            if (usage.CapacityPages > 0)
            {
                media.Add(new MediumStats
                {
                    Medium = medium,
                    CapacityBytes = usage.CapacityPages << Limits.BlobAlignmentShift,
                    UsedBytes = usage.UsedPages << Limits.BlobAlignmentShift,
                    SoftPinnedBytes = usage.SoftPinnedPages << Limits.BlobAlignmentShift,
                    HardPinnedBytes = usage.HardPinnedPages << Limits.BlobAlignmentShift,
                    HardPinBytesMax = _quotas.HardPinPagesMax(medium) << Limits.BlobAlignmentShift,
                    IsEvicting = usage.IsEvicting,
                });
            }
        }

        return media;
    }

    private List<SegmentStats> ReadSegments()
    {
        List<SegmentStats> segments = [];
        for (int id = 0; id < _segments.Count; id++)
        {
            if (_segments.At(id) is { } mount)
            {
                segments.Add(mount.ReadStats());
            }
        }

        return segments;
    }

    private long ForgottenRetirements()
    {
        long count = 0;
        foreach (SegmentMount mount in _segments.AllLiving)
        {
            count += mount.ForgottenRetirementCount;
        }

        return count;
    }
}
