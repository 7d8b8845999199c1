namespace MemCache.Meta;

/// <summary>
/// From the hash of a key to the number of its entry: extendible hashing in pages of 1,024 slots of 4 bytes, a number
/// and 4 bits of the hash each. A full page is split alone; only lists of pages (4 bytes a page) are ever copied, so
/// growing is no pause. The hashes fall into four parts of different sizes, each a table of its own, so that never all
/// pages are just split: about 6.6 bytes an entry, where one table would go to and fro between 4.6 and 9.1. The entries
/// hold the hashes.
/// </summary>
internal sealed class ReuseIndex
{
    private const int PageShift = 10;
    private const int PageSlots = 1 << PageShift;
    private const int PageSlotMask = PageSlots - 1;
    private const int PagesPerChunkShift = 7;
    private const int PagesPerChunk = 1 << PagesPerChunkShift;

    // Up to here searches stay short: 3.5 slots of one page for a hit on average, 30 for a miss at the very end.
    private const int PageEntryMax = PageSlots / 8 * 7;
    private const int DepthMax = 24;
    private const int HomeShift = 32;
    private const int TagShift = 60;
    private const uint NumberMask = ReuseLimits.EntryCountMax;
    private const int SlotTagShift = 28;

    // Twelve bits of the hash choose the part. Sizes in the ratio of the fourth root of 2: they are split at different
    // times, evenly.
    private const int PartShift = 48;
    private const int PartMask = 0xFFF;
    private const int PartCount = 4;

    private readonly ReuseEntries _entries;
    private readonly int[][] _parts = new int[PartCount][];
    private uint[][] _chunks = [];
    private ushort[] _used = new ushort[PagesPerChunk];
    private byte[] _depths = new byte[PagesPerChunk];
    private int _pageCount;

    /// <summary>An empty index over <paramref name="entries"/>.</summary>
    public ReuseIndex(ReuseEntries entries)
    {
        _entries = entries;
        for (int part = 0; part < PartCount; part++)
        {
            _parts[part] = [NewPage(0)];
        }
    }

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_chunks.Length * PagesPerChunk * PageSlots * sizeof(uint)
        + _parts.Sum(pages => (long)pages.Length) * sizeof(int);

    /// <summary>What <see cref="Touch"/> read: a result, so that the reads are not left out. Means nothing.</summary>
    public ulong Touched { get; private set; }

    /// <summary>
    /// Reads ahead what finding these hashes will want, one stage for all after the other, so that their cache misses
    /// overlap.
    /// </summary>
    public void Touch(ReadOnlySpan<ulong> hashes)
    {
        ulong touched = 0;
        foreach (ulong hash in hashes)
        {
            touched ^= PageAt(PageOf(hash))[HomeOf(hash)];
        }

        foreach (ulong hash in hashes)
        {
            touched ^= _entries[(int)(PageAt(PageOf(hash))[HomeOf(hash)] & NumberMask)].Hash;
        }

        Touched = touched;
    }

    /// <summary>The entry of <paramref name="hash"/>, 0: none.</summary>
    public int Find(ulong hash)
    {
        ReadOnlySpan<uint> page = PageAt(PageOf(hash));
        uint tag = (uint)(hash >> TagShift);
        for (int slot = HomeOf(hash); ; slot = slot + 1 & PageSlotMask)
        {
            uint found = page[slot];
            if (found == 0)
            {
                return 0;
            }

            int number = (int)(found & NumberMask);
            if (found >> SlotTagShift == tag && _entries[number].Hash == hash)
            {
                return number;
            }
        }
    }

    /// <summary>Adds an entry whose hash is not there yet.</summary>
    /// <returns><see langword="false"/>: no page can take it, nothing changed. Hashes that differ in less than 24 bits
    /// bring it about.</returns>
    public bool Insert(int number)
    {
        ulong hash = _entries[number].Hash;
        int page;
        while (_used[page = PageOf(hash)] >= PageEntryMax)
        {
            if (!Split(page, hash))
            {
                return false;
            }
        }

        Place(PageAt(page), number, hash);
        _used[page]++;
        return true;
    }

