namespace MemCache.Core;

/// <summary>
/// Pin and end of life of an object as its slot keeps them, for the time after a restart of the MetaService: 2 bits of
/// <see cref="ObjectPin"/>, then 29 bits with the second after the begin of 2026 in which it ends; 0: no end.
/// </summary>
/// <param name="Value">The 31 bits.</param>
public readonly record struct StoredTerms(uint Value)
{
    /// <summary>Largest value that means something.</summary>
    public const uint ValueMax = (1u << 31) - 1;

    private const long BeginSeconds = 1_767_225_600;
    private const long EndMax = (1L << 29) - 1;

    /// <summary>The pin; from a hostile slot it may be none that is known.</summary>
    public ObjectPin Pin => (ObjectPin)(Value & 3);

    /// <summary>Whether the object has an end.</summary>
    public bool HasEnd => Value >> 2 != 0;

    /// <summary>
    /// The terms of an object that is put now. The end is rounded down: it is never later than asked for.
    /// </summary>
    /// <param name="pin">Its pin.</param>
    /// <param name="ttlMs">Milliseconds that it is to live; 0: no end.</param>
    /// <param name="time">The clock on the wall.</param>
    public static StoredTerms Of(ObjectPin pin, long ttlMs, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (ttlMs == 0)
        {
            return new StoredTerms((uint)pin & 3);
        }

        long end = ((time.GetUtcNow().ToUnixTimeMilliseconds() + ttlMs) / 1000) - BeginSeconds;
        return new StoredTerms((uint)Math.Clamp(end, 1, EndMax) << 2 | (uint)pin & 3);
    }

    /// <summary>Milliseconds that the object has left; 0: it has no end; negative: its time is over.</summary>
    public int TtlMs(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (!HasEnd)
        {
            return 0;
        }

        long left = ((BeginSeconds + (Value >> 2)) * 1000) - time.GetUtcNow().ToUnixTimeMilliseconds();
        return left <= 0 ? -1 : (int)Math.Min(left, int.MaxValue);
    }
}
