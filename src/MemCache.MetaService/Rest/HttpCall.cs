using System.Text.Json.Serialization.Metadata;

namespace MemCache.MetaService;

/// <summary>
/// What a call is, beside its code: what guards it goes by, and what the OpenAPI document and the reference page say of
/// it.
/// </summary>
/// <param name="Method">GET, PUT, POST or DELETE. GET calls of <see cref="HttpRight.Health"/> answer HEAD too.</param>
/// <param name="Path">Where it is, without a query.</param>
/// <param name="Right">What it asks for.</param>
/// <param name="Summary">What it answers or does, in one sentence.</param>
internal sealed record HttpCall(string Method, string Path, HttpRight Right, string Summary)
{
    /// <summary>Parameters of its query.</summary>
    public HttpParameter[] Parameters { get; init; } = [];

    /// <summary>Type of its answer, in JSON; <see langword="null"/>: text.</summary>
    public JsonTypeInfo? Reply { get; init; }

    /// <summary>Type of its body, in JSON; <see langword="null"/>: it has none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>Whether it has a body of any text.</summary>
    public bool HasTextBody { get; init; }

    /// <summary>What requests of other protocols it is counted with; <see langword="null"/>: with none.</summary>
    public Operation? CountsAs { get; init; }

    /// <summary>Whether its cost grows with the pool: few of them run at a time.</summary>
    public bool IsExpensive { get; init; }
}
