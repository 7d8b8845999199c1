namespace MemCache.MetaService;

/// <summary>The OpenAPI document: made of what the calls say of themselves when it is first asked for.</summary>
internal static class OpenApiEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = "/openapi/v1.json";

    /// <summary>Adds the call to an application.</summary>
    public static void Map(IEndpointRouteBuilder application)
    {
        var document = new Lazy<byte[]>(() => OpenApiDocument.Make(CallsOf(application)));
        application.MapCall(
            new HttpCall("GET", Path, HttpRight.Page, "This interface, as an OpenAPI document"),
            context => HttpAnswer.BytesAsync(context, document.Value, "application/json; charset=utf-8"));
    }

    /// <summary>Every call of an application but the files of the page, in the order of their paths.</summary>
    public static IReadOnlyList<HttpCall> CallsOf(IEndpointRouteBuilder application) =>
    [
        .. application.DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<HttpCall>()).OfType<HttpCall>()
            .Where(call => call.Right != HttpRight.Page)
            .OrderBy(call => call.Path, StringComparer.Ordinal).ThenBy(call => call.Method, StringComparer.Ordinal),
    ];
}
