using System.Numerics;

namespace MemCache.Meta;

/// <summary>
/// How ages, in ticks since the last reference, are told apart: 0 .. 7 singly, then four bins an octave up to
/// <see cref="TickCount"/>, then one for all that is older.
/// </summary>
internal static class AgeBins
{
    /// <summary>Ages that are told apart from "ancient"; a power of two.</summary>
    public const int TickCount = 128;

    /// <summary>Bins without the ancient one.</summary>
    public const int FiniteCount = 24;

    /// <summary>The bin of ages from <see cref="TickCount"/> on.</summary>
    public const int Ancient = FiniteCount;

    /// <summary>Bins.</summary>
    public const int Count = FiniteCount + 1;

    private const int SingleCount = 8;
    private const int PerOctaveShift = 2;

    private static readonly byte[] Bins =
        [.. Enumerable.Range(0, TickCount + 1).Select(age => (byte)Compute((uint)age))];

    /// <summary>The bin of an age of 0 or more.</summary>
    public static int Of(uint age) => Bins[(int)Math.Min(age, TickCount)];

    /// <summary>Smallest age of a bin.</summary>
    public static int First(int bin)
    {
        if (bin < SingleCount)
        {
            return bin;
        }

        int octave = 3 + (bin - SingleCount >> PerOctaveShift);
        int quarter = bin - SingleCount & ((1 << PerOctaveShift) - 1);
        return (1 << octave) + (quarter << octave - PerOctaveShift);
    }

    /// <summary>Ages of a bin; of the ancient one as many as of all others together, for want of an end.</summary>
    public static int Width(int bin) => bin == Ancient ? TickCount : First(bin + 1) - First(bin);

    private static int Compute(uint age)
    {
        if (age < SingleCount)
        {
            return (int)age;
        }

        if (age >= TickCount)
        {
            return Ancient;
        }

        int octave = BitOperations.Log2(age);
        int quarter = (int)(age >> (octave - PerOctaveShift)) & ((1 << PerOctaveShift) - 1);
        return SingleCount + (octave - 3 << PerOctaveShift) + quarter;
    }
}
