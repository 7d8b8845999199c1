using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class ReuseIndexTests
{
    [Theory]
    [InlineData(1, ulong.MaxValue)]
    [InlineData(2, 0x0000_0000_FFFF_FFFF)]
    [InlineData(3, 0x0000_0003_0000_FFFF)]
    public void Index_agrees_with_a_dictionary(ulong seed, ulong hashMask)
    {
        // With the masks all share a tag, or the homes are crowded at one end of a page.
        SplitMix64 random = new(seed);
        ReuseEntries entries = new();
        ReuseIndex index = new(entries);
        Dictionary<ulong, int> model = [];
        List<ulong> hashes = [];
        for (int step = 0; step < 100_000; step++)
        {
            ulong hash = random.Next() & hashMask;
            if (hashes.Count < 20_000 && random.Below(3) != 0)
            {
                Assert.Equal(model.GetValueOrDefault(hash), index.Find(hash));
                if (model.ContainsKey(hash))
                {
                    continue;
                }

                int number = entries.Take();
                entries[number].Hash = hash;
                Assert.True(index.Insert(number));
                model.Add(hash, number);
                hashes.Add(hash);
            }
            else if (hashes.Count > 0)
            {
                int i = (int)random.Below(hashes.Count);
                Assert.True(model.Remove(hashes[i], out int number));
                index.Remove(number);
                entries.Return(number);
                hashes[i] = hashes[^1];
                hashes.RemoveAt(hashes.Count - 1);
            }
        }

        Assert.All(model, pair => Assert.Equal(pair.Value, index.Find(pair.Key)));
    }

    [Fact]
    public void Too_many_equal_hashes_are_refused_and_the_rest_is_kept()
    {
        ReuseEntries entries = new();
        ReuseIndex index = new(entries);
        int count = 0;
        for (bool isIn = true; isIn; count++)
        {
            Assert.InRange(count, 0, 1024);
            int number = entries.Take();
            entries[number].Hash = (ulong)count << 40;
            isIn = index.Insert(number);
        }

        for (int i = 0; i < count - 1; i++)
        {
            Assert.NotEqual(0, index.Find((ulong)i << 40));
        }

        Assert.Equal(0, index.Find((ulong)count - 1 << 40));
    }
}
