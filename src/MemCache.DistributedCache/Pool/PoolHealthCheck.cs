using MemCache.Core;
using MemCache.LocalService;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MemCache.DistributedCache;

/// <summary>Asks the pool something and says whether it answered.</summary>
internal sealed class PoolHealthCheck(PoolConnection connection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ObjectStore? store = await connection.GetAsync(cancellationToken).ConfigureAwait(false);
        if (store is null)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "the pool is not open");
        }

        // Any key will do: it is the round trip that counts.
        MmcStatus status = await store
            .ExistsBatchAsync(new KeyBatch("health"), new MmcStatus[1], cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return status is MmcStatus.Ok or MmcStatus.ObjectNotFound
            ? HealthCheckResult.Healthy("the pool answers")
            : new HealthCheckResult(context.Registration.FailureStatus, $"the pool does not answer: {status}");
    }
}
