namespace MemCache.Fabric;

/// <summary>
/// A slot's first 8 bytes: generation in the upper 60 bits, <see cref="SlotState"/> in the lower 4. Changed by
/// compare-and-swap only.
/// </summary>
/// <param name="Value">As it lies in memory.</param>
public readonly record struct SlotWord(ulong Value)
{
    private const int StateBits = 4;
    private const ulong StateMask = (1UL << StateBits) - 1;

    /// <summary>A word of these parts.</summary>
    public SlotWord(ulong generation, SlotState state)
        : this((generation << StateBits) | (uint)state)
    {
    }

    /// <summary>The reservation that last used the slot; 0 if none did.</summary>
    public ulong Generation => Value >> StateBits;

    /// <summary>What became of it; not one of the named values if the memory is damaged.</summary>
    public SlotState State => (SlotState)(Value & StateMask);
}
