namespace MemCache.Core;

/// <summary>Configuration that can't be used; the message has one line for each problem.</summary>
public sealed class OptionsException(string message) : Exception(message);
