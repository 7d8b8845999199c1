using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.DistributedCache;

/// <summary>
/// Entries that can be replaced and that expire, on a store of immutable objects. Synchronous; thread-safe, each call
/// with a <see cref="CacheCall"/> of its own. What it promises: docs/design/dotnet-package.md.
/// </summary>
internal sealed partial class EntryStore(PoolKeys keys, TimeProvider clock)
{
    private readonly StaleKeys _stale = new();

    /// <summary>Makes the pool's keys of a call's key.</summary>
    public void Prepare(CacheCall call, string key)
    {
        call.Key = key;
        call.Keys.Clear();
        call.IsHashed = keys.AddTo(call.Keys, key);
    }

    /// <summary>Does what the call says.</summary>
    public MmcStatus Run(ObjectStore store, CacheCall call)
    {
        call.HasBegun = true;
        return call.Operation switch
        {
            CacheOperation.Set => Set(store, call),
            CacheOperation.Remove => RemoveObjects(store, call),
            _ => Get(store, call),
        };
    }

    /// <summary>
    /// The pool could not be asked: what a set or a remove meant to replace is not to be believed any more.
    /// </summary>
    public void Skip(CacheCall call)
    {
        if (call.Operation is CacheOperation.Set or CacheOperation.Remove)
        {
            _stale.Add(call.Key, NowTicks);
        }
    }

    private long NowTicks => clock.GetUtcNow().UtcTicks;
}
