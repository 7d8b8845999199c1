using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>
/// The calls of <c>mmc_client.h</c> on the process's store. An absent object is <see cref="MmcStatus.KeyNotFound"/>
/// everywhere here.
/// </summary>
internal static unsafe partial class ClassicCalls
{
    /// <summary>What the gate calls first, so that the runtime starts there.</summary>
    public static int Ready => (int)MmcStatus.Ok;

    /// <summary>One replica anywhere.</summary>
    public static ClassicPutOptions DefaultOptions
    {
        get
        {
            var options = new ClassicPutOptions { ReplicaCount = 1 };
            new Span<int>(options.Preferred, NativeLimits.ReplicaCount).Fill(-1);
            return options;
        }
    }

    /// <summary>Fills a C struct of configuration with the defaults.</summary>
    public static int WriteDefaults<TOptions>(ConfigStruct<TOptions> layout, byte* config)
        where TOptions : class, new()
    {
        if (config is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        layout.WriteDefaults(config);
        return (int)MmcStatus.Ok;
    }

    /// <summary>Opens the process's store.</summary>
    public static int Init(ClassicInitConfig* config) => config is null
        ? CallErrors.Report(MmcStatus.InvalidParameter)
        : DefaultStore.Open(
            StoreUsers.Process, null, (int)Math.Min(config->DeviceId, int.MaxValue), config->WithMemory != 0);

    /// <summary>Checks a range of memory; host memory needs no more.</summary>
    public static int CheckRange(ulong address, ulong sizeBytes)
    {
        bool isLegal = address != 0 && sizeBytes != 0 && address + sizeBytes >= address;
        return CallErrors.Report(DefaultStore.Current is null ? MmcStatus.ClientNotInitialised
            : isLegal ? MmcStatus.Ok : MmcStatus.InvalidParameter);
    }

    /// <summary>Stores one object.</summary>
    public static int Put(byte* key, ClassicBuffer* buffer, in ClassicPutOptions options, uint flags)
    {
        MmcStatus result = MmcStatus.Internal;
        int status = PutBatch(&key, 1, buffer, options, flags, (int*)&result);
        return status != 0 ? status : CallErrors.Report(result);
    }

    /// <summary>Stores objects.</summary>
    public static int PutBatch(
        byte** keys, uint count, ClassicBuffer* buffers, in ClassicPutOptions options, uint flags, int* results)
    {
        if (!TryBegin(keys, count, buffers, results, out ObjectStore? store, out int refusal))
        {
            return refusal;
        }

        if (!TryReadOptions(options, flags, out ReplicateOptions replicas))
        {
            return Refuse(MmcStatus.InvalidParameter, results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            AddKeys(scratch.Keys, keys, count);
            AddBuffers(scratch.Buffers, buffers, count);
            Span<MmcStatus> statuses = new((MmcStatus*)results, (int)count);
            return Finish(store!.PutBatch(scratch.Keys, scratch.Buffers, replicas, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Reads one object.</summary>
    public static int Get(byte* key, ClassicBuffer* buffer)
    {
        MmcStatus result = MmcStatus.Internal;
        int status = GetBatch(&key, 1, buffer, (int*)&result);
        return status != 0 ? status : CallErrors.Report(result);
    }

    /// <summary>Reads objects.</summary>
    public static int GetBatch(byte** keys, uint count, ClassicBuffer* buffers, int* results)
    {
        if (!TryBegin(keys, count, buffers, results, out ObjectStore? store, out int refusal))
        {
            return refusal;
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            AddKeys(scratch.Keys, keys, count);
            AddBuffers(scratch.Buffers, buffers, count);
            Span<MmcStatus> statuses = new((MmcStatus*)results, (int)count);
            return Finish(store!.GetBatch(scratch.Keys, scratch.Buffers, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Whether one object is there.</summary>
    public static int Exists(byte* key)
    {
        MmcStatus result = MmcStatus.Internal;
        int status = ExistsBatch(&key, 1, (int*)&result);
        return status != 0 ? status : Absent(result);
    }

    /// <summary>Whether objects are there.</summary>
    public static int ExistsBatch(byte** keys, uint count, int* results) => KeysOnly(
        keys, count, results, static (store, keys, statuses) => store.ExistsBatch(keys, statuses));

    /// <summary>Changes pin and time to live of one object.</summary>
    public static int SetPriority(byte* key, int pin, int ttlMs)
    {
        MmcStatus result = MmcStatus.Internal;
        int status = SetPriorityBatch(&key, 1, pin, ttlMs, (int*)&result);
        return status != 0 ? status : CallErrors.Report(result);
    }

    /// <summary>Changes pins and times to live.</summary>
    public static int SetPriorityBatch(byte** keys, uint count, int pin, int ttlMs, int* results)
    {
        if (!TryBegin(keys, count, keys, results, out ObjectStore? store, out int refusal))
        {
            return refusal;
        }

        if (!CallArguments.TryReadPriority(pin, ttlMs, out ObjectPin? newPin, out int? newTtlMs))
        {
            return Refuse(MmcStatus.InvalidParameter, results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            AddKeys(scratch.Keys, keys, count);
            Span<MmcStatus> statuses = new((MmcStatus*)results, (int)count);
            return Finish(store!.SetPriorityBatch(scratch.Keys, newPin, newTtlMs, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Removes one object.</summary>
    public static int Remove(byte* key)
    {
        MmcStatus result = MmcStatus.Internal;
        int status = RemoveBatch(&key, 1, (int*)&result);
        return status != 0 ? status : CallErrors.Report(result);
    }

    /// <summary>Removes objects.</summary>
    public static int RemoveBatch(byte** keys, uint count, int* results) => KeysOnly(
        keys, count, results, static (store, keys, statuses) => store.RemoveBatch(keys, statuses));

    /// <summary>Describes one object.</summary>
    public static int Query(byte* key, ClassicDataInfo* info)
    {
        int status = QueryBatch(&key, 1, info);
        return status != 0 ? status : Absent(info->IsValid != 0 ? MmcStatus.Ok : MmcStatus.KeyNotFound);
    }

    /// <summary>Describes objects.</summary>
    public static int QueryBatch(byte** keys, nuint count, ClassicDataInfo* infos)
    {
        if (DefaultStore.Current is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.ClientNotInitialised);
        }

        if (count is 0 or > Limits.BatchCountMax || keys is null || infos is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            AddKeys(scratch.Keys, keys, (uint)count);
            Span<ObjectDescription> descriptions = scratch.Descriptions((int)count);
            MmcStatus status = store.Query(scratch.Keys, descriptions);
            for (int i = 0; i < descriptions.Length; i++)
            {
                Write(descriptions[i], infos + i);
            }

            return StoreCalls.IsOfWholeCall(status) ? CallErrors.Report(status) : (int)MmcStatus.Ok;
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>This process's rank.</summary>
    public static int ReadRank(uint* rank)
    {
        if (DefaultStore.Current is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.ClientNotInitialised);
        }

        if (rank is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        RankId own = store.Rank;
        *rank = own.Value;
        return CallErrors.Report(own == RankId.None ? MmcStatus.NotConnectedToLocal : MmcStatus.Ok);
    }
}
