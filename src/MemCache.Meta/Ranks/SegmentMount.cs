using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// One mount of one segment: its free space, slots, generations and orphans. Thread-safe by a lock of its own, which is
/// taken under a shard's lock or under none.
/// </summary>
internal sealed partial class SegmentMount
{
    private readonly Lock _lock = new();
    private readonly SegregatedFitAllocator _allocator;
    private readonly SlotPool _slots;
    private readonly MediumUsage _usage;
    private readonly OrphanTable _orphans = new();
    private readonly GenerationCounter _generations;
    private long _freePages;
    private volatile bool _isAlive = true;
    private volatile DrainPolicy _drain; // written under _lock
    private long _movedOutCount;
    private long _movedOutBytes;
    private long _noRoomCount;

    /// <summary>An empty segment, or one whose content is about to be restored.</summary>
    public SegmentMount(
        SegmentId id, RankId rank, Medium medium, ulong host, uint pageCount, uint slotCount,
        GenerationCounter generations, MediumUsage usage, ChunkPool pool, bool isRestoring = false)
    {
        Id = id;
        Rank = rank;
        Medium = medium;
        Host = host;
        PageCount = pageCount;
        _map = isRestoring ? new PageMap(pageCount) : null;
        _allocator = isRestoring ? new SegregatedFitAllocator(pool) : new SegregatedFitAllocator(pageCount, pool);
        _slots = new SlotPool(slotCount);
        _freePages = isRestoring ? 0 : pageCount;
        _generations = generations;
        Floor = generations.Last + 1;
        _usage = usage;
        usage.AddCapacity(pageCount);
    }

    /// <summary>The mount's number.</summary>
    public SegmentId Id { get; }

    /// <summary>Whose memory it is.</summary>
    public RankId Rank { get; }

    /// <summary>What it is made of.</summary>
    public Medium Medium { get; }

    /// <summary>Number of the host that it lies on.</summary>
    public ulong Host { get; }

    /// <summary>Capacity in pages.</summary>
    public uint PageCount { get; }

    /// <summary>Whether replicas in it count.</summary>
    public bool IsAlive => _isAlive;

    /// <summary>What becomes of the replicas in it; while it is not None nothing is placed here.</summary>
    public DrainPolicy Drain => _drain;

    /// <summary>Whether the segment is being emptied, or was and stays so.</summary>
    public bool IsDraining => _drain != DrainPolicy.None;

    /// <summary>Whether blobs may be placed here: it is neither drained nor being restored.</summary>
    public bool TakesBlobs => !IsDraining && !IsRestoring;

    /// <summary>What the scan for moves saw here.</summary>
    public DrainScan Scan { get; } = new();

    /// <summary>
    /// Number of the sweep that has to end before the id may be given again. Guarded by the engine's lock of segments.
    /// </summary>
    public long SweepNumber { get; set; }

    /// <summary>Pages that blobs can be given: none while the content is being restored.</summary>
    public long FreePages => Interlocked.Read(ref _freePages);

    /// <summary>Takes space for a blob.</summary>
    /// <returns>Ok; SegmentFull, also while it is drained; NotConnectedToLocal when the segment is dead.</returns>
    public MmcStatus Reserve(uint pageCount, out ReplicaEntry replica)
    {
        replica = default;
        if (FreePages < pageCount || IsDraining)
        {
            return _isAlive ? MmcStatus.SegmentFull : MmcStatus.NotConnectedToLocal;
        }

        lock (_lock)
        {
            if (!_isAlive)
            {
                return MmcStatus.NotConnectedToLocal;
            }

            if (IsDraining || !_slots.TryTake(out uint slot))
            {
                return MmcStatus.SegmentFull;
            }

            MmcStatus status = _allocator.Reserve(pageCount, out uint page);
            if (status != MmcStatus.Ok)
            {
                _slots.Return(slot);
                return status;
            }

            // Under the lock: what a later mount of the same file is told as its floor is higher.
            if (!_generations.TryNext(out ulong generation))
            {
                _allocator.Release(page, pageCount);
                _slots.Return(slot);
                return MmcStatus.SegmentFull;
            }

            Interlocked.Exchange(ref _freePages, _allocator.FreePageCount);
            _usage.AddUsed(pageCount);
            replica = new ReplicaEntry
            {
                Generation = generation,
                Slot = slot,
                Page = page,
                Segment = Id.Value,
            };
            return MmcStatus.Ok;
        }
    }

    /// <summary>Gives a blob's space back. Nothing happens when the segment is dead.</summary>
    /// <param name="replica">The blob.</param>
    /// <param name="pageCount">Its pages.</param>
    /// <param name="isRetired">Its slot may say that it is an object: the owner has to be told that it is not.</param>
    public void Release(in ReplicaEntry replica, uint pageCount, bool isRetired)
    {
        lock (_lock)
        {
            if (!_isAlive)
            {
                return;
            }

            ReleasePages(replica.Page, pageCount);
            _slots.Return(replica.Slot);
            _usage.AddUsed(-(long)pageCount);
            if (isRetired && replica.Generation > _retiredBelow)
            {
                _retired.Add(replica.Slot, replica.Generation);
            }
        }
    }

