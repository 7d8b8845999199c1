using System.Numerics;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>
/// Candidate that lost: binary buddies. The block is rounded up to a power of two, which is what it loses; tails are not given back.
/// </summary>
internal sealed class BuddyAllocator : IBlobAllocator
{
    private const int OrderCount = 29;

    private readonly SortedSet<uint>[] _free = [.. Enumerable.Range(0, OrderCount).Select(_ => new SortedSet<uint>())];

    public BuddyAllocator(uint pageCount)
    {
        uint page = 0;
        for (int order = OrderCount - 1; order >= 0; order--)
        {
            if ((pageCount >> order & 1) != 0)
            {
                _free[order].Add(page);
                page += 1u << order;
            }
        }

        FreePageCount = pageCount;
    }

    public long FreePageCount { get; private set; }

    public int FreeExtentCount => _free.Sum(set => set.Count);

    public uint LargestFreePageCount => 1u << Array.FindLastIndex(_free, set => set.Count > 0);

    public MmcStatus Reserve(uint pageCount, out uint page)
    {
        int wanted = Order(pageCount);
        int order = wanted;
        while (order < OrderCount && _free[order].Count == 0)
        {
            order++;
        }

        if (order == OrderCount)
        {
            page = 0;
            return MmcStatus.SegmentFull;
        }

        page = _free[order].Min;
        _free[order].Remove(page);
        while (order > wanted)
        {
            order--;
            _free[order].Add(page + (1u << order));
        }

        FreePageCount -= 1L << wanted;
        return MmcStatus.Ok;
    }

    public void Release(uint page, uint pageCount)
    {
        int order = Order(pageCount);
        FreePageCount += 1L << order;
        while (order < OrderCount - 1 && _free[order].Remove(page ^ 1u << order))
        {
            page &= ~(1u << order);
            order++;
        }

        _free[order].Add(page);
    }

    public void VisitFree(Action<uint, uint> visit)
    {
        for (int order = 0; order < OrderCount; order++)
        {
            foreach (uint page in _free[order])
            {
                visit(page, 1u << order);
            }
        }
    }

    private static int Order(uint pageCount) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2(pageCount));
}
