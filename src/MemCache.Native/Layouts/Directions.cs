using MemCache.Fabric;

namespace MemCache.Native;

/// <summary>Directions of a copy, as the headers number them.</summary>
internal static class Directions
{
    private const int DeviceToPool = 0;
    private const int PoolToDevice = 1;
    private const int PoolToHost = 2;
    private const int HostToPool = 3;
    private const int Automatic = 9;

    /// <summary>Whether bytes may go into the pool that way.</summary>
    public static bool IsPut(int direction) => direction is DeviceToPool or HostToPool or Automatic;

    /// <summary>Whether bytes may come out of the pool that way.</summary>
    public static bool IsGet(int direction) => direction is PoolToDevice or PoolToHost or Automatic;

    /// <summary>The way of a copy by address, which nothing else tells: either side must be named.</summary>
    public static bool TryReadCopy(int direction, out CopyDirection copy)
    {
        copy = direction is DeviceToPool or HostToPool ? CopyDirection.Put : CopyDirection.Get;
        return direction is DeviceToPool or HostToPool or PoolToDevice or PoolToHost;
    }
}
