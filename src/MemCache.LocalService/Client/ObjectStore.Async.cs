using MemCache.Core;
using MemCache.Interop;

namespace MemCache.LocalService;

/// <content>
/// Asynchronous forms: the same calls on threads of our own, never on the host's thread pool. Arguments belong to the call until it is
/// done. Cancelling has an effect until the call has begun; then it runs to its end, for half a copy is of no use.
/// </content>
public sealed partial class ObjectStore
{
    /// <inheritdoc cref="PutBatch"/>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="buffers">Shape [n]; the memory stays valid and unchanged until the call is done.</param>
    /// <param name="options">Replicas and where.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <param name="cancellation">Cancels a call that has not begun: <see cref="MmcStatus.Cancelled"/>.</param>
    public ValueTask<MmcStatus> PutBatchAsync(
        KeyBatch keys, BufferBatch buffers, ReplicateOptions options, Memory<MmcStatus> results,
        CancellationToken cancellation = default) =>
        Start(_writers, keys, buffers, options, results, static (store, call) =>
            store.PutBatch(call.Keys!, call.Buffers!, call.Options, call.Results.Span), cancellation);

    /// <inheritdoc cref="GetBatch"/>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="buffers">Shape [n]; the memory stays valid until the call is done.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <param name="cancellation">Cancels a call that has not begun: <see cref="MmcStatus.Cancelled"/>.</param>
    public ValueTask<MmcStatus> GetBatchAsync(
        KeyBatch keys, BufferBatch buffers, Memory<MmcStatus> results, CancellationToken cancellation = default) =>
        Start(_readers, keys, buffers, default, results, static (store, call) =>
            store.GetBatch(call.Keys!, call.Buffers!, call.Results.Span), cancellation);

    /// <inheritdoc cref="ExistsBatch"/>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <param name="cancellation">Cancels a call that has not begun: <see cref="MmcStatus.Cancelled"/>.</param>
    public ValueTask<MmcStatus> ExistsBatchAsync(
        KeyBatch keys, Memory<MmcStatus> results, CancellationToken cancellation = default) =>
        Start(_readers, keys, null, default, results, static (store, call) =>
            store.ExistsBatch(call.Keys!, call.Results.Span), cancellation);

    /// <inheritdoc cref="RemoveBatch"/>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">Shape [n]; every entry is written.</param>
    /// <param name="cancellation">Cancels a call that has not begun: <see cref="MmcStatus.Cancelled"/>.</param>
    public ValueTask<MmcStatus> RemoveBatchAsync(
        KeyBatch keys, Memory<MmcStatus> results, CancellationToken cancellation = default) =>
        Start(_writers, keys, null, default, results, static (store, call) =>
            store.RemoveBatch(call.Keys!, call.Results.Span), cancellation);

    /// <summary>Stores one object.</summary>
    /// <param name="key">1 .. 256 bytes of UTF-8.</param>
    /// <param name="value">1 byte or more; unchanged until the call is done.</param>
    /// <param name="options">Replicas and where.</param>
    /// <param name="cancellation">Cancels a call that has not begun.</param>
    /// <returns>As <see cref="Put(string, ReadOnlySpan{byte}, in ReplicateOptions)"/>.</returns>
    public async ValueTask<MmcStatus> PutAsync(
        string key, ReadOnlyMemory<byte> value, ReplicateOptions options = default, CancellationToken cancellation = default)
    {
        var buffers = new BufferBatch();
        using System.Buffers.MemoryHandle pinned = value.Pin();
        buffers.AddObject(PinnedSpan.AddressOf(pinned), value.Length);
        return await PutBatchAsync(new KeyBatch(key), buffers, options, new MmcStatus[1], cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads one object into <paramref name="destination"/>, which is exactly as long.</summary>
    /// <param name="key">1 .. 256 bytes of UTF-8.</param>
    /// <param name="destination">As long as the object.</param>
    /// <param name="cancellation">Cancels a call that has not begun.</param>
    /// <returns>As <see cref="Get(string, Span{byte}, out long)"/>.</returns>
    public async ValueTask<MmcStatus> GetAsync(string key, Memory<byte> destination, CancellationToken cancellation = default)
    {
        var buffers = new BufferBatch();
        using System.Buffers.MemoryHandle pinned = destination.Pin();
        buffers.AddObject(PinnedSpan.AddressOf(pinned), destination.Length);
        return await GetBatchAsync(new KeyBatch(key), buffers, new MmcStatus[1], cancellation).ConfigureAwait(false);
    }

    private ValueTask<MmcStatus> Start(
        WorkerPool workers, KeyBatch keys, BufferBatch? buffers, in ReplicateOptions options, Memory<MmcStatus> results,
        Func<ObjectStore, AsyncCall, MmcStatus> body, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(keys);
        AsyncCall call = workers.Rent();
        call.Store = this;
        call.Keys = keys;
        call.Buffers = buffers;
        call.Options = options;
        call.Results = results;
        call.Cancellation = cancellation;
        call.Body = body;
        return workers.Start(call);
    }
}
