using System.Text.Json;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>The commands that ask a running pool, as an operator types them.</summary>
public sealed class AdminTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly PoolFixture _pool = new();
    private readonly string _config;

    public AdminTests()
    {
        _config = Path.Combine(_pool.SharedMemory, "mmc-local.conf");
        File.WriteAllLines(_config,
        [
            $"ock.mmc.meta_service_url = {_pool.Meta.MetaServiceUrl}",
            $"ock.mmc.local_service.config_store_url = {_pool.Meta.ConfigStoreUrl}",
            $"ock.mmc.local_service.shm.path = {_pool.SharedMemory}",
        ]);
    }

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Objects_are_put_listed_read_and_removed_by_commands()
    {
        using ObjectStore owner = _pool.OpenStore();
        string file = Path.Combine(_pool.SharedMemory, "value");
        byte[] value = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 31 >> 3))];
        File.WriteAllBytes(file, value);

        Run(0, "put", "prompt/1", file, "--config", _config);
        string again = Run(4, "put", "prompt/1", file, "--config", _config);
        Assert.Contains("is there already", again, StringComparison.Ordinal);
        Assert.Equal(MmcStatus.Ok, owner.Put("other", value));

        Assert.Equal("prompt/1\t5000\tdram\t1", Ask("keys", "--prefix", "prompt/"));
        using (JsonDocument key = JsonDocument.Parse(Ask("keys", "--prefix", "oth", "--json")))
        {
            Assert.Equal("other", key.RootElement.GetProperty("key").GetString());
        }

        string copy = Path.Combine(_pool.SharedMemory, "copy");
        Run(0, "get", "prompt/1", "--output", copy, "--config", _config);
        Assert.Equal(value, File.ReadAllBytes(copy));
        Run(0, "rm", "prompt/1", "--config", _config);
        Assert.Equal(MmcStatus.ObjectNotFound, owner.Exists("prompt/1"));
        Assert.Contains("ObjectNotFound", Run(3, "get", "prompt/1", "--config", _config), StringComparison.Ordinal);
        Run(3, "rm", "prompt/1", "--config", _config);
        Run(2, "rm", "--all", "--config", _config);
        Assert.Equal(MmcStatus.Ok, owner.Exists("other"));
        Run(0, "rm", "--all", "--yes", "--config", _config);
        Assert.Equal(MmcStatus.ObjectNotFound, owner.Exists("other"));
    }

    [Fact]
    public void Status_segments_and_leases_show_a_pool_and_a_drain_empties_a_rank()
    {
        using ObjectStore first = _pool.OpenStore();
        using ObjectStore second = _pool.OpenStore();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(MmcStatus.Ok, first.Put($"key-{i}", new byte[100_000]));
        }

        Assert.Equal(MmcStatus.Ok, first.AddLeaseBatch(new KeyBatch("key-7"), 60_000, new MmcStatus[1]));
        string segment = $"rank-{first.Rank.Value}-dram";
        using (JsonDocument status = JsonDocument.Parse(Ask("status", "--json")))
        {
            Assert.True(status.RootElement.GetProperty("health").GetProperty("service_ready").GetBoolean());
            Assert.Equal(2, status.RootElement.GetProperty("ranks").GetProperty("ranks").GetArrayLength());
        }

        string table = Run(0, "segments", "--url", _pool.Meta.MetricsUrl);
        Assert.Contains(segment, table, StringComparison.Ordinal);
        using (JsonDocument lease = JsonDocument.Parse(Ask("leases", "--json")))
        {
            Assert.Equal("key-7", lease.RootElement.GetProperty("key").GetString());
        }

        Assert.Equal(MmcStatus.Ok, first.RemoveLeaseBatch(new KeyBatch("key-7"), new MmcStatus[1]));
        using (JsonDocument job = JsonDocument.Parse(Ask("drain", segment, "--json")))
        {
            Assert.Equal("done", job.RootElement.GetProperty("state").GetString());
            Run(0, "drain", "query", job.RootElement.GetProperty("job_id").GetString()!, "--url", _pool.Meta.MetricsUrl);
        }

        Assert.Contains("drained", Run(0, "segments", "--url", _pool.Meta.MetricsUrl), StringComparison.Ordinal);
        Assert.Contains("no such segment", Run(1, "drain", "rank-99-dram", "--url", _pool.Meta.MetricsUrl), StringComparison.Ordinal);
        Assert.Equal(MmcStatus.Ok, second.Exists("key-7"));
    }

    [Fact]
    public void Top_prints_what_happened_between_two_looks()
    {
        using ObjectStore store = _pool.OpenStore();
        Assert.Equal(MmcStatus.Ok, store.Put("key", new byte[4096]));
        using ChildProcess top = Start("top", "--interval", "1", "--json", "--url", _pool.Meta.MetricsUrl);
        double requests = 0;
        while (requests == 0)
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(MmcStatus.Ok, store.Exists("key"));
            }

            using JsonDocument look = JsonDocument.Parse(top.ReadLine(Timeout, "a look"));
            Assert.Equal(1, look.RootElement.GetProperty("objects").GetDouble());
            requests = look.RootElement.GetProperty("operations").EnumerateArray()
                .Where(operation => operation.GetProperty("name").GetString() == "exist_key")
                .Sum(operation => operation.GetProperty("requests_per_second").GetDouble());
        }

        Assert.True(requests > 0);
    }

    [Fact]
    public void Without_a_metaservice_every_command_says_so_and_ends_with_1()
    {
        string url = $"http://127.0.0.1:{FreePort.Take(1)[0]}";
        foreach (string command in (string[])["status", "top", "segments", "mrc", "keys", "leases"])
        {
            Assert.Contains("is not reached", Run(1, command, "--url", url), StringComparison.Ordinal);
        }
    }

    private string Ask(params string[] arguments)
    {
        using ChildProcess process = Start([.. arguments, "--url", _pool.Meta.MetricsUrl]);
        string line = process.ReadLine(Timeout, "an answer");
        Assert.True(process.WaitForExit(Timeout), process.Output);
        Assert.True(process.ExitCode == 0, process.Output);
        return line;
    }

    private static string Run(int exitCode, params string[] arguments)
    {
        using ChildProcess process = Start(arguments);
        Assert.True(process.WaitForExit(Timeout), process.Output);
        Assert.True(process.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {process.ExitCode}\n{process.Output}");
        return process.Output;
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start("MemCache.Cli", "mmc", arguments);
}
