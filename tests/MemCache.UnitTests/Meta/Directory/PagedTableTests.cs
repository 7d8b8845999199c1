using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class PagedTableTests
{
    [Theory]
    [InlineData(1, uint.MaxValue)]
    [InlineData(2, 0xFFFu)]
    public void Table_agrees_with_a_dictionary(ulong seed, uint tagMask)
    {
        // With the mask many entries share a tag, so that pages are crowded at one end.
        SplitMix64 random = new(seed);
        PagedTable table = new(new Slab(new ChunkPool(20)));
        List<(uint Tag, uint Value)> entries = [];
        for (uint step = 1; step < 60_000; step++)
        {
            if (entries.Count < (tagMask == uint.MaxValue ? 20_000 : 300) && random.Below(3) != 0)
            {
                uint tag = (uint)random.Next() & tagMask;
                Assert.True(table.Insert(tag, step));
                entries.Add((tag, step));
            }
            else if (entries.Count > 0)
            {
                int i = (int)random.Below(entries.Count);
                Assert.True(table.Remove(entries[i].Tag, entries[i].Value));
                Assert.False(table.Remove(entries[i].Tag, entries[i].Value));
                entries[i] = entries[^1];
                entries.RemoveAt(entries.Count - 1);
            }
        }

        Assert.Equal(entries.Count, table.Count);
        ILookup<uint, uint> byTag = entries.ToLookup(entry => entry.Tag, entry => entry.Value);
        foreach (IGrouping<uint, uint> group in byTag)
        {
            Assert.Contains(table.Find(group.Key), group);
        }

        Assert.All(entries, entry => Assert.True(table.Remove(entry.Tag, entry.Value)));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Too_many_equal_tags_are_refused_and_the_rest_is_kept()
    {
        PagedTable table = new(new Slab(new ChunkPool(20)));
        uint count = 0;
        while (table.Insert(5, count + 1))
        {
            count++;
        }

        Assert.InRange(count, 30u, 600u);
        Assert.True(table.Insert(6_000_000, 1));
        for (uint i = 1; i <= count; i++)
        {
            Assert.True(table.Remove(5, i));
        }
    }
}
