namespace MemCache.MetaService;

/// <summary>
/// The OpenAPI document. It is made from the calls themselves by a test and kept with the source, so that the program carries no
/// generator: docs/design/http-api.md.
/// </summary>
internal static class OpenApiEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = "/openapi/v1.json";

    private const string Resource = "openapi.json";

    /// <summary>Adds the call to an application.</summary>
    public static void Map(IEndpointRouteBuilder application)
    {
        byte[] document = Read();
        application.MapCall(
            new HttpCall("GET", Path, HttpRight.Page, "This interface, as an OpenAPI document"),
            context => HttpAnswer.BytesAsync(context, document, "application/json; charset=utf-8"));
    }

    private static byte[] Read()
    {
        using Stream stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        byte[] document = new byte[stream.Length];
        stream.ReadExactly(document);
        return document;
    }
}
