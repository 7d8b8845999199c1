using System.Globalization;
using System.Text;

namespace MemCache.Core;

/// <summary>Reads the configuration of hard pins and quotas.</summary>
public static class PriorityLimits
{
    /// <summary>Quotas that a MetaService takes.</summary>
    public const int QuotaCountMax = 63;

    /// <summary>Reads <c>50%</c> or <c>10GB</c>: a bound on what may have a hard pin.</summary>
    /// <param name="text">The value.</param>
    /// <param name="percent">Of a medium; 100 if a size is given.</param>
    /// <param name="sizeBytes">The size; <see cref="long.MaxValue"/> if a percentage is given.</param>
    public static bool TryParsePinLimit(string text, out int percent, out long sizeBytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        percent = 100;
        sizeBytes = long.MaxValue;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        return trimmed.EndsWith("%")
            ? int.TryParse(trimmed[..^1].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out percent)
                && percent <= 100
            : ByteSize.TryParse(trimmed, out sizeBytes);
    }

    /// <summary>
    /// Reads <c>teamA/:10GB,teamB/:5GB</c>. A prefix may hold anything but a comma and blanks at its ends; the last
    /// colon ends it.
    /// </summary>
    /// <returns>
    /// <see langword="false"/>: a prefix is empty, longer than a key or there twice; a size is none; too many.
    /// </returns>
    public static bool TryParseQuotas(string text, out IReadOnlyList<(string Prefix, long SizeBytes)> quotas)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<(string Prefix, long SizeBytes)>();
        quotas = found;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        foreach (string entry in text.Split(','))
        {
            int colon = entry.LastIndexOf(':');
            string prefix = colon < 0 ? "" : entry[..colon].Trim();
            if (prefix.Length == 0 || Encoding.UTF8.GetByteCount(prefix) > Limits.KeyBytesMax
                || !ByteSize.TryParse(entry.AsSpan(colon + 1), out long sizeBytes)
                || found.Exists(quota => quota.Prefix == prefix))
            {
                return false;
            }

            found.Add((prefix, sizeBytes));
        }

        return found.Count <= QuotaCountMax;
    }
}
