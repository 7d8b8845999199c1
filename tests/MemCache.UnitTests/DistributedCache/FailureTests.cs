using MemCache.Core;
using MemCache.DistributedCache;
using MemCache.LocalService;
using MemCache.Testing;
using MemCache.UnitTests.MetaService;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.DistributedCache;

/// <summary>A cache must not take its service down.</summary>
public sealed class FailureTests
{
    private static readonly DistributedCacheEntryOptions ForEver = new();

    [Fact]
    public async Task Without_a_pool_a_get_is_a_miss_and_a_set_is_dropped()
    {
        using ServiceProvider provider = Services(options => { });
        foreach (IHostedService hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(TestContext.Current.CancellationToken);
        }

        var cache = provider.GetRequiredService<IDistributedCache>();
        cache.Set("k", [1], ForEver);
        await cache.SetAsync("k", [1], ForEver, TestContext.Current.CancellationToken);
        Assert.Null(cache.Get("k"));
        Assert.Null(await cache.GetAsync("k", TestContext.Current.CancellationToken));
        cache.Refresh("k");
        cache.Remove("k");
        Assert.Equal(HealthStatus.Degraded, (await Health(provider)).Status);
        Assert.Throws<MemCacheException>(() => provider.GetRequiredService<ObjectStore>());
    }

    [Fact]
    public async Task Without_a_pool_every_operation_throws_if_that_is_asked_for()
    {
        using ServiceProvider provider = Services(options => options.ThrowOnFailure = true);
        var cache = provider.GetRequiredService<IDistributedCache>();

        Assert.Equal(MmcStatus.NotConnectedToMeta, Assert.Throws<MemCacheException>(() => cache.Get("k")).Status);
        Assert.Throws<MemCacheException>(() => cache.Set("k", [1], ForEver));
        Assert.Throws<MemCacheException>(() => cache.Remove("k"));
        await Assert.ThrowsAsync<MemCacheException>(() => cache.GetAsync("k", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pool_that_answers_is_healthy()
    {
        using var fixture = new CacheFixture();

        Assert.Equal(HealthStatus.Healthy, (await Health(fixture.NewService())).Status);
    }

    [Fact]
    public void A_value_that_does_not_fit_is_dropped_with_what_was_there_before()
    {
        using var fixture = new CacheFixture();
        IBufferDistributedCache cache = fixture.NewCache();
        cache.Set("k", [1], ForEver);

        cache.Set("k", new byte[20 << 20], ForEver);

        Assert.Null(cache.Get("k"));
    }

    [Fact]
    public void Every_problem_of_the_options_is_named_at_once()
    {
        using ServiceProvider provider = Services(options =>
        {
            options.KeyPrefix = "";
            options.LocalService.MetaServiceUrl = "nonsense";
        });

        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => provider.GetRequiredService<IDistributedCache>());
        Assert.Contains("KeyPrefix", error.Message, StringComparison.Ordinal);
        Assert.Contains("ock.mmc.meta_service_url", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_not_be_removed_is_not_believed_until_it_is_set_anew()
    {
        var stale = new StaleKeys();
        stale.Add("k", 100);
        Assert.True(stale.Covers("k", 100));
        Assert.False(stale.Covers("k", 101));
        Assert.False(stale.Covers("other", 50));

        stale.Clear("k");
        Assert.False(stale.Covers("k", 100));

        for (int i = 0; i < 20_001; i++)
        {
            stale.Add($"k-{i}", 200);
        }

        Assert.True(stale.Covers("k-0", 200));
        Assert.True(stale.Covers("k-20000", 200));
        Assert.False(stale.Covers("k-0", 201));
    }

    [Fact]
    public void A_remove_that_never_reached_the_pool_makes_its_old_value_a_miss_and_is_made_up_for()
    {
        using var fixture = new CacheFixture();
        ObjectStore store = fixture.NewStore();
        IBufferDistributedCache cache = fixture.NewCache();
        cache.Set("k", [1], ForEver);
        var entries = new EntryStore(new PoolKeys("cache:"), fixture.Clock);
        CacheCall call = Call(entries, CacheOperation.Remove);

        entries.Skip(call);

        Assert.Equal([1], cache.Get("k"));
        Assert.Equal(MmcStatus.ObjectNotFound, entries.Run(store, Call(entries, CacheOperation.Get)));
        Assert.Null(cache.Get("k"));

        fixture.Clock.Advance(TimeSpan.FromTicks(1));
        cache.Set("k", [2], ForEver);
        CacheCall get = Call(entries, CacheOperation.Get);
        Assert.Equal(MmcStatus.Ok, entries.Run(store, get));
        Assert.Equal([2], get.Value);
    }

    [Fact]
    public void After_a_timeout_operations_fail_at_once_until_one_may_try_again()
    {
        var clock = new FakeClock();
        var availability = new Availability(clock, NullLogger.Instance);
        Assert.True(availability.MayTry());

        availability.Failed(CacheOperation.Get, MmcStatus.NotConnectedToMeta);
        Assert.True(availability.MayTry());

        availability.Failed(CacheOperation.Get, MmcStatus.Timeout);
        Assert.False(availability.MayTry());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(availability.MayTry());
        Assert.False(availability.MayTry());

        availability.Succeeded();
        Assert.True(availability.MayTry());
    }

    [Fact]
    public void When_the_pool_goes_away_the_cache_is_empty_and_comes_back_with_it()
    {
        using var fixture = new CacheFixture();
        IBufferDistributedCache cache = fixture.NewCache();
        cache.Set("k", [1], ForEver);

        fixture.Server.Restart(() =>
        {
            ServerFixture.Eventually(() => cache.Get("k") is null, "the pool is gone");
            cache.Set("k", [2], ForEver);
            Assert.Null(cache.Get("k"));
        });

        ServerFixture.Eventually(
            () =>
            {
                cache.Set("k", [3], ForEver);
                return cache.Get("k") is [3];
            },
            "the pool is back");
    }

    private static ServiceProvider Services(Action<MemCacheOptions> change)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMemCache(options =>
        {
            string nowhere = $"tcp://127.0.0.1:{ServerFixture.FreePort()}";
            options.LocalService.MetaServiceUrl = nowhere;
            options.LocalService.ConfigStoreUrl = nowhere;
            options.LocalService.DramSizeBytes = 0;
            options.LocalService.ClientTimeoutSeconds = 1;
            change(options);
        });
        services.AddHealthChecks().AddMemCache();
        return services.BuildServiceProvider();
    }

    private static Task<HealthReport> Health(IServiceProvider provider) =>
        provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    private static CacheCall Call(EntryStore entries, CacheOperation operation)
    {
        var call = new CacheCall { Operation = operation };
        entries.Prepare(call, "k");
        return call;
    }
}
