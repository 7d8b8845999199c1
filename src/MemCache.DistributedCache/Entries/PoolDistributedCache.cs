using System.Buffers;
using MemCache.Core;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MemCache.DistributedCache;

/// <summary>
/// The pool as .NET's distributed cache. Synchronous calls run on the caller's thread, asynchronous ones on threads of
/// the store; none of them throws because of the pool unless that is asked for.
/// </summary>
internal sealed class PoolDistributedCache : IBufferDistributedCache
{
    private readonly PoolConnection _connection;
    private readonly EntryStore _entries;
    private readonly Availability _availability;
    private readonly CallPool _calls = new();
    private readonly TimeProvider _clock;
    private readonly bool _throws;

    public PoolDistributedCache(
        PoolConnection connection, IOptions<MemCacheOptions> options, ILoggerFactory loggers, TimeProvider clock)
    {
        _connection = connection;
        _clock = clock;
        _throws = options.Value.ThrowOnFailure;
        _entries = new EntryStore(new PoolKeys(options.Value.KeyPrefix), clock);
        _availability = new Availability(clock, loggers.CreateLogger("MemCache.DistributedCache"));
    }

    public byte[]? Get(string key)
    {
        CacheCall call = Rent(CacheOperation.Get, key);
        Run(call);
        byte[]? value = call.Value;
        _calls.Return(call);
        return value;
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        CacheCall call = Rent(CacheOperation.Get, key);
        await RunAsync(call, token).ConfigureAwait(false);
        byte[]? value = call.Value;
        _calls.Return(call);
        return value;
    }

    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        CacheCall call = Rent(CacheOperation.Get, key, destination);
        bool found = Run(call);
        _calls.Return(call);
        return found;
    }

    public async ValueTask<bool> TryGetAsync(
        string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        CacheCall call = Rent(CacheOperation.Get, key, destination);
        bool found = await RunAsync(call, token).ConfigureAwait(false);
        _calls.Return(call);
        return found;
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        Set(key, new ReadOnlySequence<byte>(value), options);
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        CacheCall call = RentSet(key, value, options);
        Run(call);
        _calls.Return(call);
    }

    public Task SetAsync(
        string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SetAsync(key, new ReadOnlySequence<byte>(value), options, token).AsTask();
    }

    public async ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options,
        CancellationToken token = default)
    {
        CacheCall call = RentSet(key, value, options);
        await RunAsync(call, token).ConfigureAwait(false);
        _calls.Return(call);
    }

    public void Refresh(string key) => Do(CacheOperation.Refresh, key);

    public Task RefreshAsync(string key, CancellationToken token = default) =>
        DoAsync(CacheOperation.Refresh, key, token);

    public void Remove(string key) => Do(CacheOperation.Remove, key);

    public Task RemoveAsync(string key, CancellationToken token = default) =>
        DoAsync(CacheOperation.Remove, key, token);

    private void Do(CacheOperation operation, string key)
    {
        CacheCall call = Rent(operation, key);
        Run(call);
        _calls.Return(call);
    }

    private async Task DoAsync(CacheOperation operation, string key, CancellationToken token)
    {
        CacheCall call = Rent(operation, key);
        await RunAsync(call, token).ConfigureAwait(false);
        _calls.Return(call);
    }

    private CacheCall RentSet(string key, in ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.AbsoluteExpiration <= _clock.GetUtcNow())
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.AbsoluteExpiration, "the absolute expiration must be in the future");
        }

        CacheCall call = Rent(CacheOperation.Set, key);
        call.Input = value;
        call.Expiry = options;
        return call;
    }

    private CacheCall Rent(CacheOperation operation, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        CacheCall call = _calls.Rent();
        call.Operation = operation;
        _entries.Prepare(call, key);
        return call;
    }

    private CacheCall Rent(CacheOperation operation, string key, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CacheCall call = Rent(operation, key);
        call.Writer = destination;
        return call;
    }

    private bool Run(CacheCall call)
    {
        MmcStatus status = MmcStatus.Timeout;
        if (_availability.MayTry())
        {
            ObjectStore? store = _connection.Get();
            status = store is null ? MmcStatus.NotConnectedToMeta : _entries.Run(store, call);
        }

        return Finish(call, status, default);
    }

    private async ValueTask<bool> RunAsync(CacheCall call, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        MmcStatus status = MmcStatus.Timeout;
        if (_availability.MayTry())
        {
            ObjectStore? store = await _connection.GetAsync(token).ConfigureAwait(false);
            call.Entries = _entries;
            status = store is null
                ? MmcStatus.NotConnectedToMeta
                : await store.RunAsync(
                    static (store, state) => Run(store, (CacheCall)state), call, IsWrite(call), token)
                    .ConfigureAwait(false);
        }

        return Finish(call, status, token);
    }

    private static MmcStatus Run(ObjectStore store, CacheCall call) => call.Entries!.Run(store, call);

    private static bool IsWrite(CacheCall call) => call.Operation is CacheOperation.Set or CacheOperation.Remove;

    /// <summary>Whether the operation did what it was to do.</summary>
    private bool Finish(CacheCall call, MmcStatus status, CancellationToken token)
    {
        if (status is MmcStatus.Ok or MmcStatus.ObjectNotFound)
        {
            _availability.Succeeded();
            return status == MmcStatus.Ok;
        }

        if (status == MmcStatus.Cancelled)
        {
            throw new OperationCanceledException(token);
        }

        if (!call.HasBegun)
        {
            _entries.Skip(call);
        }

        _availability.Failed(call.Operation, status);
        return !_throws
            ? false
            : throw new MemCacheException(status, $"the cache could not {call.Operation} '{call.Key}': {status}");
    }
}
