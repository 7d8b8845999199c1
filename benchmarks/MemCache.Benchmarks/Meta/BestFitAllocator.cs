using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>Candidate that lost: the shortest run that is long enough, the lowest of these; a tree by size and one by address.</summary>
internal sealed class BestFitAllocator : IBlobAllocator
{
    private readonly ExtentTree _byAddress = new(isBySize: false);
    private readonly ExtentTree _bySize = new(isBySize: true);

    public BestFitAllocator(uint pageCount)
    {
        Add(0, pageCount);
        FreePageCount = pageCount;
    }

    public long FreePageCount { get; private set; }

    public int FreeExtentCount => _byAddress.Count;

    public uint LargestFreePageCount => _bySize.LongestPageCount;

    public MmcStatus Reserve(uint pageCount, out uint page)
    {
        if (!_bySize.TryBestFit(pageCount, out page, out uint found))
        {
            return MmcStatus.SegmentFull;
        }

        Take(page, found);
        if (found != pageCount)
        {
            Add(page + pageCount, found - pageCount);
        }

        FreePageCount -= pageCount;
        return MmcStatus.Ok;
    }

    public void Release(uint page, uint pageCount)
    {
        FreePageCount += pageCount;
        _byAddress.Neighbours(page, out (uint Page, uint Count) before, out (uint Page, uint Count) after);
        if (after.Count != 0 && page + pageCount == after.Page)
        {
            Take(after.Page, after.Count);
            pageCount += after.Count;
        }

        if (before.Count != 0 && before.Page + before.Count == page)
        {
            Take(before.Page, before.Count);
            page = before.Page;
            pageCount += before.Count;
        }

        Add(page, pageCount);
    }

    public void VisitFree(Action<uint, uint> visit) => _byAddress.Visit(visit);

    private void Add(uint page, uint pageCount)
    {
        _byAddress.Add(page, pageCount);
        _bySize.Add(page, pageCount);
    }

    private void Take(uint page, uint pageCount)
    {
        _byAddress.Remove(page, pageCount);
        _bySize.Remove(page, pageCount);
    }
}
