namespace MemCache.Meta;

/// <summary>
/// Remembers which access numbers were given when, so that records need not hold times: a record's last access number
/// says how long ago it was used, to a 16th of what is asked for. Thread-safe.
/// </summary>
internal sealed class ResidenceClock
{
    private const int SampleCount = 32;
    private const int SamplesPerResidence = 16;

    private readonly Lock _lock = new();
    private readonly long[] _times = new long[SampleCount];
    private readonly ulong[] _sequences = new ulong[SampleCount];
    private long _count;

    /// <summary>Numbers up to <paramref name="sequence"/> were given by <paramref name="nowMs"/>.</summary>
    public void Note(long nowMs, ulong sequence, int residenceMs)
    {
        lock (_lock)
        {
            long stepMs = Math.Max(1, residenceMs / SamplesPerResidence);
            if (_count == 0 || nowMs - _times[(_count - 1) % SampleCount] >= stepMs)
            {
                _times[_count % SampleCount] = nowMs;
                _sequences[_count % SampleCount] = sequence;
                _count++;
            }
        }
    }

    /// <summary>
    /// The first access number that may have been given less than <paramref name="residenceMs"/> ago;
    /// <see cref="ulong.MaxValue"/>: none counts as young.
    /// </summary>
    public ulong YoungSequence(long nowMs, int residenceMs)
    {
        if (residenceMs <= 0)
        {
            return ulong.MaxValue;
        }

        lock (_lock)
        {
            long oldest = Math.Max(0, _count - SampleCount);
            for (long i = _count - 1; i >= oldest; i--)
            {
                if (nowMs - _times[i % SampleCount] >= residenceMs)
                {
                    return _sequences[i % SampleCount] + 1;
                }
            }

            return 0;
        }
    }
}
