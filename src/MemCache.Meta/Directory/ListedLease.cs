using MemCache.Core;

namespace MemCache.Meta;

/// <summary>One lease by key of an <see cref="ObjectListing"/>.</summary>
/// <param name="Session">Who holds it.</param>
/// <param name="Rank">The holder's rank, or none.</param>
/// <param name="EndMs">When it ends by itself.</param>
public readonly record struct ListedLease(SessionId Session, RankId Rank, long EndMs);
