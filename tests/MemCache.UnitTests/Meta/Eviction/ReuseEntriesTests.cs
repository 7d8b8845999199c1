using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class ReuseEntriesTests
{
    [Fact]
    public void An_entry_takes_24_bytes() =>
        Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<ReuseEntry>());

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Samples_are_residents_and_every_resident_is_drawn(int distance)
    {
        ReuseEntries entries = new();
        SplitMix64 random = new(1);
        HashSet<int> residents = [];
        for (int i = 0; i < 70_000; i++)
        {
            int number = entries.Take();
            if (number % distance == 0)
            {
                entries.MarkResident(number, true);
                residents.Add(number);
            }
        }

        foreach (int number in residents.Where(number => number % (2 * distance) == 0).ToList())
        {
            entries.MarkResident(number, false);
            residents.Remove(number);
        }

        HashSet<int> drawn = [];
        for (int i = 0; i < residents.Count * 40; i++)
        {
            drawn.Add(entries.SampleResident(random));
        }

        Assert.Subset(residents, drawn);
        Assert.InRange(drawn.Count, residents.Count * 99 / 100, residents.Count);
    }

    [Fact]
    public void A_single_resident_is_found_in_a_large_table_and_none_in_an_empty_one()
    {
        ReuseEntries entries = new();
        SplitMix64 random = new(1);
        int last = 0;
        for (int i = 0; i < 200_000; i++)
        {
            last = entries.Take();
        }

        Assert.Equal(0, entries.SampleResident(random));
        entries.MarkResident(last, true);
        Assert.Equal(last, entries.SampleResident(random));
    }

    [Fact]
    public void Traits_do_not_touch_each_other()
    {
        ReuseEntry entry = new() { State = ReuseState.Resident };
        entry.References = ReuseEntry.ReferenceCountMax;
        entry.QueuedCount = ReuseEntry.QueuedCountMax;
        entry.SetReference(ReuseEntry.TickMask, BlockClass.Count - 1, isAsked: true);
        for (int i = 0; i < 3; i++)
        {
            entry.AddChild();
        }

        entry.RemoveChild();
        Assert.Equal(
            (ReuseState.Resident, 63, 7, 2, ReuseEntry.TickMask, 31),
            (entry.State, entry.References, entry.QueuedCount, entry.ChildCount, entry.Tick, entry.Class));
        entry.References = 0;
        entry.State = ReuseState.Ghost;
        entry.QueuedCount = 0;
        Assert.Equal(
            (ReuseState.Ghost, 0, 0, 2, 31),
            (entry.State, entry.References, entry.QueuedCount, entry.ChildCount, entry.Class));
    }

    [Fact]
    public void More_children_than_can_be_counted_stay_uncounted_for_good()
    {
        ReuseEntry entry = default;
        for (int i = 0; i <= ReuseEntry.ChildCountMax; i++)
        {
            entry.AddChild();
        }

        entry.RemoveChild();
        Assert.Equal((ReuseEntry.ChildCountMax, 0), (entry.ChildCount, entry.References));
    }
}
