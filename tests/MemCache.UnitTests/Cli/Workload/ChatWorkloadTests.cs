using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ChatWorkloadTests
{
    private static readonly ChatWorkloadOptions Options = new() { RequestCount = 3000 };

    [Fact]
    public void The_same_seed_makes_the_same_requests_and_another_one_others()
    {
        List<TraceRequest> first = ChatWorkload.Generate(Options);
        List<TraceRequest> again = ChatWorkload.Generate(Options);
        List<TraceRequest> other = ChatWorkload.Generate(Options with { Seed = 2 });

        Assert.Equal(first.Select(Text), again.Select(Text));
        Assert.NotEqual(first.Select(Text), other.Select(Text));
    }

    [Fact]
    public void Requests_come_in_order_of_time_and_within_the_longest_prompt()
    {
        List<TraceRequest> requests = ChatWorkload.Generate(Options);

        Assert.Equal(Options.RequestCount, requests.Count);
        Assert.All(
            requests.Zip(requests.Skip(1)), pair => Assert.True(pair.First.TimestampMs <= pair.Second.TimestampMs));
        Assert.All(requests, request => Assert.InRange(request.HashIds.Length, 2, Options.PromptBlockCountMax));
        Assert.All(requests, request => Assert.Equal(request.HashIds.Length, request.HashIds.Distinct().Count()));
    }

    [Fact]
    public void A_block_always_follows_the_same_prefix()
    {
        var parents = new Dictionary<ulong, ulong?>();
        foreach (TraceRequest request in ChatWorkload.Generate(Options))
        {
            for (int i = 0; i < request.HashIds.Length; i++)
            {
                ulong? parent = i == 0 ? null : request.HashIds[i - 1];
                Assert.True(parents.TryAdd(request.HashIds[i], parent) || parents[request.HashIds[i]] == parent);
            }
        }
    }

    [Fact]
    public void An_unbounded_cache_hits_most_of_it_and_a_small_one_less()
    {
        var unbounded = new LruReference(int.MaxValue);
        var small = new LruReference(1000);
        foreach (TraceRequest request in ChatWorkload.Generate(Options))
        {
            unbounded.Serve(request.HashIds);
            small.Serve(request.HashIds);
        }

        Assert.InRange(unbounded.HitRatio, 0.5, 0.95);
        Assert.InRange(small.HitRatio, 0.05, unbounded.HitRatio - 0.1);
    }

    private static string Text(TraceRequest request) =>
        $"{request.TimestampMs}: {string.Join(' ', request.HashIds)}";
}
