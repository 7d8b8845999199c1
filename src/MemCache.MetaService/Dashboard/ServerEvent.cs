namespace MemCache.MetaService;

/// <summary>Something that happened in the pool.</summary>
/// <param name="Id">Grows by one from 1.</param>
/// <param name="TimeMs">Unix milliseconds.</param>
/// <param name="Kind">What it is: one of <see cref="EventKinds"/>.</param>
/// <param name="Level">info, warning or error.</param>
/// <param name="Text">The line of the log.</param>
/// <param name="Fields">The values in it, by name.</param>
internal sealed record ServerEvent(
    long Id,
    long TimeMs,
    string Kind,
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields);
