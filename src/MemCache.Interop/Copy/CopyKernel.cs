namespace MemCache.Interop;

/// <summary>How bytes are stored.</summary>
public enum CopyKernel : byte
{
    /// <summary>memcpy: destination lines are read into the cache first and stay there.</summary>
    Temporal = 0,

    /// <summary>
    /// Stores that go past the caches: a third less memory traffic, and the caches keep what they had. The same as
    /// <see cref="Temporal"/> on processors without such stores of 32 bytes or more.
    /// </summary>
    NonTemporal = 1,
}
