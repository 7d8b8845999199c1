namespace MemCache.Meta;

/// <summary>Least recently used first. Exact: the list is in the order of access numbers.</summary>
internal struct LruPolicy : IEvictionPolicy
{
    private const byte Parked = 1;

    // Head: most recent. Parked objects are older than every object of _recent, and a use brings them back to its head.
    private RecordList _recent;
    private RecordList _parked;

    /// <inheritdoc/>
    public readonly int Count => _recent.Count + _parked.Count;

    /// <inheritdoc/>
    public readonly int ParkedCount => _parked.Count;

    /// <inheritdoc/>
    public readonly uint First => _recent.Tail;

    /// <inheritdoc/>
    public readonly uint FirstParked => _parked.Tail;

    /// <inheritdoc/>
    public void Insert(Slab slab, uint record, ulong sequence)
    {
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        header.PolicyMark = 0;
        header.Sequence = sequence;
        _recent.PushFront(slab, record);
    }

    /// <inheritdoc/>
    public void Touch(Slab slab, uint record, ref RecordHeader header, ulong sequence)
    {
        header.Sequence = sequence;
        if (header.PolicyMark != Parked)
        {
            _recent.MoveToFront(slab, record, ref header);
            return;
        }

        _parked.Remove(slab, record);
        header.PolicyMark = 0;
        _recent.PushFront(slab, record);
    }

    /// <inheritdoc/>
    public void Remove(Slab slab, uint record)
    {
        if (slab.Ref<RecordHeader>(record).PolicyMark == Parked)
        {
            _parked.Remove(slab, record);
        }
        else
        {
            _recent.Remove(slab, record);
        }
    }

    /// <inheritdoc/>
    public readonly uint After(Slab slab, uint record) => slab.Ref<RecordHeader>(record).Previous;

    /// <inheritdoc/>
    public void Park(Slab slab, uint record)
    {
        _recent.Remove(slab, record);
        slab.Ref<RecordHeader>(record).PolicyMark = Parked;
        _parked.PushFront(slab, record);
    }

    /// <inheritdoc/>
    public void Unpark(Slab slab, uint record)
    {
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        if (header.PolicyMark != Parked)
        {
            return;
        }

        _parked.Remove(slab, record);
        header.PolicyMark = 0;
        uint before = _recent.Tail;
        while (before != 0 && slab.Ref<RecordHeader>(before).Sequence < header.Sequence)
        {
            before = slab.Ref<RecordHeader>(before).Previous;
        }

        _recent.InsertAfter(slab, before, record);
    }

    /// <inheritdoc/>
    public void RotateParked(Slab slab)
    {
        uint record = _parked.Tail;
        if (record != _parked.Head)
        {
            _parked.Remove(slab, record);
            _parked.PushFront(slab, record);
        }
    }
}
