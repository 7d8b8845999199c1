using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>
/// Multimap from a 32-bit tag to a 32-bit value that is not 0: extendible hashing (Fagin et al., TODS 1979) with pages of 4 KiB. The low bits
/// of the tag pick the page, the tag as a whole its place in it; entries of a page are in the order of their tags, so a miss ends as
/// early as a hit and a removal closes its gap: no tombstones. A full page is split alone, in microseconds; only the list of pages is
/// ever doubled. Tags must be well mixed. Not thread-safe.
/// </summary>
internal sealed class PagedTable
{
    /// <summary>Entries a page may hold before it is split: 83 % of the places where entries belong.</summary>
    public const int EntryCountMaxPerPage = 400;

    private const int PageGranules = Slab.CellGranulesMax;
    private const int SlotCount = PageGranules;

    // Slot 0 holds the page's count and depth. Entries belong to slots 1 .. 480; what is displaced from the last ones finds room behind
    // them. Slot 511 stays empty, so that every search ends.
    private const int HomeCount = 480;
    private const int LastSlot = SlotCount - 2;
    private const int DepthMax = 26;

    private readonly Slab _slab;
    private uint[] _pages = new uint[1];
    private int _depth;

    /// <summary>An empty table with its memory in <paramref name="slab"/>.</summary>
    public PagedTable(Slab slab)
    {
        _slab = slab;
        _pages[0] = NewPage(0);
        Core.Invariant.Require(_pages[0] != 0);
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>First slot where an entry of <paramref name="tag"/> can be.</summary>
    public static int Home(uint tag) => 1 + (int)((ulong)tag * HomeCount >> 32);

    /// <summary>
    /// The page of <paramref name="tag"/>. Its entries are <c>tag &lt;&lt; 32 | value</c> from <see cref="Home"/> on, in order of tags, up to
    /// the first larger tag or the first 0.
    /// </summary>
    public ReadOnlySpan<ulong> Page(uint tag) => PageSlots(_pages[tag & (uint)(_pages.Length - 1)]);

    /// <summary>Any value of <paramref name="tag"/>, 0 if there is none.</summary>
    public uint Find(uint tag)
    {
        ReadOnlySpan<ulong> page = Page(tag);
        for (int i = Home(tag); page[i] != 0; i++)
        {
            uint found = (uint)(page[i] >> 32);
            if (found >= tag)
            {
                return found == tag ? (uint)page[i] : 0;
            }
        }

        return 0;
    }

    /// <summary>Adds an entry.</summary>
    /// <returns><see langword="false"/> when there is no memory left; nothing changed.</returns>
    public bool Insert(uint tag, uint value)
    {
        ulong entry = (ulong)tag << 32 | value;
        while (!TryInsert(PageSlots(_pages[tag & (uint)(_pages.Length - 1)]), entry))
        {
            if (!Split(tag))
            {
                return false;
            }
        }

        Count++;
        return true;
    }

    /// <summary>Removes the entry of <paramref name="tag"/> with <paramref name="value"/>.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(uint tag, uint value)
    {
        Span<ulong> page = PageSlots(_pages[tag & (uint)(_pages.Length - 1)]);
        ulong entry = (ulong)tag << 32 | value;
        int i = Home(tag);
        while (page[i] != entry)
        {
            if (page[i] == 0 || (uint)(page[i] >> 32) > tag)
            {
                return false;
            }

            i++;
        }

        for (; page[i + 1] != 0 && Home((uint)(page[i + 1] >> 32)) <= i; i++)
        {
            page[i] = page[i + 1];
        }

        page[i] = 0;
        page[0]--;
        Count--;
        return true;
    }

    private static bool TryInsert(Span<ulong> page, ulong entry)
    {
        if ((uint)page[0] >= EntryCountMaxPerPage)
        {
            return false;
        }

        int i = Home((uint)(entry >> 32));
        while (page[i] != 0 && page[i] < entry)
        {
            i++;
        }

        int end = i;
        while (page[end] != 0)
        {
            end++;
        }

        if (end > LastSlot)
        {
            return false;
        }

        page[i..end].CopyTo(page[(i + 1)..]);
        page[i] = entry;
        page[0]++;
        return true;
    }

    private bool Split(uint tag)
    {
        uint old = _pages[tag & (uint)(_pages.Length - 1)];
        int depth = (int)(PageSlots(old)[0] >> 32);
        uint added;
        if (depth >= DepthMax || (added = NewPage(depth + 1)) == 0)
        {
            return false;
        }

        if (depth == _depth)
        {
            DoublePages();
        }

        uint bit = 1u << depth;
        Distribute(PageSlots(old), PageSlots(added), bit, depth + 1);
        for (uint i = tag & (bit - 1) | bit; i < (uint)_pages.Length; i += 2 * bit)
        {
            _pages[i] = added;
        }

        return true;
    }

    private static void Distribute(Span<ulong> old, Span<ulong> added, uint bit, int depth)
    {
        Span<ulong> entries = stackalloc ulong[SlotCount];
        old.CopyTo(entries);
        old.Clear();
        int oldEnd = 1;
        int addedEnd = 1;
        int addedCount = 0;
        int oldCount = 0;
        foreach (ulong entry in entries[1..])
        {
            if (entry == 0)
            {
                continue;
            }

            uint tag = (uint)(entry >> 32);
            if ((tag & bit) != 0)
            {
                addedEnd = Append(added, addedEnd, entry);
                addedCount++;
            }
            else
            {
                oldEnd = Append(old, oldEnd, entry);
                oldCount++;
            }
        }

        old[0] = (ulong)depth << 32 | (uint)oldCount;
        added[0] = (ulong)depth << 32 | (uint)addedCount;
    }

    private static int Append(Span<ulong> page, int end, ulong entry)
    {
        int i = Math.Max(end, Home((uint)(entry >> 32)));
        page[i] = entry;
        return i + 1;
    }

    private void DoublePages()
    {
        uint[] pages = new uint[2 * _pages.Length];
        _pages.CopyTo(pages, 0);
        _pages.CopyTo(pages, _pages.Length);
        _pages = pages;
        _depth++;
    }

    private uint NewPage(int depth)
    {
        uint page = _slab.Allocate(PageGranules);
        if (page != 0)
        {
            Span<ulong> slots = PageSlots(page);
            slots.Clear();
            slots[0] = (ulong)depth << 32;
        }

        return page;
    }

    private Span<ulong> PageSlots(uint page) =>
        MemoryMarshal.Cast<byte, ulong>(_slab.Bytes(page, PageGranules * Slab.GranuleBytes));
}
