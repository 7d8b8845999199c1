namespace MemCache.Core;

/// <summary>A bug in MemCache was found by <see cref="Invariant.Require"/>.</summary>
public sealed class InvariantException(string message) : Exception(message);
