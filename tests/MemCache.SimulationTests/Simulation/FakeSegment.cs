using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>
/// A segment's shared memory as far as the protocol on it goes: a stamp and a content number for each page, a word for each slot. A mount
/// is a new one; what is written into an old one reaches nobody.
/// </summary>
internal sealed class FakeSegment(SegmentId id, RankId rank, int pageCount)
{
    /// <summary>Another one after its owner has joined again.</summary>
    public SegmentId Id { get; set; } = id;

    /// <summary>Reservations below it may not begin.</summary>
    public ulong Floor { get; set; }

    /// <summary>Blobs up to this generation were all removed.</summary>
    public ulong RetiredBelow { get; set; }

    /// <summary>What the owner still has to tell the MetaService; null: nothing, objects may be placed.</summary>
    public Queue<(RestoreEntry Entry, string Key)>? Restoring { get; set; }

    /// <summary>What each slot says beside its word; of the word's generation only if it says so.</summary>
    public RestoreEntry[] Infos { get; } = new RestoreEntry[pageCount];

    /// <summary>Keys of finished blobs, by slot.</summary>
    public string[] Keys { get; } = new string[pageCount];

    public RankId Rank { get; } = rank;

    public bool IsMounted { get; set; } = true;

    /// <summary>Nothing is placed here.</summary>
    public bool IsDraining { get; set; }

    public bool WasDrained { get; set; }

    public ulong[] Stamps { get; } = new ulong[pageCount];

    public int[] Contents { get; } = new int[pageCount];

    public SlotWord[] Slots { get; } = new SlotWord[pageCount];

    /// <summary>Who may still store into the page: a copy that has begun and has not ended, of a process that is not dead.</summary>
    public Copy?[] Writers { get; } = new Copy?[pageCount];

    internal record struct SlotWord(ulong Generation, SlotState State, FakeProcess? Process);
}
