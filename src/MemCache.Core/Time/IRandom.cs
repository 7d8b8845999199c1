namespace MemCache.Core;

/// <summary>Source of random numbers that a test can seed. Not for secrets.</summary>
public interface IRandom
{
    /// <summary>Uniform over all 64-bit values.</summary>
    ulong Next();
}
