using System.Globalization;

namespace MemCache.Core;

/// <summary>Sizes as people write them: <c>134217728</c>, <c>2048KB</c>, <c>200mb</c>, <c>2.5G</c>, <c>1TB</c>. Units are powers of 1,024.</summary>
public static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>Reads a size of 0 .. <see cref="long.MaxValue"/> bytes; a fraction is cut to whole bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long sizeBytes)
    {
        sizeBytes = 0;
        text = text.Trim();
        if (text.Length > 1 && char.ToUpperInvariant(text[^1]) == 'B')
        {
            text = text[..^1];
        }

        double factor = 1;
        int unit = text.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        if (unit >= 0)
        {
            factor = Math.Pow(1024, unit + 1);
            text = text[..^1].TrimEnd();
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return false;
        }

        double product = (double)number * factor;
        if (product >= long.MaxValue)
        {
            return false;
        }

        sizeBytes = (long)(number * (decimal)factor);
        return true;
    }

    /// <summary>The size in the largest unit that keeps it at 1 or more, with at most two decimals: <c>8.58 MiB</c>.</summary>
    public static string Format(long sizeBytes)
    {
        double value = sizeBytes;
        int unit = -1;
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string number = value.ToString("0.##", CultureInfo.InvariantCulture);
        return unit < 0 ? $"{number} B" : $"{number} {Units[unit]}iB";
    }
}
