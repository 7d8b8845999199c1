using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>
/// What every REST call answers when it can't do what was asked, with HTTP status 200 as existing clients expect.
/// </summary>
internal sealed record RestError(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("error_message")] string ErrorMessage,
    [property: JsonPropertyName("timestamp")] long Timestamp);
