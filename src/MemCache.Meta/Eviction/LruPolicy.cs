namespace MemCache.Meta;

/// <summary>
/// Least recently used first. Exact: when <see cref="Settle"/> has run, the list is in the order of access numbers. A use
/// writes its number and notes the record; the list is put in order for many uses at once, when somebody asks for the
/// order or the notes are full.
/// </summary>
internal struct LruPolicy : IEvictionPolicy
{
    private const byte Parked = 1;
    private const byte Noted = 2;

    // Head: most recent. Parked objects are older than every object of _recent, and a use brings them back to its head.
    private RecordList _recent;
    private RecordList _parked;

    // Records used since the order was last settled, each once and in the order of their first uses; their mark is
    // Noted. If one was used again, they have to be sorted by their access numbers first.
    private uint[]? _uses;
    private ulong[]? _sequences;
    private int _useCount;
    private bool _isDisordered;

    /// <summary>What was read ahead: a result, so that the reads are not left out. Means nothing.</summary>
    public ulong Touched { get; private set; }

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
        Settle(slab);
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        header.PolicyMark = 0;
        header.Sequence = sequence;
        _recent.PushFront(slab, record);
    }

    /// <inheritdoc/>
    public void Touch(Slab slab, uint record, ref RecordHeader header, ulong sequence)
    {
        header.Sequence = sequence;
        if ((header.PolicyMark & Noted) != 0)
        {
            _isDisordered = true;
            return;
        }

        uint[]? uses = _uses;
        int count = _useCount;
        if (uses is null || (uint)count >= (uint)uses.Length)
        {
            uses = MakeRoom(slab);
            count = 0;
        }

        uses[count] = record;
        _useCount = count + 1;
        header.PolicyMark |= Noted;
    }

    /// <inheritdoc/>
    public void Settle(Slab slab)
    {
        if (_useCount != 0)
        {
            Span<uint> uses = _uses.AsSpan(0, _useCount);
            if (_isDisordered)
            {
                Sort(slab, uses);
            }

            Relink(slab, uses);
            _useCount = 0;
            _isDisordered = false;
        }
    }

    /// <inheritdoc/>
    public void Remove(Slab slab, uint record)
    {
        Settle(slab);
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
        Settle(slab);
        _recent.Remove(slab, record);
        slab.Ref<RecordHeader>(record).PolicyMark = Parked;
        _parked.PushFront(slab, record);
    }

    /// <inheritdoc/>
    public void Unpark(Slab slab, uint record)
    {
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        if ((header.PolicyMark & Parked) == 0)
        {
            return;
        }

        Settle(slab);
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
        Settle(slab);
        uint record = _parked.Tail;
        if (record != _parked.Head)
        {
            _parked.Remove(slab, record);
            _parked.PushFront(slab, record);
        }
    }

    private uint[] MakeRoom(Slab slab)
    {
        Settle(slab);
        _sequences ??= new ulong[MetaLimits.UseCountMax];
        return _uses ??= new uint[MetaLimits.UseCountMax];
    }

    private readonly void Sort(Slab slab, Span<uint> uses)
    {
        Span<ulong> sequences = _sequences.AsSpan(0, uses.Length);
        for (int i = 0; i < uses.Length; i++)
        {
            sequences[i] = slab.Ref<RecordHeader>(uses[i]).Sequence;
        }

        sequences.Sort(uses);
    }

    // From the most recent back: each record goes behind the one that was placed before it.
    private void Relink(Slab slab, ReadOnlySpan<uint> uses)
    {
        TouchNeighbours(slab, uses);
        uint before = 0;
        for (int i = uses.Length - 1; i >= 0; i--)
        {
            uint record = uses[i];
            ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
            bool isParked = (header.PolicyMark & Parked) != 0;
            header.PolicyMark = 0;
            if (isParked)
            {
                _parked.Remove(slab, record);
                _recent.InsertAfter(slab, before, record);
            }
            else if (header.Previous != before)
            {
                _recent.Remove(slab, record);
                _recent.InsertAfter(slab, before, record);
            }

            before = record;
        }
    }

    // So that the cache misses of different records overlap; with few objects there are none.
    private void TouchNeighbours(Slab slab, ReadOnlySpan<uint> uses)
    {
        if (Count < MetaLimits.StagedObjectCountMin)
        {
            return;
        }

        ulong touched = 0;
        foreach (uint record in uses)
        {
            ref readonly RecordHeader header = ref slab.Ref<RecordHeader>(record);
            touched ^= header.Previous == 0 ? 0 : slab.Ref<RecordHeader>(header.Previous).Sequence;
            touched ^= header.Next == 0 ? 0 : slab.Ref<RecordHeader>(header.Next).Sequence;
        }

        Touched = touched;
    }
}
