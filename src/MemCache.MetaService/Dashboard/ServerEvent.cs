using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Something that happened in the pool.</summary>
/// <param name="Id">Grows by one from 1.</param>
/// <param name="TimeMs">Unix milliseconds.</param>
/// <param name="Kind">What it is: one of <see cref="EventKinds"/>.</param>
/// <param name="Level">info, warning or error.</param>
/// <param name="Text">The line of the log.</param>
/// <param name="Fields">The values in it, by name.</param>
internal sealed record ServerEvent(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("time_ms")] long TimeMs,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("fields")] IReadOnlyDictionary<string, string> Fields);
