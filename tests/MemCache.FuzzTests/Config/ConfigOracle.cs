using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace MemCache.FuzzTests.Config;

/// <summary>Whether a value is legal, from the words of its range and with regular expressions.</summary>
internal static partial class ConfigOracle
{
    public static bool IsLegal(string key, string range, string value)
    {
        if (value.Any(char.IsControl) || value.Contains('\uFFFD'))
        {
            return false;
        }

        if (Numbers().Match(range) is { Success: true } numbers)
        {
            return Whole().IsMatch(value) && long.Parse(value, CultureInfo.InvariantCulture) is long number
                && number >= long.Parse(numbers.Groups[1].Value, CultureInfo.InvariantCulture)
                && number <= long.Parse(numbers.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        if (range.Contains("such as 134217728", StringComparison.Ordinal))
        {
            // No size of any key is above 1 TiB, and what is read back is exact.
            return Size().Match(value) is { Success: true } size
                && decimal.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture)
                    * (decimal)Math.Pow(1024, " KMGT".IndexOf(size.Groups[2].Value.PadLeft(1), StringComparison.Ordinal))
                    <= 1L << 40;
        }

        if (range == "true or false")
        {
            return value is "true" or "false";
        }

        if (Text().Match(range) is { Success: true } text)
        {
            return value.Length <= int.Parse(text.Groups[1].Value, CultureInfo.InvariantCulture);
        }

        if (range.Contains("://", StringComparison.Ordinal))
        {
            return IsAddress(range, value);
        }

        return range.Split(", ").Contains(value) || IsOther(key, range);
    }

    // Keys of free form have tests of their own.
    private static bool IsOther(string key, string range)
    {
        Assert.False(range.Split(", ").All(word => Word().IsMatch(word)), $"{key}: not one of {range}");
        return true;
    }

    private static bool IsAddress(string range, string value)
    {
        if (value.StartsWith("unix:///", StringComparison.OrdinalIgnoreCase))
        {
            return range.Contains("unix://", StringComparison.Ordinal) && value.Length > 8;
        }

        Match address = Address().Match(value);
        return address.Success
            && range.Contains(address.Groups[1].Value.ToLowerInvariant() + "://", StringComparison.Ordinal)
            && int.Parse(address.Groups[2].Value, CultureInfo.InvariantCulture) is var port
            && port >= int.Parse(Port().Match(range).Groups[1].Value, CultureInfo.InvariantCulture) && port <= 65535;
    }

    [GeneratedRegex(@"^(-?\d+) \.\. (-?\d+)$")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^-?\d{1,10}\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(\d{1,13})(?:([KMGT])B)?\z")]
    private static partial Regex Size();

    [GeneratedRegex(@"^text of at most (\d+) characters$")]
    private static partial Regex Text();

    [GeneratedRegex(@"^[a-z_]+$")]
    private static partial Regex Word();

    [GeneratedRegex(@"^(tcp|http|https)://(?:\[[0-9a-fA-F:.%a-z]+\]|[A-Za-z0-9._-]+):(\d{1,5})\z", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"port (\d+) \.\. 65535")]
    private static partial Regex Port();
}
