using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>A MetaService process of a test's own, and stores and host processes that join it. Everything is gone when it is disposed.</summary>
internal sealed class PoolFixture : IDisposable
{
    private readonly List<IDisposable> _members = [];

    public PoolFixture(params string[] settings)
    {
        Meta = new MetaServiceProcess([
            "ock.mmc.meta_service.heartbeat_ms = 50",
            "ock.mmc.meta_service.silence_ms = 500",
            "ock.mmc.meta.lease_ttl_ms = 500",
            .. settings]);
    }

    public MetaServiceProcess Meta { get; }

    /// <summary>Where data ports are looked for, the first free one from here on.</summary>
    public string DataUrl { get; } = FormattableString.Invariant($"tcp://127.0.0.1:{FreePort.Take(1)[0]}");

    /// <summary>Directory of the pool's shared-memory files.</summary>
    public string SharedMemory { get; } = System.IO.Directory.CreateDirectory(
        $"/dev/shm/memcache-test-{Environment.ProcessId}-{Guid.NewGuid():N}").FullName;

    public LocalServiceOptions Options(long dramBytes) => new()
    {
        MetaServiceUrl = Meta.MetaServiceUrl,
        ConfigStoreUrl = Meta.ConfigStoreUrl,
        DramSizeBytes = dramBytes,
        SharedMemoryDirectory = SharedMemory,
        ClientTimeoutSeconds = 20,
    };

    /// <summary>A store in this process.</summary>
    public ObjectStore OpenStore(long dramBytes = 32 << 20, Action<LocalServiceOptions>? change = null)
    {
        LocalServiceOptions options = Options(dramBytes);
        change?.Invoke(options);
        MmcStatus status = ObjectStore.Open(options, NullLogger.Instance, out ObjectStore? store, out string error);
        Assert.True(status == MmcStatus.Ok, $"open: {status} {error}\nMetaService:\n{Meta.Child.Output}");
        _members.Add(store!);
        return store!;
    }

    /// <summary>A store in a process of its own.</summary>
    public ChildProcess StartHost(long dramBytes = 0, params string[] settings)
    {
        ChildProcess host = ChildProcess.Start("MemCache.TestHost", "memcache-test-host",
        [
            $"ock.mmc.meta_service_url={Meta.MetaServiceUrl}",
            $"ock.mmc.local_service.config_store_url={Meta.ConfigStoreUrl}",
            $"ock.mmc.local_service.shm.path={SharedMemory}",
            $"ock.mmc.local_service.dram.size={dramBytes.ToString(CultureInfo.InvariantCulture)}",
            .. settings,
        ]);
        _members.Add(host);
        string opened = host.ReadLine(TimeSpan.FromSeconds(30), "the host to join");
        Assert.StartsWith("open 0", opened, StringComparison.Ordinal);
        return host;
    }

    /// <summary>
    /// The shared-memory directory of another host, as far as the stores that are given it know: theirs and the pool's can't map each other's files.
    /// </summary>
    public string OtherHost(int number) => System.IO.Directory.CreateDirectory(Path.Combine(SharedMemory, $"host-{number}")).FullName;

    /// <summary>Options of a store on another host.</summary>
    public Action<LocalServiceOptions> On(int host, Action<LocalServiceOptions>? change = null) => options =>
    {
        options.SharedMemoryDirectory = OtherHost(host);
        options.Protocol = "host_tcp";
        options.HcomUrl = DataUrl;
        options.PeerTimeoutMs = 500;
        change?.Invoke(options);
    };

    /// <summary>Settings of a process on another host.</summary>
    public string[] SettingsOn(int host) =>
    [
        $"ock.mmc.local_service.shm.path={OtherHost(host)}",
        "ock.mmc.local_service.protocol=host_tcp",
        $"ock.mmc.local_service.hcom_url={DataUrl}",
        "ock.mmc.client.peer_timeout_ms=500",
    ];

    /// <summary>Waits until a metric has a value; the text of a failure has the last one.</summary>
    public void WaitForMetric(string name, Func<double, bool> condition, string expected, TimeSpan? timeout = null)
    {
        long start = Stopwatch.GetTimestamp();
        double value = Meta.ReadMetric(name);
        while (!condition(value))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < (timeout ?? TimeSpan.FromSeconds(20)),
                $"{name} is {value}, expected {expected}; MetaService:\n{Meta.Child.Output}");
            Thread.Sleep(20);
            value = Meta.ReadMetric(name);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable member in _members)
        {
            member.Dispose();
        }

        Meta.Dispose();
        System.IO.Directory.Delete(SharedMemory, recursive: true);
    }
}
