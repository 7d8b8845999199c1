using System.Numerics;

namespace MemCache.Meta;

/// <summary>
/// Which pages of a segment are taken while its content is being restored: a bit for each, in pieces that are made when
/// they are needed. Takes exact ranges, which the allocator cannot; its free runs go to the allocator afterwards,
/// window by window. Not thread-safe: the segment's lock guards it.
/// </summary>
internal sealed class PageMap
{
    private const int WordShift = 6;
    private const int ChunkShift = 16;
    private const int WordsPerChunk = 1 << (ChunkShift - WordShift);

    // LIMIT: at most half as many free runs go to the allocator under one hold of the lock: about 1 ms.
    private const uint WindowPages = 1 << 14;

    private readonly uint _pageCount;
    private readonly ulong[]?[] _chunks;
    private uint _handedOver;

    /// <summary>All pages are free.</summary>
    public PageMap(uint pageCount)
    {
        _pageCount = pageCount;
        _chunks = new ulong[]?[(pageCount >> ChunkShift) + 1];
        FreePageCount = pageCount;
    }

    /// <summary>Free pages that were not handed over.</summary>
    public long FreePageCount { get; private set; }

    /// <summary>Pages below this one belong to the allocator.</summary>
    public uint HandedOver => _handedOver;

    /// <summary>Takes exactly these pages.</summary>
    /// <returns>
    /// <see langword="false"/>: some are taken, or were handed over, or do not exist; nothing changed.
    /// </returns>
    public bool TryTake(uint page, uint pageCount)
    {
        if (pageCount == 0 || page < _handedOver || page >= _pageCount || pageCount > _pageCount - page)
        {
            return false;
        }

        for (uint at = page; at < page + pageCount; at = NextWord(at))
        {
            if ((WordAt(at) & Mask(at, page + pageCount)) != 0)
            {
                return false;
            }
        }

        for (uint at = page; at < page + pageCount; at = NextWord(at))
        {
            MakeWord(at) |= Mask(at, page + pageCount);
        }

        FreePageCount -= pageCount;
        return true;
    }

    /// <summary>Frees pages that were taken and not handed over.</summary>
    public void Release(uint page, uint pageCount)
    {
        for (uint at = page; at < page + pageCount; at = NextWord(at))
        {
            MakeWord(at) &= ~Mask(at, page + pageCount);
        }

        FreePageCount += pageCount;
    }

    /// <summary>Gives the free runs of the next window to the allocator.</summary>
    /// <returns>Whether all pages were handed over.</returns>
    public bool HandOver(SegregatedFitAllocator allocator)
    {
        uint end = _pageCount - _handedOver > WindowPages ? _handedOver + WindowPages : _pageCount;
        VisitFree(_handedOver, end, (page, count) =>
        {
            allocator.Release(page, count);
            FreePageCount -= count;
        });
        _handedOver = end;
        return end == _pageCount;
    }

    /// <summary>Visits the free runs that were not handed over.</summary>
    public void VisitFree(Action<uint, uint> visit) => VisitFree(_handedOver, _pageCount, visit);

    private void VisitFree(uint begin, uint end, Action<uint, uint> visit)
    {
        for (uint page = Find(begin, end, taken: false); page < end;)
        {
            uint next = Find(page, end, taken: true);
            visit(page, next - page);
            page = Find(next, end, taken: false);
        }
    }

    /// <summary>
    /// First page from <paramref name="at"/> on that is taken or free; <paramref name="end"/> if there is none.
    /// </summary>
    private uint Find(uint at, uint end, bool taken)
    {
        while (at < end)
        {
            ulong word = WordAt(at);
            ulong bits = (taken ? word : ~word) & Mask(at, end);
            if (bits != 0)
            {
                return (at & ~63u) + (uint)BitOperations.TrailingZeroCount(bits);
            }

            at = NextWord(at);
        }

        return end;
    }

    private static uint NextWord(uint page) => (page | 63) + 1;

    // Bits of the pages from "page" on, up to the end of its word or the end of the range.
    private static ulong Mask(uint page, uint end)
    {
        ulong mask = ~0UL << (int)(page & 63);
        uint wordEnd = NextWord(page);
        return end < wordEnd ? mask & (~0UL >> (int)(wordEnd - end)) : mask;
    }

    private ulong WordAt(uint page) => _chunks[page >> ChunkShift]?[(page >> WordShift) & (WordsPerChunk - 1)] ?? 0;

    private ref ulong MakeWord(uint page)
    {
        ref ulong[]? chunk = ref _chunks[page >> ChunkShift];
        chunk ??= new ulong[WordsPerChunk];
        return ref chunk[(page >> WordShift) & (WordsPerChunk - 1)];
    }
}
