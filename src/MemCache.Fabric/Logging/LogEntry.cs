using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>One message on its way to the outputs. Immutable.</summary>
/// <param name="Time">When it was said.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Category">Who said it.</param>
/// <param name="EventId">What it is; 0: nobody gave it a number.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Exception">What went wrong, with its stack; empty: nothing.</param>
/// <param name="Fields">The values in the sentence, if the output wants them apart.</param>
public sealed record LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    int EventId,
    string Message,
    string Exception = "",
    IReadOnlyList<KeyValuePair<string, string>>? Fields = null);
