using MemCache.Core;
using MemCache.DistributedCache;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace MemCache.UnitTests.DistributedCache;

/// <summary>What the container has after <c>AddMemCache</c>, and how it is configured.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public void Everybody_gets_the_same_cache_and_the_same_store()
    {
        using var fixture = new CacheFixture();
        ServiceProvider provider = fixture.NewService();

        var cache = provider.GetRequiredService<IDistributedCache>();

        Assert.Same(cache, provider.GetRequiredService<IBufferDistributedCache>());
        Assert.Same(provider.GetRequiredService<ObjectStore>(), provider.GetRequiredService<ObjectStore>());
        Assert.True(provider.GetRequiredService<ObjectStore>().IsConnected);
    }

    [Fact]
    public void Disposing_the_container_leaves_the_pool()
    {
        using var fixture = new CacheFixture();
        ServiceProvider provider = fixture.NewService();
        var store = provider.GetRequiredService<ObjectStore>();

        provider.Dispose();

        Assert.Equal(MmcStatus.NotInitialised, store.Exists("k"));
    }

    [Fact]
    public void A_section_sets_the_options_by_the_names_of_the_configuration_file()
    {
        MemCacheOptions options = Read(new()
        {
            ["MemCache:KeyPrefix"] = "orders:",
            ["MemCache:throwOnFailure"] = "true",
            ["MemCache:LocalService:ock.mmc.meta_service_url"] = "tcp://10.0.0.1:5000",
            ["MemCache:LocalService:ock.mmc.local_service.dram.size"] = "256MB",
        });

        Assert.Equal("orders:", options.KeyPrefix);
        Assert.True(options.ThrowOnFailure);
        Assert.Equal("tcp://10.0.0.1:5000", options.LocalService.MetaServiceUrl);
        Assert.Equal(256L << 20, options.LocalService.DramSizeBytes);
        Assert.Equal(5, options.LocalService.ClientTimeoutSeconds);
    }

    [Theory]
    [InlineData("MemCache:Prefix", "x", "MemCache:Prefix")]
    [InlineData("MemCache:ThrowOnFailure", "perhaps", "ThrowOnFailure")]
    [InlineData("MemCache:LocalService:ock.mmc.metaservice", "x", "there is no key")]
    [InlineData("MemCache:LocalService:ock.mmc.client.timeout.seconds", "0", "1 .. 600")]
    public void A_section_that_can_not_be_used_says_what_and_where(string key, string value, string expected)
    {
        var error = Assert.Throws<OptionsException>(() => Read(new() { [key] = value }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_can_name_a_file_and_overrides_it()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "ock.mmc.local_service.dram.size = 64MB\nock.mmc.client.timeout.seconds = 7\n");
        MemCacheOptions options = Read(new()
        {
            ["MemCache:ConfigFile"] = path,
            ["MemCache:LocalService:ock.mmc.client.timeout.seconds"] = "8",
        });
        File.Delete(path);

        Assert.Equal(64L << 20, options.LocalService.DramSizeBytes);
        Assert.Equal(8, options.LocalService.ClientTimeoutSeconds);
    }

    private static MemCacheOptions Read(Dictionary<string, string?> values)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddMemCache(configuration.GetSection("MemCache"));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<MemCacheOptions>>().Value;
    }
}
