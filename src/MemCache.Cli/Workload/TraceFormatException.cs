namespace MemCache.Cli;

/// <summary>A trace file can't be read as one; the message names file, line and field.</summary>
internal sealed class TraceFormatException(string file, long lineNumber, string field, string reason)
    : Exception($"{file}:{lineNumber}: {(field.Length == 0 ? "" : $"field \"{field}\": ")}{reason}");
