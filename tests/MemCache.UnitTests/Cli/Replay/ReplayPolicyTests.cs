using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ReplayPolicyTests
{
    // What LRU may be better by.
    private const double Tolerance = 0.003;

    public static TheoryData<string, int> Workloads
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string workload in SyntheticWorkload.Names)
            {
                data.Add(workload, 1000);
                data.Add(workload, 3000);
            }

            return data;
        }
    }

    public static TheoryData<string> Policies => [.. ReplayPolicies.All.Keys];

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Reuse_is_never_far_below_lru(string workload, int capacity)
    {
        ReplayTrace trace = Made(workload, capacity, SizeOf(workload));

        double lru = HitRatio(trace, "lru", capacity);
        double reuse = HitRatio(trace, "reuse", capacity);

        Assert.True(reuse >= lru - Tolerance, $"{workload}, {capacity} blocks: reuse {reuse}, LRU {lru}");
    }

    [Theory]
    [InlineData("shuffled", 3000, 0.02)]
    [InlineData("scan", 3000, 0.05)]
    [InlineData("system-prompts", 1000, 0.05)]
    [InlineData("zipf0.7", 1000, 0.05)]
    [InlineData("loop", 3000, 0.3)]
    public void Reuse_is_far_above_lru_where_there_is_something_to_learn(string workload, int capacity, double gain)
    {
        ReplayTrace trace = Made(workload, capacity, SizeOf(workload));

        Assert.True(HitRatio(trace, "reuse", capacity) > HitRatio(trace, "lru", capacity) + gain);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Policies_hold_no_more_than_fits_and_all_of_a_trace_that_fits(string policy)
    {
        ReplayTrace trace = Made("chat", 0, requestCount: 300);
        IReplayPolicy pool = ReplayPolicies.Create(policy, trace, 200);
        foreach (int[] request in trace.Requests)
        {
            pool.Serve(request);
            Assert.InRange(Enumerable.Range(0, trace.BlockCount).Count(pool.Has), 1, 200);
        }

        int[] blocks = [.. trace.Requests.SelectMany(request => request)];
        double seenBefore = 1 - (double)blocks.Distinct().Count() / blocks.Length;
        Assert.Equal(seenBefore, HitRatio(trace, policy, trace.BlockCount), 12);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void The_same_replay_has_the_same_result(string policy)
    {
        ReplayTrace trace = Made("chat", 0, requestCount: 1500);

        Assert.Equal(HitRatio(trace, policy, 700), HitRatio(trace, policy, 700));
    }

    [Theory]
    [InlineData("zipf0.7")]
    [InlineData("drift")]
    public void Nobody_hits_more_single_blocks_than_who_knows_the_future(string workload)
    {
        ReplayTrace trace = Made(workload, 0, requestCount: 30_000);
        double bound = HitRatio(trace, "offline", 500);

        Assert.All(ReplayPolicies.All.Keys, policy => Assert.True(HitRatio(trace, policy, 500) <= bound));
    }

    [Fact]
    public void Lru_hits_what_the_demo_says_that_it_would_hit()
    {
        List<TraceRequest> requests = ChatWorkload.Generate(new ChatWorkloadOptions { RequestCount = 2000 });
        var reference = new LruReference(900);
        foreach (TraceRequest request in requests)
        {
            reference.Serve(request.HashIds);
        }

        Assert.Equal(reference.HitRatio, HitRatio(ReplayTrace.Of(requests), "lru", 900), 12);
    }

    [Theory]
    [InlineData("lru", 0.0)]
    [InlineData("fifo", 0.0)]
    [InlineData("offline", 5.0 / 15)]
    public void A_loop_that_does_not_fit_is_lost_on_all_but_who_knows_the_future(string policy, double ratio)
    {
        // 0 1 2 0 1 2 …, room for 2: the one that comes next is kept, every other use is a hit from the fourth on.
        int[] blocks = [.. Enumerable.Range(0, 15).Select(i => i % 3)];
        ReplayTrace trace = ReplayTrace.Of([.. blocks.Select(block => new TraceRequest(0, [(ulong)block]))]);

        double found = HitRatio(trace, policy, 2);

        Assert.True(policy == "offline" ? found >= ratio : found == ratio, $"{policy}: {found}");
    }

    [Fact]
    public void Fifo_does_not_care_for_uses_and_lru_does()
    {
        ReplayTrace trace = ReplayTrace.Of([.. new ulong[] { 1, 2, 1, 3, 1 }.Select(block => new TraceRequest(0, [block]))]);

        Assert.Equal(1.0 / 5, HitRatio(trace, "fifo", 2), 12);
        Assert.Equal(2.0 / 5, HitRatio(trace, "lru", 2), 12);
    }

    [Fact]
    public void S3_fifo_lets_blocks_that_come_once_pass()
    {
        // Ten blocks that are used again and again, and between them many that are not.
        var requests = new List<TraceRequest>();
        for (int i = 0; i < 3000; i++)
        {
            requests.Add(new TraceRequest(0, [(ulong)(i % 10)]));
            requests.AddRange(Enumerable.Range(0, 4).Select(j => new TraceRequest(0, [(ulong)(1000 + 4 * i + j)])));
        }

        ReplayTrace trace = ReplayTrace.Of(requests);
        Assert.True(HitRatio(trace, "s3fifo", 40) > 0.15);
        Assert.Equal(0, HitRatio(trace, "lru", 40));
    }

    [Fact]
    public void A_block_behind_a_missing_one_is_no_hit()
    {
        ReplayTrace trace = ReplayTrace.Of([new TraceRequest(0, [1, 2, 3]), new TraceRequest(0, [9, 2, 3])]);

        Assert.Equal(0, HitRatio(trace, "lru", 10));
    }

    // Requests that take part of a second. The loop has to go round some times, whatever its length.
    private static int SizeOf(string workload) => workload switch
    {
        "loop" => 0,
        "zipf0.7" or "zipf1.0" or "drift" => 60_000,
        _ => 4000,
    };

    private static ReplayTrace Made(string workload, int capacity, int requestCount = 0) => ReplayTrace.Of(
        SyntheticWorkload.Generate(new SyntheticOptions
        {
            Name = workload,
            CapacityBlocks = capacity,
            RequestCount = requestCount,
        }));

    private static double HitRatio(ReplayTrace trace, string policy, int capacity) => ReplayRun.HitRatio(
        trace, ReplayPolicies.Create(policy, trace, capacity), served: null, TestContext.Current.CancellationToken);
}
