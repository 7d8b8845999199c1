using System.Globalization;

namespace MemCache.Core;

/// <summary>
/// Sizes as people write them: <c>134217728</c>, <c>2048KB</c>, <c>200mb</c>, <c>2.5G</c>, <c>1 TiB</c>. Units are
/// powers of 1,024, with or without B or iB, in capitals or not.
/// </summary>
public static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>Reads a size of 0 .. <see cref="long.MaxValue"/> bytes; a fraction is cut to whole bytes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long sizeBytes)
    {
        sizeBytes = 0;
        text = text.Trim();
        bool hasB = EndsWith(text, 'B');
        text = hasB ? text[..^1] : text;
        // K, KB, Ki and KiB, but not a bare i.
        if (EndsWith(text, 'I') && text.Length > 1 && IsUnit(text[^2]))
        {
            text = text[..^1];
        }
        else if (hasB && !text.IsEmpty && !IsUnit(text[^1]))
        {
            text = text.TrimEnd();
        }

        double factor = 1;
        int unit = text.IsEmpty ? -1 : UnitOf(text[^1]);
        if (unit >= 0)
        {
            factor = Math.Pow(1024, unit + 1);
            text = text[..^1].TrimEnd();
        }

        // The base library's parser overlooks zeros at the end.
        if (text.IsEmpty || !char.IsAsciiDigit(text[0]) || text.Contains('\0') || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
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

    /// <summary>
    /// The size in the largest unit in which it is a whole number, as configuration files have it: <c>1GB</c>,
    /// <c>1536MB</c>, <c>5</c>.
    /// </summary>
    public static string FormatExact(long sizeBytes)
    {
        int unit = -1;
        while (sizeBytes != 0 && sizeBytes % 1024 == 0 && unit < Units.Length - 1)
        {
            sizeBytes /= 1024;
            unit++;
        }

        string number = sizeBytes.ToString(CultureInfo.InvariantCulture);
        return unit < 0 ? number : $"{number}{Units[unit]}B";
    }

    /// <summary>
    /// The size in the largest unit that keeps it at 1 or more, with at most two decimals: <c>8.58 MiB</c>.
    /// </summary>
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

    private static bool EndsWith(ReadOnlySpan<char> text, char capital) =>
        text.Length > 1 && char.ToUpperInvariant(text[^1]) == capital;

    private static int UnitOf(char letter) => Units.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);

    private static bool IsUnit(char letter) => UnitOf(letter) >= 0;
}