    /// <summary>Begins or ends draining. After it returns, no reservation that did not see it is under way.</summary>
    /// <returns><see langword="false"/>: the segment is dead.</returns>
    public bool TrySetDrain(DrainPolicy policy)
    {
        lock (_lock)
        {
            if (_isAlive)
            {
                _drain = policy;
                Scan.Reset();
            }

            return _isAlive;
        }
    }

    /// <summary>A replica has left this segment for another one.</summary>
    public void NoteMovedOut(long sizeBytes)
    {
        Interlocked.Increment(ref _movedOutCount);
        Interlocked.Add(ref _movedOutBytes, sizeBytes);
    }

    /// <summary>A replica here was offered to a segment that had no room for it.</summary>
    public void NoteNoRoom() => Interlocked.Increment(ref _noRoomCount);

    /// <summary>How far draining has come.</summary>
    public DrainProgress ReadDrain()
    {
        lock (_lock)
        {
            return new DrainProgress
            {
                Policy = _drain,
                RemainingCount = _slots.UsedCount,
                MovedCount = Interlocked.Read(ref _movedOutCount),
                MovedBytes = Interlocked.Read(ref _movedOutBytes),
                NoRoomCount = Interlocked.Read(ref _noRoomCount),
                PassCount = Scan.PassCount,
                MovableCount = Scan.MovableCount,
                StuckCount = Scan.StuckCount,
            };
        }
    }

    /// <summary>From now on replicas in this segment do not count.</summary>
    /// <returns>Whether it was alive.</returns>
    public bool Kill()
    {
        lock (_lock)
        {
            if (!_isAlive)
            {
                return false;
            }

            _isAlive = false;
            _usage.AddCapacity(-PageCount);
            _usage.AddUsed(-(PageCount - FreePagesHeld));
            _orphans.Clear();
            return true;
        }
    }

    /// <summary>Gives the memory of the dead segment's tables back. No record refers to it any more.</summary>
    public void ReturnMemory()
    {
        lock (_lock)
        {
            Invariant.Require(!_isAlive);
            _allocator.ReturnMemory();
        }
    }

    /// <summary>Notes that a blob has become an orphan.</summary>
    /// <param name="replica">The blob.</param>
    /// <param name="writer">Who reserved it; null: a session of an earlier MetaService.</param>
    /// <param name="record">The orphan's record.</param>
    /// <returns><see langword="false"/>: the segment is dead.</returns>
    public bool TryAddOrphan(in ReplicaEntry replica, Session? writer, ObjectRef record)
    {
        lock (_lock)
        {
            if (_isAlive)
            {
                bool isRemote = writer is not null && writer.Host != Host;
                _orphans.Add(replica.Slot, replica.Generation, writer?.Id ?? SessionId.None, isRemote, record);
            }

            return _isAlive;
        }
    }

    /// <summary>Orphans in this segment.</summary>
    public int OrphanCount
    {
        get
        {
            lock (_lock)
            {
                return _orphans.Count;
            }
        }
    }

    /// <summary>Shows orphans to the segment's owner.</summary>
    public int CopyOrphans(Span<OrphanEntry> orphans)
    {
        lock (_lock)
        {
            return _orphans.CopyTo(Id, orphans);
        }
    }

    /// <summary>Takes an orphan out of the list; its space is still held.</summary>
    public bool TryTakeOrphan(uint slot, ulong generation, out ObjectRef record)
    {
        lock (_lock)
        {
            return _orphans.TryTake(slot, generation, out record);
        }
    }

    /// <summary>Figures for an operator.</summary>
    public SegmentStats ReadStats()
    {
        lock (_lock)
        {
            // A dead segment's tables may be gone already.
            long freePages = _isAlive ? FreePagesHeld : PageCount;
            return new SegmentStats
            {
                Segment = Id,
                Rank = Rank,
                Medium = Medium,
                IsAlive = _isAlive,
                IsDraining = IsDraining,
                IsRestoring = _isAlive && _map is not null,
                CapacityBytes = (long)PageCount << Limits.BlobAlignmentShift,
                UsedBytes = (PageCount - freePages) << Limits.BlobAlignmentShift,
                LargestFreeBytes = (_isAlive ? _allocator.LargestFreePageCount : 0L) << Limits.BlobAlignmentShift,
                FreeExtentCount = _isAlive ? _allocator.FreeExtentCount : 0,
                SlotHighWaterCount = _slots.HighWaterCount,
                SlotUsedCount = _slots.UsedCount,
                OrphanCount = _orphans.Count,
            };
        }
    }

    /// <summary>Visits the free runs: for tests.</summary>
    internal void VisitFree(Action<uint, uint> visit)
    {
        lock (_lock)
        {
            if (_isAlive)
            {
                _allocator.VisitFree(visit);
                _map?.VisitFree(visit);
            }
        }
    }
}
