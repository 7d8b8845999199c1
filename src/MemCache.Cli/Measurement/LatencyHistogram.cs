using System.Globalization;
using System.Numerics;
using System.Text;

namespace MemCache.Cli;

/// <summary>
/// Counts of durations in buckets that grow by a factor of about 1.03, from 1 ns to hours. A record costs a few
/// nanoseconds and allocates nothing; a percentile is right to 3 %. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    // 2^5 buckets an octave; durations below 2^5 ns have a bucket each.
    private const int SubBits = 5;
    private const int BucketCount = (64 - SubBits) << SubBits;

    private readonly long[] _counts = new long[BucketCount];

    /// <summary>Durations recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records one duration.</summary>
    public void Record(TimeSpan duration) => Add(BucketOf(Math.Max(0, duration.Ticks * 100)), 1);

    /// <summary>Adds all counts of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < BucketCount; i++)
        {
            Add(i, other._counts[i]);
        }
    }

    /// <summary>The duration below which a share of the records lies, in microseconds; 0 without records.</summary>
    /// <param name="quantile">0 .. 1, for example 0.99.</param>
    public double Microseconds(double quantile)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (int i = 0; i < BucketCount; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return MiddleNanoseconds(i) / 1000;
            }
        }

        return 0;
    }

    /// <summary>The counts as text, for <see cref="Parse"/>: <c>bucket:count</c>, with commas between.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < BucketCount; i++)
        {
            if (_counts[i] > 0)
            {
                text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{i}:{_counts[i]}");
            }
        }

        return text.Length == 0 ? "-" : text.ToString();
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static LatencyHistogram Parse(string text)
    {
        var histogram = new LatencyHistogram();
        foreach (string entry in text == "-" ? [] : text.Split(','))
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0
                || !int.TryParse(entry.AsSpan(0, colon), CultureInfo.InvariantCulture, out int bucket)
                || !long.TryParse(entry.AsSpan(colon + 1), CultureInfo.InvariantCulture, out long count)
                || bucket is < 0 or >= BucketCount)
            {
                throw new FormatException($"not a histogram entry: {entry}");
            }

            histogram.Add(bucket, count);
        }

        return histogram;
    }

    private void Add(int bucket, long count)
    {
        _counts[bucket] += count;
        Count += count;
    }

    private static int BucketOf(long nanoseconds)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - SubBits);
        return (shift << SubBits) + (int)(nanoseconds >> shift);
    }

    private static double MiddleNanoseconds(int bucket)
    {
        int shift = Math.Max(0, (bucket >> SubBits) - 1);
        long begin = (long)(bucket - (shift << SubBits)) << shift;
        return begin + ((1L << shift) - 1) / 2.0;
    }
}
