namespace MemCache.Core;

/// <summary>One configuration key: what it is called, what it may be, and how it is read and written.</summary>
/// <typeparam name="TOptions">The options that hold it.</typeparam>
/// <param name="Key">As written in the file.</param>
/// <param name="Range">Legal values, for people.</param>
/// <param name="Meaning">One sentence or less.</param>
/// <param name="Read">The current value as text.</param>
/// <param name="Write">Sets it from text; <see langword="false"/> if the text is not legal, nothing changed then.</param>
public sealed record ConfigSetting<TOptions>(
    string Key, string Range, string Meaning, Func<TOptions, string> Read, Func<TOptions, string, bool> Write);
