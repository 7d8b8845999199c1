using MemCache.DistributedCache;
using MemCache.LocalService;
using MemCache.Testing;
using MemCache.UnitTests.MetaService;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace MemCache.UnitTests.DistributedCache;

/// <summary>A pool in this process and services that use it as their cache, with one clock for all of them.</summary>
internal sealed class CacheFixture : IDisposable
{
    private readonly List<ServiceProvider> _services = [];
    private readonly string _sharedMemory =
        Directory.CreateDirectory($"/dev/shm/memcache-test-{Environment.ProcessId}-{Guid.NewGuid():N}").FullName;

    public ServerFixture Server { get; } = new(heartbeatMs: 50);

    public FakeClock Clock { get; } = new();

    /// <summary>A service with a cache of its own.</summary>
    public ServiceProvider NewService(Action<MemCacheOptions>? change = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddMemCache(options =>
        {
            Configure(options);
            change?.Invoke(options);
        });
        services.AddHealthChecks().AddMemCache();
        services.AddLogging();
        ServiceProvider provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider;
    }

    /// <summary>A service's cache.</summary>
    public IBufferDistributedCache NewCache(Action<MemCacheOptions>? change = null) =>
        NewService(change).GetRequiredService<IBufferDistributedCache>();

    /// <summary>The store under a cache of <see cref="NewCache"/>, opened once more.</summary>
    public ObjectStore NewStore() => NewService().GetRequiredService<ObjectStore>();

    public void Dispose()
    {
        foreach (ServiceProvider provider in _services)
        {
            provider.Dispose();
        }

        Server.Dispose();
        Directory.Delete(_sharedMemory, recursive: true);
    }

    private void Configure(MemCacheOptions options)
    {
        options.LocalService.MetaServiceUrl = Server.Options.MetaServiceUrl;
        options.LocalService.ConfigStoreUrl = Server.Options.ConfigStoreUrl;
        options.LocalService.DramSizeBytes = 16 << 20;
        options.LocalService.SharedMemoryDirectory = _sharedMemory;
        options.LocalService.HugePages = "off";
    }
}
