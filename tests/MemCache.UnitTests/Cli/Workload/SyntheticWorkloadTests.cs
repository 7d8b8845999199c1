using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SyntheticWorkloadTests
{
    public static TheoryData<string> Names => [.. SyntheticWorkload.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_makes_the_same_requests_and_another_one_others(string name)
    {
        var options = new SyntheticOptions { Name = name, RequestCount = 500, CapacityBlocks = 1000 };

        string[] first = Texts(options);
        Assert.Equal(first, Texts(options));
        Assert.True(name == SyntheticWorkload.Loop || !first.SequenceEqual(Texts(options with { Seed = 2 })));
        Assert.Equal(name == SyntheticWorkload.Scan ? 1000 : 500, first.Length);
    }

    [Fact]
    public void Shuffling_keeps_the_requests_and_a_scan_adds_as_many_new_blocks()
    {
        List<TraceRequest> chat = Generate(new SyntheticOptions { Name = "chat", RequestCount = 300 });
        List<TraceRequest> shuffled = Generate(new SyntheticOptions { Name = "shuffled", Base = chat });
        List<TraceRequest> scan = Generate(new SyntheticOptions { Name = "scan", Base = chat });

        Assert.NotEqual(chat, shuffled);
        Assert.Equal(chat.ToHashSet(), shuffled.ToHashSet());
        Assert.Equal(chat, scan.Where((_, i) => i % 2 == 0));
        ulong[] added = [.. scan.Where((_, i) => i % 2 == 1).SelectMany(request => request.HashIds)];
        Assert.Equal(chat.Sum(request => request.HashIds.Length), added.Distinct().Count());
        Assert.Empty(added.Intersect(chat.SelectMany(request => request.HashIds)));
    }

    [Fact]
    public void The_loop_is_half_as_long_again_as_the_capacity()
    {
        List<TraceRequest> loop = Generate(new SyntheticOptions { Name = "loop", CapacityBlocks = 2000 });

        Assert.Equal(3000, loop.SelectMany(request => request.HashIds).Distinct().Count());
        Assert.Equal(loop[0].HashIds, loop[120].HashIds);
    }

    [Fact]
    public void The_popular_blocks_of_a_drift_change()
    {
        List<TraceRequest> drift = Generate(new SyntheticOptions { Name = "drift", RequestCount = 60_000 });

        Assert.NotEqual(MostPopular(drift[..20_000]), MostPopular(drift[40_000..]));
        Assert.Equal(0UL, MostPopular(Generate(new SyntheticOptions { Name = "zipf1.0", RequestCount = 20_000 })));
    }

    private static ulong MostPopular(List<TraceRequest> requests) =>
        requests.GroupBy(request => request.HashIds[0]).MaxBy(group => group.Count())!.Key;

    private static List<TraceRequest> Generate(SyntheticOptions options) => SyntheticWorkload.Generate(options);

    private static string[] Texts(SyntheticOptions options) =>
        [.. Generate(options).Select(request => $"{request.TimestampMs}: {string.Join(' ', request.HashIds)}")];
}
