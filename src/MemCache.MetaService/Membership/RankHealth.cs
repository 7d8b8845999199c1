using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>When a rank was last heard.</summary>
/// <param name="Rank">Its number.</param>
/// <param name="AgeMs">Milliseconds since its last sign of life.</param>
internal readonly record struct RankHealth(RankId Rank, long AgeMs);
