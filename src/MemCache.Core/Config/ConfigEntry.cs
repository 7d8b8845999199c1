namespace MemCache.Core;

/// <summary>One <c>key = value</c> line of a configuration file.</summary>
/// <param name="Key">Left of the first equals sign, without blanks around it.</param>
/// <param name="Value">Right of it, without blanks around it; may be empty.</param>
/// <param name="LineNumber">1-based.</param>
public readonly record struct ConfigEntry(string Key, string Value, int LineNumber);
