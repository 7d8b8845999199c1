using MemCache.Core;

namespace MemCache.Meta;

public sealed partial class MetaEngine
{
    /// <summary>All records, in no order: for tests.</summary>
    internal List<RecordSnapshot> Snapshot()
    {
        List<RecordSnapshot> records = [];
        foreach (Shard<LruPolicy> shard in _shards)
        {
            shard.Snapshot(records);
        }

        return records;
    }

    /// <summary>
    /// Requires what must always hold: lists, index and counters agree; no two blobs overlap; every page of a living segment is free or
    /// belongs to exactly one record; slots are given once; usage is the sum; the policies know
    /// what is there. For tests, while no other call runs.
    /// </summary>
    internal void CheckInvariants(bool isConcurrent = false, bool checksReuse = true)
    {
        foreach (Shard<LruPolicy> shard in _shards)
        {
            shard.CheckInvariants(isConcurrent);
        }

        List<RecordSnapshot> records = Snapshot();
        records.ForEach(CheckRanks);
        if (checksReuse)
        {
            CheckReuse(records);
        }

        for (Medium medium = 0; (int)medium < SegmentTable.MediumCount; medium++)
        {
            long used = 0;
            long capacity = 0;
            for (int id = 0; id < _segments.Count; id++)
            {
                if (_segments.Living((ushort)id) is { } mount && mount.Medium == medium)
                {
                    used += CheckSegment(mount, records);
                    capacity += mount.PageCount;
                }
            }

            Invariant.Require(used == _segments.Usage(medium).UsedPages);
            Invariant.Require(capacity == _segments.Usage(medium).CapacityPages);
            CheckPinned(medium, records);
        }

        for (int i = 1; i <= _quotas.TenantCount; i++)
        {
            Invariant.Require(_quotas[i].UsedPages == PagesOf(records, record => record.Tenant == i));
        }
    }

    private void CheckPinned(Medium medium, List<RecordSnapshot> records)
    {
        MediumUsage usage = _segments.Usage(medium);
        Invariant.Require(
            usage.SoftPinnedPages == PagesOf(records, r => r.Medium == medium && r.Pin == ObjectPin.Soft));
        Invariant.Require(
            usage.HardPinnedPages == PagesOf(records, r => r.Medium == medium && r.Pin == ObjectPin.Hard));
    }

    // As they are charged: what was put, whatever has become of the replicas.
    private static long PagesOf(List<RecordSnapshot> records, Func<RecordSnapshot, bool> isMeant) =>
        records.Where(isMeant).Sum(record => RecordHeader.Pages(record.SizeBytes) * (long)record.Replicas.Count);

    private static long CheckSegment(SegmentMount mount, List<RecordSnapshot> records)
    {
        bool[] isTaken = new bool[mount.PageCount];
        HashSet<uint> slots = [];
        long used = 0;
        int orphans = 0;
        foreach (RecordSnapshot record in records)
        {
            foreach (BlobLocation blob in record.Replicas)
            {
                if (blob.Segment != mount.Id)
                {
                    continue;
                }

                Invariant.Require(slots.Add(blob.Slot));
                uint pages = RecordHeader.Pages(blob.SizeBytes);
                Take(isTaken, (uint)(blob.Offset >> Limits.BlobAlignmentShift), pages);
                used += pages;
                orphans += record.State == RecordState.Orphan ? 1 : 0;
            }
        }

        mount.VisitFree((page, count) => Take(isTaken, page, count));
        Invariant.Require(!isTaken.Contains(false));
        (long freePages, uint slotsHeld) = mount.Inspect();
        Invariant.Require(used == mount.PageCount - freePages);
        Invariant.Require(slots.Count + slotsHeld == mount.ReadStats().SlotUsedCount);
        Invariant.Require(orphans == mount.OrphanCount);
        return used;
    }

    private void CheckRanks(RecordSnapshot record)
    {
        HashSet<RankId> ranks = [];
        foreach (BlobLocation blob in record.Replicas)
        {
            Invariant.Require(_segments.Living(blob.Segment.Value) is not { } mount || ranks.Add(mount.Rank));
        }
    }

    private static void Take(bool[] isTaken, uint page, uint count)
    {
        Span<bool> range = isTaken.AsSpan((int)page, (int)count);
        Invariant.Require(!range.Contains(true));
        range.Fill(true);
    }
}
