namespace MemCache.MetaService;

/// <summary>One lease by key of <see cref="LeasedObject"/>.</summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Rank">Its rank; -1 without memory.</param>
/// <param name="EndMs">Milliseconds until it ends by itself.</param>
internal sealed record LeaseHolder(uint Session, int Rank, long EndMs);
