using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;

namespace MemCache.Native;

/// <content>Parts of objects, global addresses, leases by key.</content>
internal static unsafe partial class StoreCalls
{
    /// <summary>Reads a part of each object.</summary>
    public static int GetRangeBatch(
        ulong handle, NativeKey* keys, uint count, ulong* offsets, NativeBuffers* buffers, int direction, int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (offsets is null || !AreLegal(buffers) || !Directions.IsGet(direction))
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            CallArguments.AddBuffers(scratch.Buffers, buffers, (int)count);
            // An offset of 2^63 and more is negative, and so outside of every object.
            var starts = new ReadOnlySpan<long>(offsets, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(store.GetRangeBatch(scratch.Keys, starts, scratch.Buffers, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Takes space that is written by address.</summary>
    public static int AllocBatch(
        ulong handle, NativeKey* keys, uint count, ulong* sizes, int medium, uint leaseMs, ulong* addresses,
        int* results)
    {
        if (addresses is not null && count <= Limits.BatchCountMax)
        {
            new Span<ulong>(addresses, (int)count).Clear();
        }

        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (sizes is null || addresses is null || medium is < (int)Medium.Hbm or > (int)Medium.Ssd)
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            var sizesBytes = new ReadOnlySpan<long>(sizes, (int)count);
            var reserved = new Span<GlobalAddress>(addresses, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            MmcStatus first = store.AllocBatch(
                scratch.Keys, sizesBytes, (Medium)medium, LeaseMs(leaseMs), reserved, statuses);
            return Finish(first, statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Copies by address. Without room for results the first failure is the call's.</summary>
    public static int CopyBatch(
        ulong handle, ulong* addresses, uint count, NativeBuffers* buffers, int direction, int* results)
    {
        if (results is not null)
        {
            return CopyBatch(handle, addresses, count, buffers, direction, results, out _);
        }

        if (count > Limits.BatchCountMax)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            // SAFETY: pinned for the call.
            fixed (MmcStatus* statuses = scratch.Statuses(Math.Max((int)count, 1)))
            {
                int* entries = (int*)statuses;
                int status = CopyBatch(handle, addresses, count, buffers, direction, entries, out MmcStatus first);
                return status != 0 ? status : CallErrors.Report(first);
            }
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Publishes or drops what was allocated.</summary>
    public static int FinishBatch(ulong handle, NativeKey* keys, uint count, int* outcomes, int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (outcomes is null)
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            var wanted = new ReadOnlySpan<int>(outcomes, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(store.FinishWriteBatch(scratch.Keys, wanted, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Takes leases by key.</summary>
    public static int AddLeaseBatch(ulong handle, NativeKey* keys, uint count, uint leaseMs, int* results) =>
        KeysBatch(
            handle, keys, count, results, leaseMs,
            static (store, batch, ms, statuses) => store.AddLeaseBatch(batch, LeaseMs(ms), statuses));

    /// <summary>Gives leases by key back.</summary>
    public static int RemoveLeaseBatch(ulong handle, NativeKey* keys, uint count, int* results) =>
        KeysBatch(
            handle, keys, count, results, 0,
            static (store, batch, _, statuses) => store.RemoveLeaseBatch(batch, statuses));

    private static int CopyBatch(
        ulong handle, ulong* addresses, uint count, NativeBuffers* buffers, int direction, int* results,
        out MmcStatus first)
    {
        first = MmcStatus.Ok;
        int refusal = Begin(handle, addresses, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (!AreLegal(buffers) || !Directions.TryReadCopy(direction, out CopyDirection copy))
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddBuffers(scratch.Buffers, buffers, (int)count);
            // A global address is its number.
            var places = new ReadOnlySpan<GlobalAddress>(addresses, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            first = store.CopyBatch(places, scratch.Buffers, copy, statuses);
            return Finish(first, statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    // Longer ones than 24 days are as good as for ever.
    private static int LeaseMs(uint leaseMs) => (int)Math.Min(leaseMs, int.MaxValue);
}
