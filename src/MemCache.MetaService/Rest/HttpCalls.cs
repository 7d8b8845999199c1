namespace MemCache.MetaService;

/// <summary>Adds calls to the application.</summary>
internal static class HttpCalls
{
    /// <summary>
    /// Adds a call. The handler answers through <see cref="HttpAnswer"/> and reads parameters through
    /// <see cref="HttpQuery"/>; what it can't do it says with <see cref="HttpCallException"/>.
    /// </summary>
    public static void MapCall(this IEndpointRouteBuilder application, HttpCall call, RequestDelegate handler)
    {
        bool hasHead = call is { Method: "GET", Right: HttpRight.Health };
        string[] methods = hasHead ? ["GET", "HEAD"] : [call.Method];
        application.MapMethods(call.Path, methods, handler).WithMetadata(call);
    }
}
