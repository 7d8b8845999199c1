using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Ranks as JSON has them.</summary>
internal static class RankNumber
{
    /// <summary>The number; -1: none.</summary>
    public static int Of(RankId rank) => rank == RankId.None ? -1 : rank.Value;
}
