using System.Globalization;

namespace MemCache.Cli;

/// <summary>Sizes as people write them: <c>134217728</c>, <c>2048KB</c>, <c>200mb</c>, <c>2.5G</c>, <c>1TB</c>; 1 KB is 1024 bytes.</summary>
internal static class SizeText
{
    private static readonly (string Suffix, long Factor)[] Units =
        [("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40)];

    /// <summary>Reads a size. <see langword="false"/>: it is none, or not 1 byte .. 1 PB.</summary>
    public static bool TryParse(string text, out long sizeBytes)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        if (number.EndsWith("B", StringComparison.OrdinalIgnoreCase))
        {
            number = number[..^1];
        }

        long factor = 1;
        foreach ((string suffix, long unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                factor = unit;
                number = number[..^1];
                break;
            }
        }

        bool valid = decimal.TryParse(
            number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            && value <= (1L << 50) / factor;
        sizeBytes = valid ? (long)(value * factor) : 0;
        return sizeBytes > 0;
    }

    /// <summary>A size for people: <c>1.50 GiB</c>.</summary>
    public static string Format(double sizeBytes)
    {
        int unit = -1;
        for (; sizeBytes >= 1024 && unit < Units.Length - 1; unit++)
        {
            sizeBytes /= 1024;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sizeBytes:0} B")
            : string.Create(CultureInfo.InvariantCulture, $"{sizeBytes:0.00} {Units[unit].Suffix}iB");
    }
}
