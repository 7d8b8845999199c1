using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class SegregatedFitAllocatorTests
{
    private readonly ChunkPool _pool = new(chunkShift: 18);

    [Fact]
    public void Freed_neighbours_join_whatever_the_order()
    {
        SegregatedFitAllocator allocator = new(100, _pool);
        uint[] pages = new uint[10];
        for (int i = 0; i < pages.Length; i++)
        {
            Assert.Equal(MmcStatus.Ok, allocator.Reserve(10, out pages[i]));
        }

        Assert.Equal(MmcStatus.SegmentFull, allocator.Reserve(1, out _));
        foreach (int i in new[] { 3, 1, 2, 9, 0, 5, 7, 6, 8, 4 })
        {
            allocator.Release(pages[i], 10);
        }

        Assert.Equal(1, allocator.FreeExtentCount);
        Assert.Equal(MmcStatus.Ok, allocator.Reserve(100, out uint all));
        Assert.Equal(0u, all);
    }

    [Fact]
    public void Run_of_the_same_class_is_found_though_it_is_not_the_first()
    {
        // 1000 and 1010 pages share a class; the shorter one is put before the longer one.
        SegregatedFitAllocator allocator = new(1000 + 1 + 1010, _pool);
        allocator.Reserve(1010, out uint longer);
        allocator.Reserve(1, out _);
        allocator.Reserve(1000, out uint shorter);
        allocator.Release(longer, 1010);
        allocator.Release(shorter, 1000);
        Assert.Equal(MmcStatus.Ok, allocator.Reserve(1010, out uint found));
        Assert.Equal(longer, found);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blobs_never_overlap_and_all_pages_are_accounted_for(ulong seed)
    {
        const int PageCount = 1 << 14;
        SplitMix64 random = new(seed);
        SegregatedFitAllocator allocator = new(PageCount, _pool);
        bool[] isUsed = new bool[PageCount];
        List<(uint Page, uint Count)> blobs = [];
        for (int step = 0; step < 20_000; step++)
        {
            uint count = 1 + (uint)random.Below(1L << (int)random.Below(10));
            if (random.Below(2) == 0 && allocator.Reserve(count, out uint page) == MmcStatus.Ok)
            {
                Assert.DoesNotContain(true, isUsed.AsSpan((int)page, (int)count).ToArray());
                isUsed.AsSpan((int)page, (int)count).Fill(true);
                blobs.Add((page, count));
            }
            else if (blobs.Count > 0)
            {
                int i = (int)random.Below(blobs.Count);
                allocator.Release(blobs[i].Page, blobs[i].Count);
                isUsed.AsSpan((int)blobs[i].Page, (int)blobs[i].Count).Clear();
                blobs[i] = blobs[^1];
                blobs.RemoveAt(blobs.Count - 1);
            }
        }

        bool[] isFree = new bool[PageCount];
        allocator.VisitFree((page, count) => isFree.AsSpan((int)page, (int)count).Fill(true));
        Assert.Equal(isUsed.Select(used => !used), isFree);
        Assert.Equal(isFree.Count(free => free), allocator.FreePageCount);
        blobs.ForEach(blob => allocator.Release(blob.Page, blob.Count));
        Assert.Equal(1, allocator.FreeExtentCount);
    }

    [Fact]
    public void Classes_are_in_order_and_hold_what_they_say()
    {
        int last = 0;
        for (uint pages = 1; pages < 1 << 28; pages += 1 + pages / 50)
        {
            int sizeClass = SizeClasses.Of(pages);
            Assert.InRange(sizeClass, last, SizeClasses.Count - 1);
            Assert.True(SizeClasses.PageCountMin(sizeClass) <= pages);
            Assert.True(SizeClasses.PageCountMin(sizeClass + 1) > pages);
            last = sizeClass;
        }
    }
}
