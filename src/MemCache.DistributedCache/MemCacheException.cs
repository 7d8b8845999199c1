using MemCache.Core;

namespace MemCache.DistributedCache;

/// <summary>
/// A cache operation could not be done. Only with <see cref="MemCacheOptions.ThrowOnFailure"/>, and for a pool that was
/// asked for itself.
/// </summary>
public sealed class MemCacheException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="status">What the store said.</param>
    /// <param name="message">For people.</param>
    public MemCacheException(MmcStatus status, string message)
        : base(message) => Status = status;

    /// <summary>What the store said.</summary>
    public MmcStatus Status { get; }
}
