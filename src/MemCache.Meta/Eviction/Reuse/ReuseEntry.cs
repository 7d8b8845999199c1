namespace MemCache.Meta;

/// <summary>
/// What <see cref="ReusePolicy"/> knows of one key: 24 bytes. Entries name each other by numbers; 0 is none.
/// </summary>
internal struct ReuseEntry
{
    /// <summary>Ticks are counted modulo 2^24: at 64 puts a tick a billion puts.</summary>
    public const uint TickMask = 0xFF_FFFF;

    /// <summary>
    /// A count of children that reached this is not counted any more: such a block stays. At most one block in 8
    /// million does.
    /// </summary>
    public const int ChildCountMax = (1 << ChildBits) - 1;

    /// <summary>Largest counts of references and of places in queues.</summary>
    public const int ReferenceCountMax = 63;

    /// <inheritdoc cref="ReferenceCountMax"/>
    public const int QueuedCountMax = 7;

    private const int ChildBits = 23;
    private const uint ClassMask = BlockClass.Count - 1;
    private const uint AskedBit = 1 << 7;
    private const int ReferenceShift = 0;
    private const int QueuedShift = 6;
    private const int ChildShift = 9;

    /// <summary>Hash of the key: it stands for the key.</summary>
    public ulong Hash;

    /// <summary>
    /// The block before it in its chain. Counted among that one's children while this one is resident.
    /// </summary>
    public int Parent;

    /// <summary>One of the resident blocks behind it, the one seen last; may be out of date.</summary>
    public int Child;

    // Tick 24, asked 1, class 5, state 2 bits.
    private uint _age;

    // References 6, places in queues 3, resident children 23 bits.
    private uint _traits;

    /// <summary>Tick of the last reference, modulo 2^24.</summary>
    public readonly uint Tick => _age >> 8;

    /// <summary>See <see cref="BlockClass"/>.</summary>
    public readonly int Class => (int)(_age >> 2 & ClassMask);

    /// <summary>Whether its last reference asked only whether it is there.</summary>
    public readonly bool IsAsked => (_age & AskedBit) != 0;

    /// <summary>What the entry stands for.</summary>
    public ReuseState State
    {
        readonly get => (ReuseState)(_age & 3);
        set => _age = _age & ~3u | (uint)value;
    }

    /// <summary>Times the key was asked for while it was known; stops at <see cref="ReferenceCountMax"/>.</summary>
    public int References
    {
        readonly get => (int)(_traits >> ReferenceShift & ReferenceCountMax);
        set => Set(ReferenceShift, ReferenceCountMax, value);
    }

    /// <summary>Places in queues that name the entry.</summary>
    public int QueuedCount
    {
        readonly get => (int)(_traits >> QueuedShift & QueuedCountMax);
        set => Set(QueuedShift, QueuedCountMax, value);
    }

    /// <summary>Resident entries whose <see cref="Parent"/> it is.</summary>
    public readonly int ChildCount => (int)(_traits >> ChildShift);

    /// <summary>One resident child more.</summary>
    public void AddChild()
    {
        if (ChildCount < ChildCountMax)
        {
            _traits += 1u << ChildShift;
        }
    }

    /// <summary>One resident child less.</summary>
    public void RemoveChild()
    {
        if (ChildCount is > 0 and < ChildCountMax)
        {
            _traits -= 1u << ChildShift;
        }
    }

    /// <summary>Sets what a reference sets together.</summary>
    public void SetReference(uint tick, int classIndex, bool isAsked) =>
        _age = tick << 8 | (isAsked ? AskedBit : 0) | (uint)classIndex << 2 | _age & 3;

    private void Set(int shift, int mask, int value) =>
        _traits = _traits & ~((uint)mask << shift) | (uint)(value & mask) << shift;
}
