using MemCache.Core;

namespace MemCache.Cli;

/// <summary>Draws 0 .. n-1, i with a probability proportional to 1 / (i + 1)^exponent.</summary>
internal sealed class ZipfSampler
{
    private readonly double[] _sums;

    /// <summary>A distribution over <paramref name="count"/> numbers.</summary>
    public ZipfSampler(int count, double exponent)
    {
        _sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Math.Pow(i + 1, -exponent);
            _sums[i] = sum;
        }
    }

    /// <summary>The next number.</summary>
    public int Next(SplitMix64 random)
    {
        int found = Array.BinarySearch(_sums, random.Unit() * _sums[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _sums.Length - 1);
    }
}
