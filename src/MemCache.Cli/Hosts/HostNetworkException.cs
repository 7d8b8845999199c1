namespace MemCache.Cli;

/// <summary>A network of hosts could not be made or changed; the message says why.</summary>
internal sealed class HostNetworkException(string message) : IOException(message);
