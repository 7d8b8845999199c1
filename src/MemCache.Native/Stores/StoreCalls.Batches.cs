using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <content>Calls of many objects.</content>
internal static unsafe partial class StoreCalls
{
    private delegate MmcStatus KeysCall(ObjectStore store, KeyBatch keys, uint leaseMs, Span<MmcStatus> statuses);

    /// <summary>Stores objects.</summary>
    public static int PutBatch(
        ulong handle, NativeKey* keys, uint count, NativeBuffers* buffers, int direction, NativeReplicas* replicas,
        int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (!AreLegal(buffers) || !Directions.IsPut(direction)
            || !CallArguments.TryReadReplicas(replicas, out ReplicateOptions options))
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            CallArguments.AddBuffers(scratch.Buffers, buffers, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(store.PutBatch(scratch.Keys, scratch.Buffers, options, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Reads objects.</summary>
    public static int GetBatch(
        ulong handle, NativeKey* keys, uint count, NativeBuffers* buffers, int direction, int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (!AreLegal(buffers) || !Directions.IsGet(direction))
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            CallArguments.AddBuffers(scratch.Buffers, buffers, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(store.GetBatch(scratch.Keys, scratch.Buffers, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>1, 0 or a failure for each object.</summary>
    public static int ExistsBatch(ulong handle, NativeKey* keys, uint count, int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            int result = Finish(store.ExistsBatch(scratch.Keys, statuses), statuses);
            for (int i = 0; i < statuses.Length; i++)
            {
                results[i] = statuses[i] switch
                {
                    MmcStatus.Ok => 1,
                    MmcStatus.ObjectNotFound => 0,
                    MmcStatus failure => (int)failure,
                };
            }

            return result;
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Changes pins and times to live.</summary>
    public static int SetPriorityBatch(ulong handle, NativeKey* keys, uint count, int pin, int ttlMs, int* results)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        if (!CallArguments.TryReadPriority(pin, ttlMs, out ObjectPin? newPin, out int? newTtlMs))
        {
            return Refuse(results, count);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(store.SetPriorityBatch(scratch.Keys, newPin, newTtlMs, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Removes objects.</summary>
    public static int RemoveBatch(ulong handle, NativeKey* keys, uint count, int* results) =>
        KeysBatch(
            handle, keys, count, results, 0, static (store, batch, _, statuses) => store.RemoveBatch(batch, statuses));

    /// <summary>Describes objects.</summary>
    public static int QueryBatch(ulong handle, NativeKey* keys, uint count, NativeObjectInfo* infos)
    {
        if (count > Limits.BatchCountMax || (count > 0 && (keys is null || infos is null)))
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        new Span<NativeObjectInfo>(infos, (int)count).Clear();
        if (StoreTable.Find(handle) is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            Span<ObjectDescription> descriptions = scratch.Descriptions((int)count);
            MmcStatus status = store.Query(scratch.Keys, descriptions);
            for (int i = 0; i < descriptions.Length; i++)
            {
                Write(descriptions[i], infos + i);
            }

            return IsOfWholeCall(status) ? CallErrors.Report(status) : (int)MmcStatus.Ok;
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Carries out what takes keys and a lease time, and gives each key a status.</summary>
    private static int KeysBatch(
        ulong handle, NativeKey* keys, uint count, int* results, uint leaseMs, KeysCall call)
    {
        int refusal = Begin(handle, keys, count, results, out ObjectStore? store);
        if (store is null)
        {
            return refusal;
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            CallArguments.AddKeys(scratch.Keys, keys, (int)count);
            Span<MmcStatus> statuses = Results(results, count);
            return Finish(call(store, scratch.Keys, leaseMs, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    private static void Write(ObjectDescription description, NativeObjectInfo* info)
    {
        info->Size = (ulong)description.SizeBytes;
        info->ReplicaCount = (uint)Math.Min(description.Ranks.Count, NativeLimits.ReplicaCount);
        for (int r = 0; r < info->ReplicaCount; r++)
        {
            info->Ranks[r] = description.Ranks[r].Value;
            info->Media[r] = (int)description.Media[r];
            info->Addresses[r] = description.Addresses[r].Value;
        }
    }

    private static bool AreLegal(NativeBuffers* buffers) =>
        buffers is not null && buffers->Addresses is not null && buffers->Sizes is not null;
}
