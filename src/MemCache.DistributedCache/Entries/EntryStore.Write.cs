using MemCache.Core;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;

namespace MemCache.DistributedCache;

/// <content>Set and remove.</content>
internal sealed partial class EntryStore
{
    // The trailer is a layer, and so is what the segments behind these are joined to.
    private const int SegmentCountMax = Limits.LayerCountMax - 2;

    /// <summary>
    /// Removes, then puts: of sets of one key at the same time one stays whole, and a reader between the two steps sees
    /// a miss. A put that finds the key taken met a set that began before this one ended, and may count as having come
    /// first.
    /// </summary>
    private MmcStatus Set(ObjectStore store, CacheCall call)
    {
        MmcStatus status = RemoveObjects(store, call);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        try
        {
            AddLayers(call);
            return store.PutBatch(OnlyKey(call, PoolKeys.Value), call.Buffers, default, call.Results);
        }
        finally
        {
            call.Unpin();
        }
    }

    private MmcStatus RemoveObjects(ObjectStore store, CacheCall call)
    {
        long begun = NowTicks;
        MmcStatus status = store.RemoveBatch(call.Keys, call.Results);
        foreach (MmcStatus result in call.Results)
        {
            if (result is not (MmcStatus.Ok or MmcStatus.ObjectNotFound))
            {
                _stale.Add(call.Key, begun);
                return status is MmcStatus.Ok or MmcStatus.ObjectNotFound ? result : status;
            }
        }

        _stale.Clear(call.Key);
        return MmcStatus.Ok;
    }

    private void AddLayers(CacheCall call)
    {
        call.Buffers.Clear();
        int count = 0;
        SequencePosition position = call.Input.Start;
        SequencePosition next = position;
        while (call.Input.TryGet(ref next, out ReadOnlyMemory<byte> segment))
        {
            if (count == SegmentCountMax)
            {
                call.AddPinned(call.Join(call.Input.Slice(position)));
                break;
            }

            if (!segment.IsEmpty)
            {
                call.AddPinned(segment);
                count++;
            }

            position = next;
        }

        int trailerBytes = call.TrailerBytes;
        call.Trailer.Require(trailerBytes);
        NewTrailer(call.Expiry!).Write(call.Trailer.Span, call.CarriedKey, call.Input.Length);
        call.Buffers.Add(call.Trailer.Address, trailerBytes);
        call.Buffers.EndObject();
    }

    private EntryTrailer NewTrailer(DistributedCacheEntryOptions expiry)
    {
        long now = NowTicks;
        long expires = expiry.AbsoluteExpirationRelativeToNow is { } fromNow
            ? now + Math.Min(fromNow.Ticks, long.MaxValue - now)
            : expiry.AbsoluteExpiration?.UtcTicks ?? long.MaxValue;
        return new EntryTrailer(now, expires, expiry.SlidingExpiration?.Ticks ?? 0, Guid.NewGuid());
    }

    private static KeyBatch OnlyKey(CacheCall call, int index)
    {
        call.SomeKeys.Clear();
        call.SomeKeys.Add(call.PoolKey(index));
        return call.SomeKeys;
    }
}
