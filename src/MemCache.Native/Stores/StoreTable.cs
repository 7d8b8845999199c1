using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>
/// The open stores of this process. Handles are numbers that are never used again, so a stale or invented one finds
/// nothing. Any thread; finding takes no lock.
/// </summary>
internal static class StoreTable
{
    // "MMC" in the upper half: small numbers that someone passes by mistake are no handles.
    private const ulong Mark = 0x004D_4D43_0000_0000;

    private static readonly Lock Changing = new();
    private static volatile OpenStore[] _stores = []; // replaced as a whole under Changing
    private static ulong _last = Mark; // guarded by Changing

    /// <summary>Adds a store and gives it its handle.</summary>
    public static ulong Add(ObjectStore store)
    {
        lock (Changing)
        {
            _last++;
            _stores = [.. _stores, new OpenStore(_last, store)];
            return _last;
        }
    }

    /// <summary>The store of a handle; null if it was closed or never was.</summary>
    public static ObjectStore? Find(ulong handle)
    {
        foreach (OpenStore open in _stores)
        {
            if (open.Handle == handle)
            {
                return open.Store;
            }
        }

        return null;
    }

    /// <summary>Takes a store out; the caller disposes it.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="existed">Whether there ever was such a handle.</param>
    public static ObjectStore? Remove(ulong handle, out bool existed)
    {
        lock (Changing)
        {
            existed = handle > Mark && handle <= _last;
            ObjectStore? store = Find(handle);
            _stores = [.. _stores.Where(open => open.Handle != handle)];
            return store;
        }
    }
}
