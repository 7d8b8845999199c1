using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// One scan of all records for replicas that are wanted elsewhere, in bounded steps. Belongs to the thread in Tick.
/// </summary>
internal sealed class MoveScan(SegmentTable segments, MoveQueue queue)
{
    /// <summary>Whether objects with fewer replicas than they were put with are looked for.</summary>
    public bool WantsRepair { get; private set; }

    /// <summary>Repairs that were queued.</summary>
    public int RepairCount { get; private set; }

    /// <summary>Whether there is no room for another candidate: go on later.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Begins at the first record.</summary>
    public void Begin(bool wantsRepair)
    {
        (WantsRepair, RepairCount, IsFull) = (wantsRepair, 0, false);
        foreach (SegmentMount mount in segments.AllLiving)
        {
            mount.Scan.Begin();
        }
    }

    /// <summary>Goes on where the queue was full.</summary>
    public void Resume() => IsFull = false;

    /// <summary>Every record was seen.</summary>
    public void End()
    {
        foreach (SegmentMount mount in segments.AllLiving)
        {
            mount.Scan.End();
        }
    }

    /// <summary>Queues a replica, if there is a rank that could take it.</summary>
    /// <param name="candidate">The replica.</param>
    /// <param name="drained">Where it is, or nowhere.</param>
    /// <param name="medium">Of the object.</param>
    /// <param name="pageCount">Of the object.</param>
    /// <param name="others">The object's living replicas that stay.</param>
    public void Offer(
        in MoveCandidate candidate, SegmentMount? drained, Medium medium, uint pageCount,
        ReadOnlySpan<SegmentMount> others)
    {
        bool canMove = HasPlace(medium, pageCount, others);
        drained?.Scan.Note(canMove);
        if (canMove && queue.TryAdd(candidate))
        {
            RepairCount += candidate.IsRepair ? 1 : 0;
        }
        else if (canMove)
        {
            IsFull = true;
        }
    }

    private bool HasPlace(Medium medium, uint pageCount, ReadOnlySpan<SegmentMount> others)
    {
        foreach (SegmentMount mount in segments.AllLiving)
        {
            if (mount.IsAlive && mount.TakesBlobs && mount.Medium == medium && mount.PageCount >= pageCount
                && !IsOn(others, mount.Rank))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOn(ReadOnlySpan<SegmentMount> mounts, RankId rank)
    {
        foreach (SegmentMount mount in mounts)
        {
            if (mount.Rank == rank)
            {
                return true;
            }
        }

        return false;
    }
}
