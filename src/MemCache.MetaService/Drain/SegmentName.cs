using System.Globalization;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Segments as people and their tools name them: <c>rank-0-dram</c>.</summary>
internal static class SegmentName
{
    private static readonly string[] Media = ["hbm", "dram", "ssd"];

    /// <summary>The name of a medium.</summary>
    public static string Of(Medium medium) => Media[(int)medium];

    /// <summary>The name of a rank's segment.</summary>
    public static string Format(RankId rank, Medium medium) => $"{rank}-{Media[(int)medium]}";

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? name, out RankId rank, out Medium medium)
    {
        rank = RankId.None;
        medium = default;
        string[] parts = name is { Length: <= 32 } ? name.Split('-') : [];
        int index = parts.Length == 3 ? Array.IndexOf(Media, parts[2]) : -1;
        if (index < 0 || parts[0] != "rank"
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            || number >= Limits.RankCountMax)
        {
            return false;
        }

        rank = new RankId(number);
        medium = (Medium)index;
        return true;
    }
}
