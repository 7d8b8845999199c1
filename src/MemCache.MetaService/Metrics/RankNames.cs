using System.Globalization;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Numbers of ranks as labels, made once.</summary>
internal static class RankNames
{
    private static readonly string[] Names =
        [.. Enumerable.Range(0, Limits.RankCountMax).Select(rank => rank.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The label's value.</summary>
    public static string Of(int rank) => Names[rank];
}
