using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;

namespace MemCache.TestHost;

/// <summary>
/// The commands about allocations, addresses and leases. An object has 16 layers of the same size; its content is its
/// key's.
/// </summary>
internal static class Addressed
{
    public const int LayerCount = 16;

    private static readonly Dictionary<string, GlobalAddress> Allocated = [];

    public static string Alloc(ObjectStore store, string key, int size, int leaseMs)
    {
        var addresses = new GlobalAddress[1];
        var results = new MmcStatus[1];
        MmcStatus status = store.AllocBatch(new KeyBatch(key), [size], Medium.Dram, leaseMs, addresses, results);
        Allocated[key] = addresses[0];
        return status == MmcStatus.Ok ? addresses[0].Value.ToString(CultureInfo.InvariantCulture) : Text(status);
    }

    public static string Write(ObjectStore store, string key, int size, int first, int count)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(size);
        KeyedContent.Fill(key, buffer.Slice(0, size));
        return Text(Copy(store, Allocated[key], buffer, size, first, count, CopyDirection.Put));
    }

    public static string Finish(ObjectStore store, string key, int outcome) =>
        Text(store.FinishWriteBatch(new KeyBatch(key), [outcome], new MmcStatus[1]));

    public static string Read(ObjectStore store, ulong address, string key, int size, int first, int count)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(size);
        KeyedContent.Fill(key, buffer.Slice(0, size));
        int layer = size / LayerCount;
        buffer.Slice(first * layer, count * layer).Clear();
        MmcStatus status = Copy(store, new GlobalAddress(address), buffer, size, first, count, CopyDirection.Get);
        int wrong = status == MmcStatus.Ok ? KeyedContent.FirstWrong(key, buffer.Slice(0, size)) : -1;
        return wrong < 0 ? Text(status) : $"WRONG at byte {wrong}";
    }

    public static string Lease(ObjectStore store, string key, int leaseMs) =>
        Text(store.AddLeaseBatch(new KeyBatch(key), leaseMs, new MmcStatus[1]));

    public static string Unlease(ObjectStore store, string key) =>
        Text(store.RemoveLeaseBatch(new KeyBatch(key), new MmcStatus[1]));

    private static MmcStatus Copy(
        ObjectStore store, GlobalAddress address, NativeBuffer buffer, int size, int first, int count, CopyDirection direction)
    {
        int layer = size / LayerCount;
        var addresses = new GlobalAddress[count];
        var buffers = new BufferBatch();
        for (int i = 0; i < count; i++)
        {
            addresses[i] = address.Add((first + i) * layer);
            buffers.AddObject(buffer.Address + (nuint)((first + i) * layer), layer);
        }

        return store.CopyBatch(addresses, buffers, direction);
    }

    private static string Text(MmcStatus status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
