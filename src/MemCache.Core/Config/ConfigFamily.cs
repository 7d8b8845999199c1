namespace MemCache.Core;

/// <summary>Keys that are accepted by what they begin with, whatever follows, and have no effect.</summary>
/// <param name="Prefix">What they begin with.</param>
/// <param name="Meaning">One sentence or less.</param>
public sealed record ConfigFamily(string Prefix, string Meaning);
