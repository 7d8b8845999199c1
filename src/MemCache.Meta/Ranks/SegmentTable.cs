using MemCache.Core;

namespace MemCache.Meta;

/// <summary>All mounts by id, the dropped ones until they are swept. Thread-safe; reading takes no lock.</summary>
internal sealed class SegmentTable(GenerationCounter generations)
{
    private readonly Lock _lock = new();
    private readonly SegmentMount?[] _mounts = new SegmentMount?[Limits.SegmentCountMax];
    private readonly SegmentMount?[] _byRank = new SegmentMount?[Limits.RankCountMax * MediumCount];
    private readonly MediumUsage[] _usages = [new(), new(), new()];

    // 256 KiB: a mount starts with one chunk for its tables and one for its free runs, mostly untouched.
    private readonly ChunkPool _pool = new(chunkShift: 18);
    private SegmentMount[] _living = []; // replaced as a whole under the lock
    private int _idNext;
    private int _count;
    private int _deadCount; // written under _lock
    private int _restoringCount; // written under _lock
    private long _sweepNumber;
    private long _sweepNumberWanted;
    private int _drainingCount; // written under _lock: living segments that are drained
    private int _changeCount; // written under _lock

    /// <summary>Media known: the values of <see cref="Medium"/>.</summary>
    public const int MediumCount = 3;

    /// <summary>One behind the largest id in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Whether replicas may lie in segments that were dropped: some wait for the end of a sweep. If not, every object
    /// has a living one, and nobody need ask.
    /// </summary>
    public bool HasDead => Volatile.Read(ref _deadCount) != 0;

    /// <summary>Whether a living segment is being drained.</summary>
    public bool HasDraining => Volatile.Read(ref _drainingCount) != 0;

    /// <summary>
    /// Grows with everything that may make objects lack replicas, or give them a place: segments that came, went or
    /// were swept.
    /// </summary>
    public int ChangeCount => Volatile.Read(ref _changeCount);

    /// <summary>Whether the content of a living segment is being restored.</summary>
    public bool HasRestoring => RestoringCount != 0;

    /// <summary>Living segments whose content is being restored.</summary>
    public int RestoringCount => Volatile.Read(ref _restoringCount);

    /// <summary>The mount with this id, dead or alive; <see langword="null"/> if there is none.</summary>
    public SegmentMount? At(int id) => (uint)id < Limits.SegmentCountMax ? Volatile.Read(ref _mounts[id]) : null;

    /// <summary>The mount with this id if it is alive.</summary>
    public SegmentMount? Living(ushort id) => At(id) is { IsAlive: true } mount ? mount : null;

    /// <summary>The living mounts at this moment, in the order of their ids.</summary>
    public ReadOnlySpan<SegmentMount> AllLiving => Volatile.Read(ref _living);

    /// <summary>The living segment of this rank and medium.</summary>
    public SegmentMount? Of(RankId rank, Medium medium) =>
        rank.Value < Limits.RankCountMax && Volatile.Read(ref _byRank[RankIndex(rank, medium)]) is { IsAlive: true } mount
            ? mount : null;

    /// <summary>Usage of one medium.</summary>
    public MediumUsage Usage(Medium medium) => _usages[(int)medium];

    /// <summary>Bytes of metadata of the allocators.</summary>
    public long MetadataBytes => _pool.Bytes;

