using System.Numerics;

namespace MemCache.Meta;

/// <summary>
/// Classes of run lengths: one for each length up to 63 pages, then 32 for each power of two, so that a run of the next class is at most 3 %
/// longer than asked. Two levels of bits find the next class that is not empty.
/// </summary>
internal sealed class SizeClasses
{
    /// <summary>Number of classes: 64 exact ones and 32 for each of 2^6 .. 2^28 pages.</summary>
    public const int Count = ExactCount + 23 * StepsPerPower;

    private const int ExactCount = 64;
    private const int ExactShift = 6;
    private const int StepsPerPower = 32;
    private const int StepShift = 5;

    private readonly ulong[] _used = new ulong[(Count + 63) / 64];
    private ulong _usedWords;

    /// <summary>Class of runs of <paramref name="pageCount"/> pages.</summary>
    public static int Of(uint pageCount)
    {
        if (pageCount < ExactCount)
        {
            return (int)pageCount;
        }

        int power = BitOperations.Log2(pageCount);
        int step = (int)(pageCount >> (power - StepShift)) & (StepsPerPower - 1);
        return ExactCount + (power - ExactShift) * StepsPerPower + step;
    }

    /// <summary>Shortest run that <paramref name="sizeClass"/> holds.</summary>
    public static uint PageCountMin(int sizeClass)
    {
        if (sizeClass < ExactCount)
        {
            return (uint)sizeClass;
        }

        int power = (sizeClass - ExactCount) / StepsPerPower + ExactShift;
        int step = (sizeClass - ExactCount) % StepsPerPower;
        return (uint)(StepsPerPower + step) << (power - StepShift);
    }

    /// <summary>Says whether <paramref name="sizeClass"/> holds runs.</summary>
    public void Mark(int sizeClass, bool used)
    {
        int word = sizeClass >> 6;
        ulong bit = 1UL << (sizeClass & 63);
        _used[word] = used ? _used[word] | bit : _used[word] & ~bit;
        ulong wordBit = 1UL << word;
        _usedWords = _used[word] != 0 ? _usedWords | wordBit : _usedWords & ~wordBit;
    }

    /// <summary>Smallest class from <paramref name="sizeClass"/> on that holds runs; -1: none.</summary>
    public int Next(int sizeClass)
    {
        int word = sizeClass >> 6;
        if (word >= _used.Length)
        {
            return -1;
        }

        ulong bits = _used[word] & ~0UL << (sizeClass & 63);
        if (bits == 0)
        {
            ulong words = word == 63 ? 0 : _usedWords & ~0UL << (word + 1);
            if (words == 0)
            {
                return -1;
            }

            word = BitOperations.TrailingZeroCount(words);
            bits = _used[word];
        }

        return word * 64 + BitOperations.TrailingZeroCount(bits);
    }

    /// <summary>Largest class that holds runs; -1: none.</summary>
    public int Last()
    {
        if (_usedWords == 0)
        {
            return -1;
        }

        int word = BitOperations.Log2(_usedWords);
        return word * 64 + BitOperations.Log2(_used[word]);
    }
}
