namespace MemCache.Cli;

/// <summary>A process that this one started failed; the message shows the end of its log.</summary>
internal sealed class ChildProcessException(string message) : Exception(message);
