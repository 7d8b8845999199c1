using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>What <c>mmc_client.h</c> declares, behind the gate.</summary>
internal static unsafe class ClientExports
{
    /// <summary>mmcc_init</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_init")]
    public static int Init(byte* config)
    {
        try
        {
            return DefaultStore.Open(StoreUsers.Client, config, -1, withMemory: false);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_uninit</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_uninit")]
    public static int Uninit()
    {
        try
        {
            return DefaultStore.Close(StoreUsers.Client);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_register_buffer</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_register_buffer")]
    public static int RegisterBuffer(ulong address, ulong size)
    {
        try
        {
            return ClassicCalls.CheckRange(address, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_unregister_buffer</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_unregister_buffer")]
    public static int UnregisterBuffer(ulong address, ulong size)
    {
        try
        {
            return ClassicCalls.CheckRange(address, size);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_put</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_put")]
    public static int Put(byte* key, ClassicBuffer* buffer, ClassicPutOptions options, uint flags)
    {
        try
        {
            return ClassicCalls.Put(key, buffer, options, flags);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_put</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_put")]
    public static int PutBatch(
        byte** keys, uint count, ClassicBuffer* buffers, ClassicPutOptions* options, uint flags, int* results)
    {
        try
        {
            ClassicPutOptions chosen = options is null ? ClassicCalls.DefaultOptions : *options;
            return ClassicCalls.PutBatch(keys, count, buffers, chosen, flags, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_get</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_get")]
    public static int Get(byte* key, ClassicBuffer* buffer, uint flags)
    {
        try
        {
            return ClassicCalls.Get(key, buffer);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_get</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_get")]
    public static int GetBatch(byte** keys, uint count, ClassicBuffer* buffers, uint flags, int* results)
    {
        try
        {
            return ClassicCalls.GetBatch(keys, count, buffers, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_set_priority</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_set_priority")]
    public static int SetPriority(byte* key, int pin, int ttlMs, uint flags)
    {
        try
        {
            return ClassicCalls.SetPriority(key, pin, ttlMs);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_set_priority</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_set_priority")]
    public static int SetPriorityBatch(byte** keys, uint count, int pin, int ttlMs, int* results, uint flags)
    {
        try
        {
            return ClassicCalls.SetPriorityBatch(keys, count, pin, ttlMs, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_remove</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_remove")]
    public static int Remove(byte* key, uint flags)
    {
        try
        {
            return ClassicCalls.Remove(key);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_remove</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_remove")]
    public static int RemoveBatch(byte** keys, uint count, int* results, uint flags)
    {
        try
        {
            return ClassicCalls.RemoveBatch(keys, count, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_exist</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_exist")]
    public static int Exists(byte* key, uint flags)
    {
        try
        {
            return ClassicCalls.Exists(key);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_exist</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_exist")]
    public static int ExistsBatch(byte** keys, uint count, int* results, uint flags)
    {
        try
        {
            return ClassicCalls.ExistsBatch(keys, count, results);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_query</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_query")]
    public static int Query(byte* key, ClassicDataInfo* info, uint flags)
    {
        try
        {
            return ClassicCalls.Query(key, info);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_batch_query</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_batch_query")]
    public static int QueryBatch(byte** keys, nuint count, ClassicDataInfo* infos, uint flags)
    {
        try
        {
            return ClassicCalls.QueryBatch(keys, count, infos);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcc_local_service_id</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcc_local_service_id")]
    public static int LocalServiceId(uint* id)
    {
        try
        {
            return ClassicCalls.ReadRank(id);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
