namespace MemCache.Protocol;

/// <summary>
/// Every counter and index that this version knows, as slots of one array: a client adds to its slots, the
/// MetaService sums them. The slots of one process never travel, only (counter, index).
/// </summary>
public static class ReportLayout
{
    /// <summary>Distance of two kinds of calls in the indexes of <see cref="ReportCounter.CallBuckets"/>.</summary>
    public const int BucketStride = 32;

    /// <summary>Number of <see cref="DataPath"/>.</summary>
    public const int PathCount = 3;

    /// <summary>Number of timed <see cref="ClientCall"/>.</summary>
    public const int CallCount = 16;

    /// <summary>Number of <see cref="ClientPhase"/>.</summary>
    public const int PhaseCount = 5;

    private const int CounterCount = (int)ReportCounter.PhaseNanosecondsMax + 1;

    // Counter and index of each slot.
    private static readonly (ReportCounter Counter, ushort Index)[] Slots = PlaceSlots();

    private static readonly int[] FirstSlots = FindFirstSlots();

    /// <summary>Number of slots.</summary>
    public static int SlotCount => Slots.Length;

    /// <summary>
    /// The slots below this one are plain counters, worth keeping for each rank; those behind are for the pool only.
    /// </summary>
    public static int PlainSlotCount => FirstSlots[(int)ReportCounter.CallBuckets];

    /// <summary>The slot of a counter that this version knows, at a legal index.</summary>
    public static int SlotOf(ReportCounter counter, int index = 0) => FirstSlots[(int)counter] + index;

    /// <summary>The slot of a duration of a call.</summary>
    public static int SlotOf(ClientCall call, int bucket) =>
        FirstSlots[(int)ReportCounter.CallBuckets] + ((int)call * BucketStride) + bucket;

    /// <summary>The slot of an entry; <see langword="false"/>: this version does not know it.</summary>
    public static bool TryFind(in ReportEntry entry, out int slot)
    {
        int counter = (int)entry.Counter;
        bool isKnown = counter is > 0 and < CounterCount && entry.Index < IndexCount(entry.Counter);
        slot = isKnown ? FirstSlots[counter] + entry.Index : -1;
        return isKnown;
    }

    /// <summary>What stands for a slot in a report.</summary>
    public static ReportEntry EntryOf(int slot, ulong value) =>
        new() { Counter = Slots[slot].Counter, Index = Slots[slot].Index, Value = value };

    /// <summary>
    /// Brings a new value into a slot: what grows is added, without ever passing the highest value; extremes are
    /// kept.
    /// </summary>
    public static long Merge(int slot, long known, long value)
    {
        return Slots[slot].Counter switch
        {
            ReportCounter.PhaseNanosecondsMin => known == 0 || value == 0 ? known + value : Math.Min(known, value),
            ReportCounter.PhaseNanosecondsMax => Math.Max(known, value),
            _ => value > long.MaxValue - known ? long.MaxValue : known + value,
        };
    }

    /// <summary>Whether a slot holds an extreme instead of a sum.</summary>
    public static bool IsExtreme(int slot) =>
        Slots[slot].Counter is ReportCounter.PhaseNanosecondsMin or ReportCounter.PhaseNanosecondsMax;

    private static int IndexCount(ReportCounter counter) => counter switch
    {
        ReportCounter.None => 0,
        <= ReportCounter.PutBytes => PathCount,
        <= ReportCounter.Sessions => 1,
        ReportCounter.CallFailures or ReportCounter.CallNanoseconds => CallCount,
        ReportCounter.CallBuckets => CallCount * BucketStride,
        _ => PhaseCount,
    };

    private static (ReportCounter Counter, ushort Index)[] PlaceSlots()
    {
        var slots = new List<(ReportCounter, ushort)>();
        for (int counter = 1; counter < CounterCount; counter++)
        {
            for (int index = 0; index < IndexCount((ReportCounter)counter); index++)
            {
                slots.Add(((ReportCounter)counter, (ushort)index));
            }
        }

        return [.. slots];
    }

    private static int[] FindFirstSlots()
    {
        int[] firstSlots = new int[CounterCount];
        for (int slot = Slots.Length - 1; slot >= 0; slot--)
        {
            firstSlots[(int)Slots[slot].Counter] = slot;
        }

        return firstSlots;
    }
}
