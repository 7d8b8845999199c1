namespace MemCache.Core;

/// <summary>How firmly an object stays. The numbers travel and are part of every surface.</summary>
public enum ObjectPin : byte
{
    /// <summary>It is evicted when its turn comes.</summary>
    None = 0,

    /// <summary>It is evicted only when no object without a pin is left that could go.</summary>
    Soft = 1,

    /// <summary>It is never evicted. The bytes of such objects are bounded for each medium.</summary>
    Hard = 2,
}
