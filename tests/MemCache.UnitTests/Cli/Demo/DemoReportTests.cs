using System.Text.Json;
using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class DemoReportTests
{
    [Fact]
    public void The_json_keeps_its_contract()
    {
        DemoLatency latency = new() { P50Microseconds = 1, P99Microseconds = 2, Calls = 3 };
        var report = new DemoReport
        {
            Version = "0",
            Mode = "chat",
            Clients = 3,
            PoolBytes = 1,
            BlockBytes = 1,
            BatchBlocks = 1,
            CapacityBlocks = 1,
            Requests = 1,
            BlockReferences = 1,
            BlockHits = 1,
            HitRatio = 1,
            LruHitRatio = 1,
            Policy = "reuse",
            SimulatedBlocks = 1,
            SimulatedHitRatio = 1,
            VerifiedObjects = 1,
            WrongObjects = 0,
            Errors = 0,
            PutGigabytesPerSecond = 1,
            GetGigabytesPerSecond = 1,
            Seconds = 1,
            Put = latency,
            Get = latency,
            Exist = latency,
        };

        string json = JsonSerializer.Serialize(report, CliJson.Default.DemoReport);

        Assert.DoesNotContain('\n', json);
        JsonElement root = JsonDocument.Parse(json).RootElement;
        string[] promised =
        [
            "hit_ratio", "block_refs", "capacity_blocks", "verified_objects", "wrong_objects", "errors", "put_gb_per_s",
            "get_gb_per_s", "seconds", "lru_hit_ratio", "mode", "pool_bytes", "block_bytes", "clients",
            "policy", "simulated_blocks", "simulated_hit_ratio",
        ];
        Assert.Empty(promised.Except(root.EnumerateObject().Select(property => property.Name)));
        foreach (string operation in (string[])["put", "get", "exist"])
        {
            Assert.Equal(1, root.GetProperty(operation).GetProperty("p50_us").GetDouble());
            Assert.Equal(2, root.GetProperty(operation).GetProperty("p99_us").GetDouble());
        }

        Assert.True(report.IsGood);
        Assert.False((report with { WrongObjects = 1 }).IsGood);
        Assert.False((report with { Errors = 1 }).IsGood);
    }

    [Theory]
    [InlineData(1536L << 20, 3, 512L << 20)]
    [InlineData(100L << 20, 3, 34L << 20)]
    public void Each_client_has_its_part_of_the_pool_in_whole_huge_pages(
        long poolBytes, int clients, long segmentBytes) =>
        Assert.Equal(segmentBytes, new DemoOptions { PoolBytes = poolBytes, ClientCount = clients }.SegmentBytes);

    [Theory]
    [InlineData(BlockShape.FullSizeBytes / 64, 16)]
    [InlineData(BlockShape.FullSizeBytes, 16)]
    [InlineData(100L << 20, 2)]
    [InlineData(1L << 30, 1)]
    public void A_batch_of_very_large_blocks_has_fewer(long blockBytes, int batchCount) =>
        Assert.Equal(batchCount, new DemoOptions { BlockBytes = blockBytes }.BatchCount);
}
