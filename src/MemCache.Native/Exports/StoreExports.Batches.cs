using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <content>Calls of many objects.</content>
internal static unsafe partial class StoreExports
{
    /// <summary>mmc_store_put_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_put_batch")]
    public static int PutBatch(
        ulong store, NativeKey* keys, uint count, NativeBuffers* buffers, int direction, NativeReplicas* replicas,
        int* results)
    {
        try
        {
            return StoreCalls.PutBatch(store, keys, count, buffers, direction, replicas, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_get_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_get_batch")]
    public static int GetBatch(
        ulong store, NativeKey* keys, uint count, NativeBuffers* buffers, int direction, int* results)
    {
        try
        {
            return StoreCalls.GetBatch(store, keys, count, buffers, direction, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_exists_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_exists_batch")]
    public static int ExistsBatch(ulong store, NativeKey* keys, uint count, int* results)
    {
        try
        {
            return StoreCalls.ExistsBatch(store, keys, count, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_remove_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_remove_batch")]
    public static int RemoveBatch(ulong store, NativeKey* keys, uint count, int* results)
    {
        try
        {
            return StoreCalls.RemoveBatch(store, keys, count, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_query_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_query_batch")]
    public static int QueryBatch(ulong store, NativeKey* keys, uint count, NativeObjectInfo* infos)
    {
        try
        {
            return StoreCalls.QueryBatch(store, keys, count, infos);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_get_range_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_get_range_batch")]
    public static int GetRangeBatch(
        ulong store, NativeKey* keys, uint count, ulong* offsets, NativeBuffers* buffers, int direction, int* results)
    {
        try
        {
            return StoreCalls.GetRangeBatch(store, keys, count, offsets, buffers, direction, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_alloc_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_alloc_batch")]
    public static int AllocBatch(
        ulong store, NativeKey* keys, uint count, ulong* sizes, int medium, uint leaseMs, ulong* addresses,
        int* results)
    {
        try
        {
            return StoreCalls.AllocBatch(store, keys, count, sizes, medium, leaseMs, addresses, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_copy_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_copy_batch")]
    public static int CopyBatch(
        ulong store, ulong* globalAddresses, uint count, NativeBuffers* buffers, int direction, int* results)
    {
        try
        {
            return StoreCalls.CopyBatch(store, globalAddresses, count, buffers, direction, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_set_priority_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_set_priority_batch")]
    public static int SetPriorityBatch(ulong store, NativeKey* keys, uint count, int pin, int ttlMs, int* results)
    {
        try
        {
            return StoreCalls.SetPriorityBatch(store, keys, count, pin, ttlMs, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_finish_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_finish_batch")]
    public static int FinishBatch(ulong store, NativeKey* keys, uint count, int* outcomes, int* results)
    {
        try
        {
            return StoreCalls.FinishBatch(store, keys, count, outcomes, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_add_lease_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_add_lease_batch")]
    public static int AddLeaseBatch(ulong store, NativeKey* keys, uint count, uint leaseMs, int* results)
    {
        try
        {
            return StoreCalls.AddLeaseBatch(store, keys, count, leaseMs, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_remove_lease_batch</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_remove_lease_batch")]
    public static int RemoveLeaseBatch(ulong store, NativeKey* keys, uint count, int* results)
    {
        try
        {
            return StoreCalls.RemoveLeaseBatch(store, keys, count, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
