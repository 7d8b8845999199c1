using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <content>Calls of one object.</content>
internal static unsafe partial class StoreCalls
{
    /// <summary>Stores an object of one buffer.</summary>
    public static int Put(ulong handle, in NativeKey key, void* data, nuint sizeBytes, NativeReplicas* replicas)
    {
        if (StoreTable.Find(handle) is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        if (data is null || sizeBytes == 0 || !CallArguments.TryReadReplicas(replicas, out ReplicateOptions options))
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        // SAFETY: the caller's memory for the length of this call.
        MmcStatus status = sizeBytes <= int.MaxValue
            ? store.Put(CallArguments.Key(key), new ReadOnlySpan<byte>(data, (int)sizeBytes), options)
            : PutLarge(store, key, data, sizeBytes, options);
        return CallErrors.Report(status);
    }

    /// <summary>Reads an object that fits into <paramref name="room"/> bytes.</summary>
    public static int Get(ulong handle, in NativeKey key, void* data, nuint room, ulong* sizeBytes)
    {
        if (sizeBytes is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        *sizeBytes = 0;
        if (StoreTable.Find(handle) is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        if (data is null && room > 0)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        // SAFETY: the caller's memory for the length of this call.
        var destination = new Span<byte>(data, (int)Math.Min(room, int.MaxValue));
        MmcStatus status = store.Get(CallArguments.Key(key), destination, out long size);
        if (status == MmcStatus.SizeMismatch && (nuint)size <= room)
        {
            status = GetLarge(store, key, data, size);
        }

        *sizeBytes = (ulong)size;
        return CallErrors.Report(status);
    }

    /// <summary>An object's size.</summary>
    public static int ReadSize(ulong handle, in NativeKey key, ulong* sizeBytes)
    {
        if (sizeBytes is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        *sizeBytes = 0;
        if (StoreTable.Find(handle) is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            scratch.Keys.Add(CallArguments.Key(key));
            Span<ObjectDescription> description = scratch.Descriptions(1);
            MmcStatus status = store.Query(scratch.Keys, description);
            *sizeBytes = status == MmcStatus.Ok ? (ulong)description[0].SizeBytes : 0;
            return CallErrors.Report(status);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>1: there, 0: not, or a failure.</summary>
    public static int Exists(ulong handle, in NativeKey key)
    {
        MmcStatus status = StoreTable.Find(handle)?.Exists(CallArguments.Key(key)) ?? MmcStatus.NotInitialised;
        return status switch
        {
            MmcStatus.Ok => 1,
            MmcStatus.ObjectNotFound => 0,
            _ => CallErrors.Report(status),
        };
    }

    /// <summary>Removes an object.</summary>
    public static int Remove(ulong handle, in NativeKey key) =>
        CallErrors.Report(StoreTable.Find(handle)?.Remove(CallArguments.Key(key)) ?? MmcStatus.NotInitialised);

    /// <summary>Removes all objects.</summary>
    public static int RemoveAll(ulong handle) =>
        CallErrors.Report(StoreTable.Find(handle)?.RemoveAll() ?? MmcStatus.NotInitialised);

    // A span holds less than 2 GiB; a batch's buffers are addresses.
    private static MmcStatus PutLarge(
        ObjectStore store, in NativeKey key, void* data, nuint sizeBytes, in ReplicateOptions options)
    {
        CallScratch scratch = CallScratch.Rent();
        try
        {
            scratch.Keys.Add(CallArguments.Key(key));
            scratch.Buffers.AddObject((nuint)data, (long)sizeBytes);
            MmcStatus result = MmcStatus.Internal;
            _ = store.PutBatch(scratch.Keys, scratch.Buffers, options, new Span<MmcStatus>(ref result));
            return result;
        }
        finally
        {
            scratch.Return();
        }
    }

    private static MmcStatus GetLarge(ObjectStore store, in NativeKey key, void* data, long sizeBytes)
    {
        CallScratch scratch = CallScratch.Rent();
        try
        {
            scratch.Keys.Add(CallArguments.Key(key));
            scratch.Buffers.AddObject((nuint)data, sizeBytes);
            MmcStatus result = MmcStatus.Internal;
            _ = store.GetBatch(scratch.Keys, scratch.Buffers, new Span<MmcStatus>(ref result));
            return result;
        }
        finally
        {
            scratch.Return();
        }
    }
}
