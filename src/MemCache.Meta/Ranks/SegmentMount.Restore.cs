using MemCache.Core;

namespace MemCache.Meta;

/// <content>Bringing back what a segment held before, and telling its owner what is gone.</content>
internal sealed partial class SegmentMount
{
    private readonly RetireQueue _retired = new();

    // While the content is being restored: the pages. The allocator has those that were handed over.
    private PageMap? _map;
    private volatile bool _isRestored;
    private ulong _retiredBelow;
    private uint _slotHeldCount;

    /// <summary>
    /// Every reservation of this mount has this generation or a higher one, every one made before a lower one.
    /// </summary>
    public ulong Floor { get; }

    /// <summary>Whether its content is being restored: nothing may be placed into it.</summary>
    public bool IsRestoring => _map is not null && !_isRestored;

    /// <summary>Blobs with a generation up to this one were removed with all others.</summary>
    public ulong RetiredBelow
    {
        get
        {
            lock (_lock)
            {
                return _retiredBelow;
            }
        }
    }

    /// <summary>Blobs whose owner was not told in time that they are gone.</summary>
    public long ForgottenRetirementCount
    {
        get
        {
            lock (_lock)
            {
                return _retired.ForgottenCount;
            }
        }
    }

    // Under the lock: pages that no blob has, given out or not.
    private long FreePagesHeld => _allocator.FreePageCount + (_map?.FreePageCount ?? 0);

    /// <summary>Takes exactly the slot and the pages of a blob that is there already.</summary>
    /// <returns>
    /// Ok; BlobChanged: another blob has its slot or one of its pages; StateMismatch: nothing is being restored;
    /// NotConnectedToLocal: the segment is dead.
    /// </returns>
    public MmcStatus Restore(in ReplicaEntry replica, uint pageCount)
    {
        lock (_lock)
        {
            if (!_isAlive || !IsRestoring)
            {
                return _isAlive ? MmcStatus.StateMismatch : MmcStatus.NotConnectedToLocal;
            }

            if (!_slots.TryTakeExact(replica.Slot))
            {
                return MmcStatus.BlobChanged;
            }

            if (!_map!.TryTake(replica.Page, pageCount))
            {
                _slots.Return(replica.Slot);
                return MmcStatus.BlobChanged;
            }

            _usage.AddUsed(pageCount);
            return MmcStatus.Ok;
        }
    }

    /// <summary>Takes a slot that nobody is to use as long as this mount lives.</summary>
    /// <returns>As <see cref="Restore"/>.</returns>
    public MmcStatus HoldSlot(uint slot)
    {
        lock (_lock)
        {
            if (!_isAlive || !IsRestoring)
            {
                return _isAlive ? MmcStatus.StateMismatch : MmcStatus.NotConnectedToLocal;
            }

            bool taken = _slots.TryTakeExact(slot);
            _slotHeldCount += taken ? 1u : 0;
            return taken ? MmcStatus.Ok : MmcStatus.BlobChanged;
        }
    }

    /// <summary>Gives the allocator the free pages of a part of the segment.</summary>
    /// <returns>Whether all parts were handed over, or the segment is dead.</returns>
    public bool HandOver()
    {
        lock (_lock)
        {
            return !_isAlive || !IsRestoring || _map!.HandOver(_allocator);
        }
    }

    /// <summary>Lets blobs be placed, when everything was handed over.</summary>
    /// <returns><see langword="false"/>: the segment is dead, or this was done before.</returns>
    public bool TryEndRestore()
    {
        lock (_lock)
        {
            if (!_isAlive || !IsRestoring)
            {
                return false;
            }

            _isRestored = true;
            _map = null;
            Interlocked.Exchange(ref _freePages, _allocator.FreePageCount);
            return true;
        }
    }

    /// <summary>All blobs with a generation up to this one are being removed.</summary>
    public void RetireBelow(ulong generation)
    {
        lock (_lock)
        {
            _retiredBelow = Math.Max(_retiredBelow, generation);
        }
    }

    /// <summary>Takes blobs that the owner is to be told of.</summary>
    /// <param name="entries">Room for them.</param>
    /// <param name="left">How many are left.</param>
    /// <returns>How many were taken.</returns>
    public int TakeRetired(Span<RetireEntry> entries, out int left)
    {
        lock (_lock)
        {
            int count = _retired.Take(entries);
            left = _retired.Count;
            return count;
        }
    }

    /// <summary>Free pages and slots that no blob has: for tests.</summary>
    internal (long FreePages, uint SlotsHeld) Inspect()
    {
        lock (_lock)
        {
            return (FreePagesHeld, _slotHeldCount);
        }
    }

    private void ReleasePages(uint page, uint pageCount)
    {
        uint handedOver = _map is null ? page + pageCount : Math.Clamp(_map.HandedOver, page, page + pageCount);
        if (handedOver > page)
        {
            _allocator.Release(page, handedOver - page);
        }

        if (handedOver < page + pageCount)
        {
            _map!.Release(handedOver, page + pageCount - handedOver);
        }

        if (_map is null)
        {
            Interlocked.Exchange(ref _freePages, _allocator.FreePageCount);
        }
    }
}
