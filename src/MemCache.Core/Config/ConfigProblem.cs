using System.Globalization;
using System.Text;

namespace MemCache.Core;

/// <summary>One thing that is wrong, or odd, with a configuration.</summary>
/// <param name="IsError">Whether the configuration can't be used; else it is a warning.</param>
/// <param name="Origin">Where it stands.</param>
/// <param name="Key">The key; empty if there is none.</param>
/// <param name="Value">What it was to be; empty if there is none, masked if it is a secret.</param>
/// <param name="Range">What is legal; empty if no single key is at fault.</param>
/// <param name="Text">The whole sentence: place, key, value and legal range.</param>
public sealed record ConfigProblem(
    bool IsError, ConfigOrigin Origin, string Key, string Value, string Range, string Text)
{
    private const int ShownCharsMax = 200;

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal static ConfigProblem Illegal(ConfigOrigin origin, string key, string value, string range) =>
        new(true, origin, key, value, range, $"{origin}: '{key}' = '{Shown(value)}' is not legal; legal is {range}");

    /// <summary>
    /// Text of somebody else's as it may stand in a message: without control characters, and not too long.
    /// </summary>
    internal static string Shown(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder();
        foreach (char c in text[..Math.Min(text.Length, ShownCharsMax)])
        {
            _ = char.IsControl(c) ? shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : shown.Append(c);
        }

        return text.Length > ShownCharsMax ? shown.Append('…').ToString() : shown.ToString();
    }

    internal static ConfigProblem Odd(ConfigOrigin origin, string key, string value, string reason) =>
        new(false, origin, key, value, "", $"{origin}: {reason}");

    internal static ConfigProblem Unreadable(ConfigOrigin origin, string reason) =>
        new(true, origin, "", "", "", $"{origin}: {reason}");
}
