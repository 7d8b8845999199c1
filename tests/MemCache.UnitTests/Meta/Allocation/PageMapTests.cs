using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class PageMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Exact_ranges_are_taken_as_a_reference_takes_them_and_the_rest_goes_to_the_allocator(ulong seed)
    {
        SplitMix64 random = new(seed);
        uint pageCount = 40_000 + (uint)random.Below(60_000);
        PageMap map = new(pageCount);
        SegregatedFitAllocator allocator = new(new ChunkPool(16));
        bool[] isTaken = new bool[pageCount];
        List<(uint Page, uint Count)> blobs = [];
        for (int i = 0; i < 4000; i++)
        {
            Step(random, map, allocator, isTaken, blobs);
        }

        while (!map.HandOver(allocator))
        {
            Step(random, map, allocator, isTaken, blobs);
            CheckFree(map, allocator, isTaken);
        }

        CheckFree(map, allocator, isTaken);
        Assert.Equal(0, map.FreePageCount);
        Assert.Equal(isTaken.Count(taken => !taken), allocator.FreePageCount);
        blobs.ForEach(blob => allocator.Release(blob.Page, blob.Count));
        Assert.Equal((pageCount, 1), (allocator.FreePageCount, allocator.FreeExtentCount));
    }

    [Fact]
    public void Ranges_that_leave_the_segment_are_refused()
    {
        PageMap map = new(100);
        Assert.False(map.TryTake(0, 0));
        Assert.False(map.TryTake(100, 1));
        Assert.False(map.TryTake(99, 2));
        Assert.False(map.TryTake(uint.MaxValue, 1));
        Assert.False(map.TryTake(1, uint.MaxValue));
        Assert.True(map.TryTake(0, 100));
        Assert.False(map.TryTake(50, 1));
        Assert.Equal(0, map.FreePageCount);
    }

    [Fact]
    public void Exact_slots_are_given_to_nobody_else_and_come_back()
    {
        SlotPool slots = new(8);
        Assert.True(slots.TryTakeExact(1));
        Assert.True(slots.TryTakeExact(6));
        Assert.False(slots.TryTakeExact(6));
        Assert.False(slots.TryTakeExact(8));
        Assert.Equal(2u, slots.UsedCount);
        slots.Return(6);
        Assert.True(slots.TryTakeExact(3));
        List<uint> given = [];
        while (slots.TryTake(out uint slot))
        {
            given.Add(slot);
        }

        Assert.Equal([0, 2, 4, 5, 6, 7], given);
        Assert.Equal(8u, slots.UsedCount);
        Assert.False(slots.TryTakeExact(0));
        slots.Return(3);
        Assert.True(slots.TryTake(out uint again));
        Assert.Equal(3u, again);
    }

    [Fact]
    public void Slots_far_up_cost_no_memory_for_those_below()
    {
        SlotPool slots = new(1u << 28);
        Assert.True(slots.TryTakeExact((1u << 28) - 1));
        Assert.True(slots.TryTake(out uint slot));
        Assert.Equal(0u, slot);
        Assert.Equal(2u, slots.UsedCount);
    }

    [Fact]
    public void The_queue_of_retirements_forgets_the_oldest_when_it_is_full()
    {
        RetireQueue queue = new();
        for (uint i = 0; i < Limits.RetirementCountMaxPerSegment + 3; i++)
        {
            queue.Add(i, i + 1);
        }

        Assert.Equal(3, queue.ForgottenCount);
        RetireEntry[] entries = new RetireEntry[2];
        Assert.Equal(2, queue.Take(entries));
        Assert.Equal((3u, 4UL), (entries[0].Slot, entries[0].Generation));
        Assert.Equal(Limits.RetirementCountMaxPerSegment - 2, queue.Count);
        while (queue.Take(entries) > 0)
        {
        }

        Assert.Equal(0, queue.Count);
    }

    private static void Step(
        SplitMix64 random, PageMap map, SegregatedFitAllocator allocator, bool[] isTaken, List<(uint Page, uint Count)> blobs)
    {
        if (blobs.Count > 0 && random.Below(4) == 0)
        {
            int index = (int)random.Below(blobs.Count);
            (uint page, uint count) = blobs[index];
            blobs.RemoveAt(index);
            isTaken.AsSpan((int)page, (int)count).Clear();
            // As the mount does it: what was handed over already belongs to the allocator.
            uint border = Math.Clamp(map.HandedOver, page, page + count);
            if (border > page)
            {
                allocator.Release(page, border - page);
            }

            if (border < page + count)
            {
                map.Release(border, page + count - border);
            }

            return;
        }

        uint wanted = 1 + (uint)random.Below(random.Below(10) == 0 ? 3000 : 40);
        uint at = (uint)random.Below(isTaken.Length);
        bool fits = at >= map.HandedOver && at + wanted <= isTaken.Length && !isTaken.AsSpan((int)at, (int)wanted).Contains(true);
        Assert.Equal(fits, map.TryTake(at, wanted));
        if (fits)
        {
            isTaken.AsSpan((int)at, (int)wanted).Fill(true);
            blobs.Add((at, wanted));
        }
    }

    private static void CheckFree(PageMap map, SegregatedFitAllocator allocator, bool[] isTaken)
    {
        bool[] isFree = new bool[isTaken.Length];
        void Visit(uint page, uint count)
        {
            for (uint i = page; i < page + count; i++)
            {
                Assert.False(isFree[i] || isTaken[i]);
                isFree[i] = true;
            }
        }

        map.VisitFree(Visit);
        allocator.VisitFree(Visit);
        for (int i = 0; i < isTaken.Length; i++)
        {
            Assert.True(isFree[i] != isTaken[i], $"page {i} is lost");
        }
    }
}
