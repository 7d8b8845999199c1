using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>Keys as engines make them: a prefix and 64 hexadecimal digits.</summary>
internal static class BenchKeys
{
    /// <summary>Key <paramref name="index"/> of a family.</summary>
    public static string Key(string family, long index) => string.Create(
        CultureInfo.InvariantCulture, $"{family}/{SplitMix64.Mix((ulong)index):x16}{new string('0', 32)}{index:x16}");

    /// <summary>The first <paramref name="count"/> keys of a family from <paramref name="first"/> on.</summary>
    public static KeyBatch Batch(string family, long first, int count)
    {
        var keys = new KeyBatch();
        for (int i = 0; i < count; i++)
        {
            keys.Add(Key(family, first + i));
        }

        return keys;
    }
}
