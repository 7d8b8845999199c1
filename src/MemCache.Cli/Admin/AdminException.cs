namespace MemCache.Cli;

/// <summary>A MetaService was not reached, or answered that it can't do what was asked.</summary>
internal sealed class AdminException(string message) : Exception(message);
