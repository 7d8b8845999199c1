using MemCache.Core;
using MemCache.DistributedCache;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a MemCache pool as the cache of a service.</summary>
public static class MemCacheServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IDistributedCache"/>, <see cref="IBufferDistributedCache"/> and <see cref="ObjectStore"/>,
    /// configured by the file that <see cref="LocalServiceOptions.PathVariable"/> names, or the defaults.
    /// </summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddMemCache(this IServiceCollection services) =>
        services.AddMemCache(static options => options.LoadFile());

    /// <summary>Adds the cache, configured by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IServiceCollection AddMemCache(this IServiceCollection services, Action<MemCacheOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<MemCacheOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<MemCacheOptions>, MemCacheOptionsValidator>());
        services.TryAddSingleton(static provider => new PoolConnection(
            provider.GetRequiredService<IOptions<MemCacheOptions>>(), Loggers(provider)));
        services.TryAddSingleton(OpenStore);
        services.TryAddSingleton(static provider => new PoolDistributedCache(
            provider.GetRequiredService<PoolConnection>(), provider.GetRequiredService<IOptions<MemCacheOptions>>(),
            Loggers(provider), provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PoolStart>());
        // Not TryAdd: who asks for this cache after another one was registered means this one.
        services.AddSingleton<IDistributedCache>(Cache);
        services.AddSingleton<IBufferDistributedCache>(Cache);
        return services;
    }

    /// <summary>
    /// Adds the cache, configured by a section with <c>KeyPrefix</c>, <c>ThrowOnFailure</c>, <c>ConfigFile</c> and,
    /// under <c>LocalService</c>, the keys of <c>mmc-local.conf</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">For example <c>configuration.GetSection("MemCache")</c>.</param>
    public static IServiceCollection AddMemCache(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddMemCache(options => MemCacheSection.Apply(section, options));
    }

    private static PoolDistributedCache Cache(IServiceProvider provider) =>
        provider.GetRequiredService<PoolDistributedCache>();

    private static ObjectStore OpenStore(IServiceProvider provider) =>
        provider.GetRequiredService<PoolConnection>().Get()
        ?? throw new MemCacheException(MmcStatus.NotConnectedToMeta, "the pool is not open; the log says why");

    private static ILoggerFactory Loggers(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
}
