using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>Candidate that lost: the lowest run that is long enough, in one tree by address.</summary>
internal sealed class FirstFitAllocator : IBlobAllocator
{
    private readonly ExtentTree _byAddress = new(isBySize: false);

    public FirstFitAllocator(uint pageCount)
    {
        _byAddress.Add(0, pageCount);
        FreePageCount = pageCount;
    }

    public long FreePageCount { get; private set; }

    public int FreeExtentCount => _byAddress.Count;

    public uint LargestFreePageCount => _byAddress.LongestPageCount;

    public MmcStatus Reserve(uint pageCount, out uint page)
    {
        if (!_byAddress.TryFirstFit(pageCount, out page, out uint found))
        {
            return MmcStatus.SegmentFull;
        }

        _byAddress.Remove(page, found);
        if (found != pageCount)
        {
            _byAddress.Add(page + pageCount, found - pageCount);
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
            _byAddress.Remove(after.Page, after.Count);
            pageCount += after.Count;
        }

        if (before.Count != 0 && before.Page + before.Count == page)
        {
            _byAddress.Remove(before.Page, before.Count);
            page = before.Page;
            pageCount += before.Count;
        }

        _byAddress.Add(page, pageCount);
    }

    public void VisitFree(Action<uint, uint> visit) => _byAddress.Visit(visit);
}
