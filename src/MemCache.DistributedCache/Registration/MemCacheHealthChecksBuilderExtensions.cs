using MemCache.DistributedCache;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of a MemCache pool.</summary>
public static class MemCacheHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that asks the pool and waits for the answer. Needs <c>AddMemCache</c> on the services.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="failureStatus">
    /// What it reports if the pool does not answer; <see cref="HealthStatus.Degraded"/> unless given, for a service
    /// works without its cache.
    /// </param>
    /// <param name="tags">To select checks by.</param>
    public static IHealthChecksBuilder AddMemCache(
        this IHealthChecksBuilder builder, string name = "memcache", HealthStatus failureStatus = HealthStatus.Degraded,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, static provider => new PoolHealthCheck(provider.GetRequiredService<PoolConnection>()),
            failureStatus, tags));
    }
}
