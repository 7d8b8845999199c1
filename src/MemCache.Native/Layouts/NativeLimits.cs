namespace MemCache.Native;

/// <summary>Array lengths that are part of the C structs.</summary>
internal static class NativeLimits
{
    /// <summary>As <see cref="Core.Limits.ReplicaCountMax"/>; a C array's length can't change with it.</summary>
    public const int ReplicaCount = 8;
}
