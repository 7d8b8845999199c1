using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>One replica on its way into a segment, page by page.</summary>
/// <param name="process">Whose.</param>
/// <param name="segment">Where to.</param>
/// <param name="location">The reservation.</param>
/// <param name="pageCount">Pages.</param>
/// <param name="load">What a page is to hold, by its number in the blob.</param>
/// <param name="verify">Whether what was loaded was right, asked when all is stored.</param>
internal sealed class Copy(
    FakeProcess process, FakeSegment segment, ReplicaLocation location, int pageCount, Func<int, int> load, Func<bool> verify)
{
    private int _nextPage = -1;

    public FakeSegment Segment { get; } = segment;

    public ReplicaLocation Location { get; } = location;

    public bool IsDone { get; private set; }

    public bool IsRefused { get; private set; }

    private int FirstPage => (int)(Location.Offset / Limits.BlobAlignmentBytes);

    /// <summary>One store: marks the slot and stamps the pages, or writes one page, or marks the slot ready.</summary>
    public void Step()
    {
        if (IsDone || IsRefused)
        {
            return;
        }

        if (_nextPage < 0)
        {
            Begin();
        }
        else if (_nextPage < pageCount)
        {
            int page = FirstPage + _nextPage;
            Require(Segment.Stamps[page] == Location.Generation, "stores into a page that another writer has stamped");
            Segment.Contents[page] = load(_nextPage++);
        }
        else if (!verify())
        {
            IsRefused = true;
            End();
        }
        else
        {
            ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
            slot = slot with { State = SlotState.Ready };
            End();
        }
    }

    /// <summary>The writer gives up in an orderly way, or its process dies.</summary>
    public void End()
    {
        IsDone = true;
        for (int i = 0; i < pageCount; i++)
        {
            if (Segment.Writers[FirstPage + i] == this)
            {
                Segment.Writers[FirstPage + i] = null;
            }
        }
    }

    private void Begin()
    {
        ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
        if (slot.Generation >= Location.Generation)
        {
            IsRefused = true;
            return;
        }

        slot = new FakeSegment.SlotWord(Location.Generation, SlotState.Writing, process);
        for (int i = 0; i < pageCount; i++)
        {
            int page = FirstPage + i;
            Require(Segment.Writers[page] is null, "stamps a page that a living writer stores into");
            Segment.Writers[page] = this;
            Segment.Stamps[page] = Location.Generation;
        }

        _nextPage = 0;
    }

    private void Require(bool condition, string what)
    {
        // In a segment that was dropped anything may happen: nobody reads it.
        Invariant.Require(condition || !Segment.IsMounted, what);
    }
}
