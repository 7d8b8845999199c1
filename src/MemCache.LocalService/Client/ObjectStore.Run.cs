using MemCache.Core;

namespace MemCache.LocalService;

/// <content>Several calls as one asynchronous call.</content>
public sealed partial class ObjectStore
{
    private static readonly KeyBatch NoKeys = new();

    /// <summary>
    /// Runs synchronous calls one after the other on a thread of the store, so that what takes several (find out the
    /// size, then read) pays for one change of threads, and the host's thread pool for none.
    /// </summary>
    /// <param name="calls">
    /// Runs on one of the store's threads, which it may hold for as long as its calls take. Make it static.
    /// </param>
    /// <param name="state">Passed to <paramref name="calls"/>.</param>
    /// <param name="writes">Whether it runs among the puts (<see langword="true"/>) or among the gets.</param>
    /// <param name="cancellation">Cancels what has not begun: <see cref="MmcStatus.Cancelled"/>.</param>
    /// <returns>
    /// What <paramref name="calls"/> returned; an exception of it comes out of the await.
    /// <see cref="MmcStatus.LimitExceeded"/>: too many asynchronous calls wait. <see cref="MmcStatus.NotInitialised"/>:
    /// the store is closed.
    /// </returns>
    public ValueTask<MmcStatus> RunAsync(
        Func<ObjectStore, object, MmcStatus> calls, object state, bool writes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(state);
        WorkerPool workers = writes ? _writers : _readers;
        AsyncCall call = workers.Rent();
        call.Store = this;
        call.Keys = NoKeys;
        call.OwnCalls = calls;
        call.OwnState = state;
        call.Cancellation = cancellation;
        call.Body = static (store, call) => call.OwnCalls!(store, call.OwnState!);
        return workers.Start(call);
    }
}