    /// <summary>Removes an entry that is there.</summary>
    public void Remove(int number)
    {
        ulong hash = _entries[number].Hash;
        int pageIndex = PageOf(hash);
        Span<uint> page = PageAt(pageIndex);
        int slot = HomeOf(hash);
        while ((page[slot] & NumberMask) != (uint)number)
        {
            Core.Invariant.Require(page[slot] != 0);
            slot = slot + 1 & PageSlotMask;
        }

        // What comes behind moves up unless it would get before its home.
        int hole = slot;
        for (int next = slot + 1 & PageSlotMask; page[next] != 0; next = next + 1 & PageSlotMask)
        {
            int home = HomeOf(_entries[(int)(page[next] & NumberMask)].Hash);
            if ((next - home & PageSlotMask) >= (next - hole & PageSlotMask))
            {
                page[hole] = page[next];
                hole = next;
            }
        }

        page[hole] = 0;
        _used[pageIndex]--;
    }

    private static int PartOf(ulong hash) => (int)(hash >> PartShift & PartMask) switch
    {
        < 775 => 0,
        < 1697 => 1,
        < 2793 => 2,
        _ => 3,
    };

    private int PageOf(ulong hash)
    {
        int[] pages = _parts[PartOf(hash)];
        return pages[(int)(uint)hash & (pages.Length - 1)];
    }

    private static int HomeOf(ulong hash) => (int)(hash >> HomeShift) & PageSlotMask;

    private static void Place(Span<uint> page, int number, ulong hash)
    {
        int slot = HomeOf(hash);
        while (page[slot] != 0)
        {
            slot = slot + 1 & PageSlotMask;
        }

        page[slot] = (uint)(hash >> TagShift) << SlotTagShift | (uint)number;
    }

    private bool Split(int page, ulong hash)
    {
        int depth = _depths[page];
        if (depth == DepthMax)
        {
            return false;
        }

        ref int[] pages = ref _parts[PartOf(hash)];
        if (1 << depth == pages.Length)
        {
            pages = [.. pages, .. pages];
        }

        int added = NewPage(depth + 1);
        uint bit = 1u << depth;
        for (uint i = (uint)hash & (bit - 1) | bit; i < (uint)pages.Length; i += 2 * bit)
        {
            pages[i] = added;
        }

        Distribute(page, added, bit);
        _depths[page]++;
        return true;
    }

    private void Distribute(int page, int added, uint bit)
    {
        Span<uint> numbers = stackalloc uint[PageSlots];
        Span<uint> old = PageAt(page);
        old.CopyTo(numbers);
        old.Clear();
        Span<uint> other = PageAt(added);
        int moved = 0;
        foreach (uint found in numbers)
        {
            if (found != 0)
            {
                int number = (int)(found & NumberMask);
                ulong hash = _entries[number].Hash;
                bool moves = ((uint)hash & bit) != 0;
                Place(moves ? other : old, number, hash);
                moved += moves ? 1 : 0;
            }
        }

        _used[page] -= (ushort)moved;
        _used[added] = (ushort)moved;
    }

    private int NewPage(int depth)
    {
        if (_pageCount == _chunks.Length << PagesPerChunkShift)
        {
            Array.Resize(ref _chunks, _chunks.Length + 1);
            _chunks[^1] = new uint[PagesPerChunk * PageSlots];
        }

        if (_pageCount == _used.Length)
        {
            Array.Resize(ref _used, 2 * _used.Length);
            Array.Resize(ref _depths, 2 * _depths.Length);
        }

        _depths[_pageCount] = (byte)depth;
        return _pageCount++;
    }

    private Span<uint> PageAt(int page) =>
        _chunks[page >> PagesPerChunkShift].AsSpan((page & (PagesPerChunk - 1)) << PageShift, PageSlots);
}
