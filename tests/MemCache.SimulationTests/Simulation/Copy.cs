using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>One replica on its way into a segment, page by page.</summary>
/// <param name="process">Whose.</param>
/// <param name="segment">Where to.</param>
/// <param name="location">The reservation.</param>
/// <param name="pageCount">Pages.</param>
/// <param name="load">What a page is to hold, by its number in the blob.</param>
/// <param name="info">What its slot says when it is finished.</param>
/// <param name="key">The object's key.</param>
/// <param name="verify">Whether what was loaded was right, asked when all is stored.</param>
internal sealed class Copy(
    FakeProcess process, FakeSegment segment, ReplicaLocation location, int pageCount, Func<int, int> load, Func<bool> verify,
    RestoreEntry info, string key)
{
    // Taking the slot, filling it, looking at the floor: three steps before the first page.
    private int _nextPage = -3;

    public FakeSegment Segment { get; } = segment;

    public ReplicaLocation Location { get; } = location;

    public bool IsDone { get; private set; }

    public bool IsRefused { get; private set; }

    private int FirstPage => (int)(Location.Offset / Limits.BlobAlignmentBytes);

    /// <summary>
    /// One step: takes the slot, fills it, looks at the floor and stamps the pages, writes one page, or marks the slot ready.
    /// </summary>
    public void Step()
    {
        if (IsDone || IsRefused)
        {
            return;
        }

        if (_nextPage == -3)
        {
            Take();
        }
        else if (_nextPage == -2)
        {
            Segment.Infos[(int)Location.Slot] = new RestoreEntry
            {
                Generation = info.Generation,
                Offset = info.Offset,
                SizeBytes = info.SizeBytes,
                Slot = info.Slot,
            };
            _nextPage++;
        }
        else if (_nextPage == -1)
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
            GiveUp();
        }
        else
        {
            ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
            Segment.Infos[(int)Location.Slot] = info;
            Segment.Keys[(int)Location.Slot] = key;
            slot = slot with { State = SlotState.Ready };
            End();
        }
    }

    /// <summary>The writer gives up: its slot says so.</summary>
    public void GiveUp()
    {
        ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
        if (slot.Generation == Location.Generation && slot.State == SlotState.Writing)
        {
            slot = slot with { State = SlotState.Free };
        }

        End();
    }

    /// <summary>Nothing more is stored: the writer has finished or given up, or its process is dead.</summary>
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

    private void Take()
    {
        ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
        bool isLate = slot.State == SlotState.Writing && slot.Generation < Segment.Floor;
        if (Location.Generation < Segment.Floor || slot.Generation >= Location.Generation || isLate)
        {
            IsRefused = true;
            return;
        }

        slot = new FakeSegment.SlotWord(Location.Generation, SlotState.Writing, process);
        _nextPage++;
    }

    private void Begin()
    {
        if (Location.Generation < Segment.Floor)
        {
            ref FakeSegment.SlotWord slot = ref Segment.Slots[(int)Location.Slot];
            slot = slot.Generation == Location.Generation && slot.State == SlotState.Writing
                ? slot with { State = SlotState.Free } : slot;
            IsRefused = true;
            return;
        }

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
