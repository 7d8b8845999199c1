using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>
/// Answer of <c>GET /query_key</c>, and an entry of <c>/batch_query_keys</c>. For an absent key the single call has the
/// failure's fields besides: scripts look at either.
/// </summary>
internal sealed record QueryKeyReply(
    string Key, long Size, int Prot, [property: JsonPropertyName("numBlobs")] int BlobCount, bool Valid,
        BlobReply[] Blobs)
{
    /// <summary><see langword="false"/> for a single key that is absent; else not there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Success { get; init; }

    /// <summary>Why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorMessage { get; init; }

    /// <summary>When.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Timestamp { get; init; }
}
