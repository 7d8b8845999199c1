using Microsoft.Extensions.Hosting;

namespace MemCache.DistributedCache;

/// <summary>
/// Opens the pool when the host starts, so that the first request does not pay for it. The pool is left when the host
/// is disposed.
/// </summary>
internal sealed class PoolStart(PoolConnection connection) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken) =>
        await connection.GetAsync(cancellationToken).ConfigureAwait(false);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
