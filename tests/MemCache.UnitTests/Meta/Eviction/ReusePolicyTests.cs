using MemCache.Core;
using MemCache.Meta;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class ReusePolicyTests
{
    [Fact]
    public void A_block_is_classed_by_its_references_its_place_and_what_was_new_in_its_last_request()
    {
        ReusePolicy policy = Create(1000);
        Serve(policy, 1, 2, 3);
        Assert.Equal(BlockClass.Of(1, false, 3), Read(policy, 1).Class);
        Assert.Equal(BlockClass.Of(1, true, 3), Read(policy, 3).Class);

        Serve(policy, [1, 2, 3, .. Enumerable.Range(4, 70).Select(i => (ulong)i)]);
        Assert.Equal(BlockClass.Of(2, false, 70), Read(policy, 1).Class);
        Assert.Equal(BlockClass.Of(1, true, 70), Read(policy, 73).Class);

        Serve(policy, 1, 2);
        Assert.Equal(BlockClass.Of(3, true, 0), Read(policy, 2).Class);
        Assert.Equal(BlockClass.Of(2, false, 70), Read(policy, 3).Class);
    }

    [Fact]
    public void What_left_is_known_and_not_new()
    {
        ReusePolicy policy = Create(1000);
        Serve(policy, 1, 2, 3);
        policy.Withdraw(3);
        policy.Withdraw(2);

        Serve(policy, 1, 2, 3, 4);

        Assert.Equal(BlockClass.Of(1, true, 1), Read(policy, 4).Class);
        Assert.Equal(2, Read(policy, 3).References);
    }

    [Fact]
    public void What_comes_back_after_the_block_before_it_was_forgotten_begins_a_chain()
    {
        ReusePolicy policy = Create(64);
        Serve(policy, 1, 2);
        policy.Withdraw(1);
        policy.Withdraw(2);
        ulong other = 1000;
        while (policy.TryRead(1, out _))
        {
            Serve(policy, other);
            policy.Withdraw(other++);
        }

        // Nobody asks for it: its segment is back.
        policy.Place(2);

        Assert.Equal(0, Read(policy, 2).Parent);
        Serve(policy, 3, 4, 5);
        Assert.Equal(ReuseState.Resident, Read(policy, 2).State);
        for (int i = 0; i < 4; i++)
        {
            Evict(policy);
        }

        Assert.Equal(0, policy.ResidentCount);
    }

    [Fact]
    public void What_is_put_without_being_asked_for_is_a_chain_of_its_own()
    {
        ReusePolicy policy = Create(1000);
        policy.Place([7, 8, 9]);
        policy.Place(50);

        Assert.Equal(3, policy.ResidentCount - 1);
        Assert.Equal(1, Read(policy, 7).ChildCount);
        Assert.Equal(BlockClass.Of(1, true, 3), Read(policy, 9).Class);
        Assert.Equal(BlockClass.Of(1, true, 1), Read(policy, 50).Class);
    }

    [Fact]
    public void A_put_after_the_lookup_keeps_the_class_of_the_lookup_whatever_its_batches()
    {
        ReusePolicy policy = Create(1000);
        policy.Refer([1, 2, 3, 4]);
        Assert.Equal(ReuseState.Announced, Read(policy, 1).State);
        policy.Place([1, 2]);
        policy.Place([3, 4]);

        Assert.Equal(1, Read(policy, 3).References);
        Assert.Equal(BlockClass.Of(1, true, 4), Read(policy, 4).Class);
        Assert.Equal(1, Read(policy, 2).ChildCount);
    }

    [Fact]
    public void Putting_again_what_is_there_changes_nothing()
    {
        ReusePolicy policy = Create(1000);
        Serve(policy, 1, 2);
        policy.Place([1, 2]);
        policy.Place(2);

        Assert.Equal(2, policy.ResidentCount);
        Assert.Equal(1, Read(policy, 1).ChildCount);
        policy.Withdraw(2);
        policy.Withdraw(2);
        Assert.Equal((1, 0), (policy.ResidentCount, Read(policy, 1).ChildCount));
        Assert.Equal(ReuseState.Ghost, Read(policy, 2).State);
    }

    [Fact]
    public void A_chain_leaves_from_its_end()
    {
        ReusePolicy policy = Create(1000);
        ulong[] chain = [.. Enumerable.Range(1, 50).Select(i => (ulong)i)];
        Serve(policy, chain);

        for (int left = chain.Length - 1; left >= 0; left--)
        {
            Assert.Equal(chain[left], Evict(policy));
        }

        Assert.Equal(0, policy.ResidentCount);
        EveryObject everything = default;
        Assert.False(policy.TryEvict(ref everything, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_block_leaves_before_those_behind_it(ulong seed)
    {
        const int Capacity = 400;
        ReusePolicy policy = Create(Capacity, seed);
        SplitMix64 random = new(seed);
        Dictionary<ulong, ulong> before = [];
        HashSet<ulong> residents = [];
        for (int request = 0; request < 3000; request++)
        {
            ulong[] chain = NextChain(random);
            for (int i = 1; i < chain.Length; i++)
            {
                before[chain[i]] = chain[i - 1];
            }

            Serve(policy, chain);
            residents.UnionWith(chain);
            while (policy.ResidentCount > Capacity)
            {
                ulong left = Evict(policy);
                Assert.True(residents.Remove(left));
                Assert.DoesNotContain(residents, block => before.GetValueOrDefault(block) == left);
            }
        }

        Assert.Equal(residents.Count, policy.ResidentCount);
        Assert.All(residents, block => Assert.Equal(
            residents.Count(other => before.GetValueOrDefault(other) == block), Read(policy, block).ChildCount));
    }

    [Fact]
    public void What_is_held_stays_and_with_it_the_begin_of_its_chain()
    {
        ReusePolicy policy = Create(1000);
        Serve(policy, 1, 2, 3);
        Serve(policy, 11, 12);
        Held held = new([3]);
        List<ulong> left = [];
        while (policy.TryEvict(ref held, out ulong hash))
        {
            left.Add(hash);
        }

        Assert.Equal([12UL, 11UL], left);
        Assert.Equal(3, policy.ResidentCount);
        held = new([]);
        Assert.True(policy.TryEvict(ref held, out ulong next));
        Assert.Equal(3UL, next);
    }

    [Fact]
    public void What_was_never_used_again_leaves_before_what_is_used_all_the_time()
    {
        ReusePolicy policy = Create(512);
        ulong next = 1000;
        int lost = 0;
        for (int request = 0; request < 4000; request++)
        {
            ulong hot = (ulong)(request % 100) + 1;
            lost += policy.TryRead(hot, out ReuseEntry entry) && entry.State != ReuseState.Resident ? 1 : 0;
            Serve(policy, hot);
            Serve(policy, next++, next++, next++, next++, next++, next++, next++, next++);
            while (policy.ResidentCount > 512)
            {
                Evict(policy);
            }
        }

        // LRU loses each of them each time: 800 others come between two uses.
        Assert.InRange(lost, 0, 400);
    }

    [Fact]
    public void Ghosts_are_bounded_and_the_oldest_are_forgotten_first()
    {
        const int Capacity = 100;
        ReusePolicy policy = Create(Capacity);
        for (ulong block = 1; block <= 60_000; block++)
        {
            Serve(policy, block);
            while (policy.ResidentCount > Capacity)
            {
                Evict(policy);
            }
        }

        Assert.InRange(policy.KnownCount, 9 * Capacity, 9 * Capacity + ReuseLimits.AnnouncedCountMin);
        Assert.False(policy.TryRead(1, out _));
        Assert.True(policy.TryRead(60_000, out _));
        long before = policy.Bytes;
        for (ulong block = 100_001; block <= 130_000; block++)
        {
            Serve(policy, block);
            while (policy.ResidentCount > Capacity)
            {
                Evict(policy);
            }
        }

        Assert.Equal(before, policy.Bytes);
    }

    [Fact]
    public void A_ghost_that_is_asked_for_again_is_not_forgotten_before_it_can_be_put()
    {
        const int Capacity = 100;
        ReusePolicy policy = Create(Capacity);
        for (ulong block = 1; block <= 5000; block++)
        {
            policy.Place(block);
            while (policy.ResidentCount > Capacity)
            {
                Evict(policy);
            }
        }

        ulong oldest = 1;
        while (!policy.TryRead(oldest, out ReuseEntry entry) || entry.State != ReuseState.Ghost)
        {
            oldest++;
        }

        policy.Refer([oldest]);
        for (ulong block = 6001; block <= 6000 + 2 * Capacity; block++)
        {
            policy.Place(block);
            Evict(policy);
        }

        policy.Place(oldest);
        Assert.Equal(2, Read(policy, oldest).References);
    }

    [Fact]
    public void A_ghost_is_known_as_long_as_something_behind_it_is_there()
    {
        ReusePolicy policy = Create(64);
        Serve(policy, 1, 2);
        policy.Withdraw(1);
        Held held = new([2]);
        for (ulong block = 10; block < 60_000; block++)
        {
            Serve(policy, block);
            while (policy.ResidentCount > 64)
            {
                policy.TryEvict(ref held, out _);
            }
        }

        Assert.True(policy.TryRead(1, out ReuseEntry entry));
        Assert.Equal((ReuseState.Ghost, 1), (entry.State, entry.ChildCount));
        policy.Withdraw(2);
        Assert.False(policy.TryRead(1, out _));
    }

    [Fact]
    public void The_same_calls_and_seed_evict_the_same_objects_and_another_seed_others()
    {
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));

        static List<ulong> Run(ulong seed)
        {
            ReusePolicy policy = Create(300, seed);
            SplitMix64 random = new(7);
            List<ulong> left = [];
            for (int request = 0; request < 2000; request++)
            {
                Serve(policy, NextChain(random));
                while (policy.ResidentCount > 300)
                {
                    left.Add(Evict(policy));
                }
            }

            return left;
        }
    }

    [Fact]
    public void A_full_pool_refuses_what_pays_less_than_all_it_has()
    {
        ReusePolicy policy = Create(400);
        ulong next = 100_000;
        for (int request = 0; request < 6000; request++)
        {
            Serve(policy, (ulong)(request % 300) + 1);
            Serve(policy, next++, next++, next++, next++);
            while (policy.ResidentCount > 400)
            {
                Evict(policy);
            }
        }

        // What is left was all used again and again.
        while (policy.ResidentCount > 200)
        {
            Evict(policy);
        }

        policy.Refer([next, next + 1, next + 2]);
        Assert.Equal(0, policy.CountWorthy([next, next + 1, next + 2]));
        Assert.Equal(1, policy.CountWorthy([1, next]));
        Assert.Equal(2, Create(10).CountWorthy([1, 2]));
    }

    [Fact]
    public void Chains_that_name_a_key_twice_or_cross_do_no_harm()
    {
        ReusePolicy policy = Create(100);
        Serve(policy, 1, 1, 2, 1);
        Serve(policy, 2, 1, 2);
        Serve(policy, 3, 2, 1, 3);
        Assert.Equal(3, policy.ResidentCount);
        HashSet<ulong> left = [Evict(policy), Evict(policy), Evict(policy)];
        Assert.Equal([1UL, 2UL, 3UL], left.Order());
        policy.Refer([]);
        policy.Place([]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Counts_stay_right_when_keys_come_in_any_order(ulong seed)
    {
        const int Capacity = 64;
        ReusePolicy policy = Create(Capacity, seed);
        SplitMix64 random = new(seed);
        Dictionary<ulong, ReuseState> model = [];
        for (int step = 0; step < 30_000; step++)
        {
            ulong[] chain = [.. Enumerable.Range(0, 1 + (int)random.Below(6)).Select(_ => (ulong)random.Below(step < 15_000 ? 150 : 3000) + 1)];
            switch (random.Below(4))
            {
                case 0:
                    policy.Withdraw(chain[0]);
                    model[chain[0]] = ReuseState.Ghost;
                    break;
                case 1:
                    policy.Refer(chain);
                    break;
                default:
                    policy.Place(chain);
                    Array.ForEach(chain, block => model[block] = ReuseState.Resident);
                    break;
            }

            while (policy.ResidentCount > Capacity)
            {
                model[Evict(policy)] = ReuseState.Ghost;
            }
        }

        ulong[] residents = [.. model.Where(pair => pair.Value == ReuseState.Resident).Select(pair => pair.Key)];
        Assert.Equal(residents.Length, policy.ResidentCount);
        Assert.All(residents, block => Assert.Equal(ReuseState.Resident, Read(policy, block).State));
        // Each resident is the child of one at most, and all can leave.
        Assert.InRange(residents.Sum(block => Read(policy, block).ChildCount), 0, residents.Length);
        foreach (ulong _ in residents)
        {
            Evict(policy);
        }

        Assert.All(residents, block => Assert.Equal(0, policy.TryRead(block, out ReuseEntry entry) ? entry.ChildCount : 0));
    }

    [Fact]
    public void The_capacity_can_change_meanwhile()
    {
        ReusePolicy policy = Create(1000);
        for (ulong block = 1; block < 40_000; block++)
        {
            Serve(policy, block);
            while (policy.ResidentCount > 1000)
            {
                Evict(policy);
            }
        }

        policy.Resize(10);
        Assert.InRange(policy.KnownCount, 1000, 1000 + 80 + ReuseLimits.AnnouncedCountMin);
        policy.Resize(100_000);
        Serve(policy, 1, 2, 3);
        Assert.Equal(1003, policy.ResidentCount);
    }

    [Fact]
    public void A_warm_policy_allocates_nothing()
    {
        ReusePolicy policy = new(new ReuseOptions { CapacityCount = 500, EstimatesMissRatio = true }, new SplitMix64(1));
        ulong[] chain = new ulong[20];
        ulong next = 1;
        void Step(int call)
        {
            for (int i = 0; i < chain.Length; i++)
            {
                chain[i] = i < 5 ? (ulong)(call % 50 * 100 + i + 1) : 1_000_000 + next++;
            }

            policy.Refer(chain);
            policy.Place(chain);
            EveryObject everything = default;
            while (policy.ResidentCount > 500)
            {
                policy.TryEvict(ref everything, out _);
            }
        }

        for (int i = 0; i < 5000; i++)
        {
            Step(i);
        }

        Assert.Equal(0, SteadyState.AllocatedBytes(1000, Step));
    }

    [Fact]
    public void A_resident_takes_at_most_32_bytes_however_many_there_are()
    {
        const int Count = 1 << 20;
        const int PieceBytes = 2 << 20;
        ReusePolicy policy = Create(Count);
        ulong[] chain = new ulong[1024];
        for (ulong block = 0; block < Count; block += (ulong)chain.Length)
        {
            for (int i = 0; i < chain.Length; i++)
            {
                chain[i] = SplitMix64.Mix(block + (ulong)i);
            }

            policy.Refer(chain);
            policy.Place(chain);
            // Not counted: the pieces of the tables that were just begun.
            Assert.True(
                policy.ResidentCount < Count / 4 || policy.Bytes - PieceBytes <= 32 * policy.ResidentCount,
                $"{policy.ResidentCount} residents take {policy.Bytes} bytes");
        }
    }

    private static ReusePolicy Create(long capacity, ulong seed = 1) =>
        new(new ReuseOptions { CapacityCount = capacity }, new SplitMix64(seed));

    private static void Serve(ReusePolicy policy, params ReadOnlySpan<ulong> chain)
    {
        policy.Refer(chain);
        policy.Place(chain);
    }

    private static ulong Evict(ReusePolicy policy)
    {
        EveryObject everything = default;
        Assert.True(policy.TryEvict(ref everything, out ulong hash));
        return hash;
    }

    private static ReuseEntry Read(ReusePolicy policy, ulong hash)
    {
        Assert.True(policy.TryRead(hash, out ReuseEntry entry));
        return entry;
    }

    // A prompt is a path in a tree: block 100 p + i is the i-th of conversation p, whose first blocks are shared by ten.
    private static ulong[] NextChain(SplitMix64 random)
    {
        int conversation = (int)random.Below(60) + 1;
        int count = 3 + (int)random.Below(20);
        return [.. Enumerable.Range(0, count).Select(
            i => (ulong)(i < 2 ? 10_000 * (conversation / 10) + i + 1 : 100 * conversation + i))];
    }

    private readonly struct Held(HashSet<ulong> hashes) : IEvictionGuard
    {
        public bool CanLeave(ulong hash) => !hashes.Contains(hash);
    }
}
