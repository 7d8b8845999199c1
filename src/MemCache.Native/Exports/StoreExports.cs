using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>
/// What <c>mmc_store.h</c> declares, behind the gate: open, close, and calls of one object. Each is one call inside a
/// catch-all.
/// </summary>
internal static unsafe partial class StoreExports
{
    /// <summary>mmc_store_open</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_open")]
    public static int Open(byte* config, int deviceId, int contribute, ulong* store)
    {
        try
        {
            return StoreCalls.Open(config, deviceId, contribute != 0, store);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_open_with</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_open_with")]
    public static int OpenWith(byte* config, int deviceId, int contribute, ulong* store)
    {
        try
        {
            return StoreCalls.OpenWith(config, deviceId, contribute != 0, store);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_close</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_close")]
    public static int Close(ulong store)
    {
        try
        {
            return StoreCalls.Close(store);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_rank</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_rank")]
    public static int Rank(ulong store, int* rank)
    {
        try
        {
            return StoreCalls.ReadRank(store, rank);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_register</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_register")]
    public static int Register(ulong store, ulong address, ulong size)
    {
        try
        {
            return StoreCalls.CheckRange(store, address, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_unregister</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_unregister")]
    public static int Unregister(ulong store, ulong address, ulong size)
    {
        try
        {
            return StoreCalls.CheckRange(store, address, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_put</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_put")]
    public static int Put(ulong store, NativeKey key, void* data, nuint size, NativeReplicas* replicas)
    {
        try
        {
            return StoreCalls.Put(store, key, data, size, replicas);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_size</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_size")]
    public static int Size(ulong store, NativeKey key, ulong* size)
    {
        try
        {
            return StoreCalls.ReadSize(store, key, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_get</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_get")]
    public static int Get(ulong store, NativeKey key, void* data, nuint room, ulong* size)
    {
        try
        {
            return StoreCalls.Get(store, key, data, room, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_exists</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_exists")]
    public static int Exists(ulong store, NativeKey key)
    {
        try
        {
            return StoreCalls.Exists(store, key);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_remove</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_remove")]
    public static int Remove(ulong store, NativeKey key)
    {
        try
        {
            return StoreCalls.Remove(store, key);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_store_remove_all</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_store_remove_all")]
    public static int RemoveAll(ulong store)
    {
        try
        {
            return StoreCalls.RemoveAll(store);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
