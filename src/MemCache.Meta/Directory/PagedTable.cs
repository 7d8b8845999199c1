using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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

    // Slots that one vector of 256 bits holds, and its 32-bit lanes with the tags.
    private const int ProbeCount = 4;
    private const uint TagLanes = 0b1010_1010;

    private readonly Slab _slab;
    private Page[] _pages = new Page[1];
    private int _depth;

    /// <summary>An empty table with its memory in <paramref name="slab"/>.</summary>
    public PagedTable(Slab slab)
    {
        _slab = slab;
        _pages[0] = NewPage(0);
        Core.Invariant.Require(_pages[0].Cell != 0);
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>First slot where an entry of <paramref name="tag"/> can be.</summary>
    public static int Home(uint tag) => 1 + (int)((ulong)tag * HomeCount >> 32);

    /// <summary>
    /// The page of <paramref name="tag"/>. Its entries are <c>tag &lt;&lt; 32 | value</c> from <see cref="Home"/> on, in order of tags, up to
    /// the first larger tag or the first 0.
    /// </summary>
    public ReadOnlySpan<ulong> SlotsOf(uint tag) => PageOf(tag).Slots;

    /// <summary>
    /// One behind the largest number of a page. It may grow while pages are gone through in the order of their numbers:
    /// then an entry may be met twice, and is met at least once.
    /// </summary>
    public int PageCount => _pages.Length;

    /// <summary>Places of the page with a number, the empty ones, which are 0, too.</summary>
    /// <returns><see langword="false"/>: it has a lower number as well.</returns>
    public bool TryGetPage(int number, out ReadOnlySpan<ulong> entries)
    {
        Span<ulong> slots = _pages[number].Slots;
        entries = slots[1..];
        return number >> (int)(slots[0] >> 32) == 0;
    }

    /// <summary>The first value of <paramref name="tag"/>, 0 if there is none.</summary>
    public uint Find(uint tag) => Find(PageOf(tag).Slots, tag);

    /// <summary>The first value of each tag, 0 where there is none.</summary>
    public void Find(ReadOnlySpan<uint> tags, Span<uint> values)
    {
        ReadOnlySpan<Page> pages = _pages;
        uint mask = (uint)pages.Length - 1;
        values = values[..tags.Length];
        for (int k = 0; k < tags.Length; k++)
        {
            values[k] = Find(pages[(int)(tags[k] & mask)].Slots, tags[k]);
        }
    }

    private static uint Find(ReadOnlySpan<ulong> page, uint tag)
    {
        int i = Home(tag);
        if (Vector256.IsHardwareAccelerated)
        {
            // Nearly all entries are within four slots of their home: one comparison for all, instead of branches that nobody can predict.
            Vector256<uint> slots = Vector256.Create(page.Slice(i, ProbeCount)).AsUInt32();
            uint hits = Vector256.Equals(slots, Vector256.Create(tag)).ExtractMostSignificantBits() & TagLanes;
            if (hits != 0)
            {
                return (uint)page[i + BitOperations.TrailingZeroCount(hits) / 2];
            }

            // What comes behind an empty slot is at home there, so it has a larger tag.
            ulong last = page[i + ProbeCount - 1];
            if (last == 0 || (uint)(last >> 32) > tag)
            {
                return 0;
            }

            i += ProbeCount;
        }

        for (; page[i] != 0; i++)
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
        while (!TryInsert(PageOf(tag).Slots, entry))
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
        Span<ulong> page = PageOf(tag).Slots;
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
        Page old = PageOf(tag);
        int depth = (int)(old.Slots[0] >> 32);
        Page added = depth < DepthMax ? NewPage(depth + 1) : default;
        if (added.Cell == 0)
        {
            return false;
        }

        if (depth == _depth)
        {
            DoublePages();
        }

        uint bit = 1u << depth;
        Distribute(old.Slots, added.Slots, bit, depth + 1);
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
        var pages = new Page[2 * _pages.Length];
        _pages.CopyTo(pages, 0);
        _pages.CopyTo(pages, _pages.Length);
        _pages = pages;
        _depth++;
    }

    // default: there is no memory left.
    private Page NewPage(int depth)
    {
        uint cell = _slab.Allocate(PageGranules);
        if (cell == 0)
        {
            return default;
        }

        byte[] chunk = _slab.Locate(cell, out int index);
        var page = new Page(cell, index, chunk);
        page.Slots.Clear();
        page.Slots[0] = (ulong)depth << 32;
        return page;
    }

    private ref readonly Page PageOf(uint tag) => ref _pages[tag & (uint)(_pages.Length - 1)];

    // Cell of a page, and where its bytes are: a search asks for nothing on the way to them.
    private readonly record struct Page(uint Cell, int Index, byte[] Chunk)
    {
        public Span<ulong> Slots =>
            MemoryMarshal.Cast<byte, ulong>(Chunk.AsSpan(Index, PageGranules * Slab.GranuleBytes));
    }
}
