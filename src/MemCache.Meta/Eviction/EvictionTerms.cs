using MemCache.Core;

namespace MemCache.Meta;

/// <summary>What one eviction may take, and why it is done.</summary>
internal readonly ref struct EvictionTerms
{
    /// <summary>Where space is wanted.</summary>
    public required Medium Medium { get; init; }

    /// <summary>The pin of the objects that may go: none, or a soft one.</summary>
    public ObjectPin Pin { get; init; }

    /// <summary>The order of last use that they are in.</summary>
    public int Order => RecordHeader.OrderOf(Medium, Pin);

    /// <summary>The segments in which freed space helps.</summary>
    public SegmentFilter Filter { get; init; }

    /// <summary>Why.</summary>
    public required EvictionCause Cause { get; init; }

    /// <summary>The time.</summary>
    public required long NowMs { get; init; }

    /// <summary>
    /// Objects with this access number or a later one have not had their minimum residence.
    /// </summary>
    public required ulong YoungSequence { get; init; }
}
