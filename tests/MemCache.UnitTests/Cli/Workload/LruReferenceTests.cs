using MemCache.Cli;
using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class LruReferenceTests
{
    [Fact]
    public void Counts_only_the_blocks_before_the_first_miss_of_a_request()
    {
        var lru = new LruReference(10);
        lru.Serve([1, 2, 3]);
        lru.Serve([1, 9, 3]);

        Assert.Equal(6, lru.BlockReferences);
        Assert.Equal(1, lru.BlockHits);
    }

    [Fact]
    public void Evicts_what_was_touched_least_recently()
    {
        var lru = new LruReference(2);
        lru.Serve([1]);
        lru.Serve([2]);
        lru.Serve([1]);
        lru.Serve([3]);
        lru.Serve([1]);
        Assert.Equal(2, lru.BlockHits);
        lru.Serve([2]);
        Assert.Equal(2, lru.BlockHits);
    }

    [Fact]
    public void Agrees_with_a_plain_list_on_random_requests()
    {
        var random = new SplitMix64(7);
        foreach (int capacity in (int[])[0, 1, 2, 5, 17])
        {
            var lru = new LruReference(capacity);
            var list = new List<ulong>();
            long hits = 0;
            for (int request = 0; request < 500; request++)
            {
                var ids = new ulong[random.Below(8)];
                bool usable = true;
                for (int i = 0; i < ids.Length; i++)
                {
                    ids[i] = (ulong)random.Below(30);
                    usable &= list.Remove(ids[i]);
                    hits += usable ? 1 : 0;
                    list.Add(ids[i]);
                    list.RemoveRange(0, Math.Max(0, list.Count - capacity));
                }

                lru.Serve(ids);
                Assert.Equal(hits, lru.BlockHits);
            }
        }
    }

    [Fact]
    public void A_ratio_without_requests_is_zero() => Assert.Equal(0, new LruReference(3).HitRatio);
}