    /// <summary>Adds a segment.</summary>
    /// <returns>
    /// Ok; InvalidParameter; RepeatedCall: the rank has a living segment of this medium, drop it first; LimitExceeded:
    /// every id is in use.
    /// </returns>
    public MmcStatus Mount(
        RankId rank, Medium medium, long dataBytes, uint slotCount, ulong host, bool isRestoring,
        out SegmentMount? mounted)
    {
        mounted = null;
        if (rank.Value >= Limits.RankCountMax || (int)medium >= MediumCount || slotCount == 0
            || dataBytes < Limits.BlobAlignmentBytes || dataBytes > Limits.SegmentBytesMax)
        {
            return MmcStatus.InvalidParameter;
        }

        lock (_lock)
        {
            if (Of(rank, medium) is not null)
            {
                return MmcStatus.RepeatedCall;
            }

            if (!TryTakeId(out int id))
            {
                return MmcStatus.LimitExceeded;
            }

            uint pageCount = (uint)(dataBytes >> Limits.BlobAlignmentShift);
            SegmentMount mount = new(
                new SegmentId((ushort)id), rank, medium, host, pageCount, slotCount, generations, Usage(medium), _pool, isRestoring);
            mounted = mount;
            Volatile.Write(ref _restoringCount, _restoringCount + (isRestoring ? 1 : 0));
            Volatile.Write(ref _mounts[id], mount);
            Volatile.Write(ref _byRank[RankIndex(rank, medium)], mount);
            Volatile.Write(ref _count, Math.Max(_count, id + 1));
            RefreshLiving(medium);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Marks a segment dead; its id is free after the next whole sweep.</summary>
    /// <returns>Ok; KeyNotFound: no living segment has this id.</returns>
    public MmcStatus Drop(SegmentId segment)
    {
        lock (_lock)
        {
            if (Living(segment.Value) is not { } mount || !mount.Kill())
            {
                return MmcStatus.KeyNotFound;
            }

            Volatile.Write(ref _deadCount, _deadCount + 1);
            Volatile.Write(ref _restoringCount, _restoringCount - (mount.IsRestoring ? 1 : 0));
            mount.SweepNumber = _sweepNumber + 1;
            _sweepNumberWanted = mount.SweepNumber;
            RefreshLiving(mount.Medium);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Begins or ends draining of a segment.</summary>
    /// <returns>Ok; KeyNotFound: no living segment has this id.</returns>
    public MmcStatus SetDrain(SegmentId segment, DrainPolicy policy)
    {
        lock (_lock)
        {
            if (Living(segment.Value) is not { } mount || !mount.TrySetDrain(policy))
            {
                return MmcStatus.KeyNotFound;
            }

            CountDraining();
            return MmcStatus.Ok;
        }
    }

    /// <summary>Everything that a segment holds was restored: blobs may be placed into it.</summary>
    /// <returns>Ok; KeyNotFound: no living segment has this id; StateMismatch: it is not being restored.</returns>
    public MmcStatus EndRestore(SegmentId segment)
    {
        if (Living(segment.Value) is not { } mount)
        {
            return MmcStatus.KeyNotFound;
        }

        if (!mount.IsRestoring)
        {
            return MmcStatus.StateMismatch;
        }

        while (!mount.HandOver())
        {
            // A bounded number of pages in each hold of its lock.
        }

        lock (_lock)
        {
            if (!mount.TryEndRestore())
            {
                return MmcStatus.KeyNotFound;
            }

            Volatile.Write(ref _restoringCount, _restoringCount - 1);
            Volatile.Write(ref _changeCount, _changeCount + 1);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Begins a sweep if a segment waits for one.</summary>
    public bool TryBeginSweep()
    {
        lock (_lock)
        {
            if (_sweepNumberWanted <= _sweepNumber)
            {
                return false;
            }

            _sweepNumber++;
            return true;
        }
    }

    /// <summary>Frees the ids of the segments that the sweep that has just ended was for.</summary>
    public void EndSweep()
    {
        lock (_lock)
        {
            Volatile.Write(ref _changeCount, _changeCount + 1);
            for (int id = 0; id < _count; id++)
            {
                if (_mounts[id] is { IsAlive: false } mount && mount.SweepNumber <= _sweepNumber)
                {
                    Volatile.Write(ref _mounts[id], null);
                    Volatile.Write(ref _deadCount, _deadCount - 1);
                    mount.ReturnMemory();
                }
            }
        }
    }

    private static int RankIndex(RankId rank, Medium medium) => rank.Value * MediumCount + (int)medium;

    /// <summary>
    /// Ids go round: one comes back only after all others. A client that has not heard yet that a segment went would
    /// otherwise write into its old mapping what belongs into the new segment of the same id.
    /// </summary>
    private bool TryTakeId(out int id)
    {
        for (int tried = 0; tried < _mounts.Length; tried++)
        {
            id = _idNext;
            _idNext = (_idNext + 1) % _mounts.Length;
            if (_mounts[id] is null)
            {
                return true;
            }
        }

        id = -1;
        return false;
    }

    private void RefreshLiving(Medium medium)
    {
        SegmentMount[] living = [.. _mounts.OfType<SegmentMount>().Where(mount => mount.IsAlive)];
        Volatile.Write(ref _living, living);
        Volatile.Write(ref _changeCount, _changeCount + 1);
        CountDraining();
        long largest = 0;
        foreach (SegmentMount mount in living)
        {
            largest = mount.Medium == medium ? Math.Max(largest, mount.PageCount) : largest;
        }

        Usage(medium).SetLargestSegment(largest);
    }

    private void CountDraining()
    {
        int count = 0;
        foreach (SegmentMount mount in _living)
        {
            count += mount.IsDraining ? 1 : 0;
        }

        Volatile.Write(ref _drainingCount, count);
    }
}
