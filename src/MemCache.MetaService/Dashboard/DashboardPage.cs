namespace MemCache.MetaService;

/// <summary>Serves the page at <c>/</c> and its files below <c>/dashboard/</c>. They hold no data: no token.</summary>
internal static class DashboardPage
{
    private const string StartFile = "index.html";

    // Nothing from another host, nothing inline, no text that becomes code, and no frame around it.
    private const string SecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Adds the page to an application.</summary>
    public static void Map(IEndpointRouteBuilder application)
    {
        Dictionary<string, DashboardAsset> assets = DashboardAsset.LoadAll();
        Add(application, "/", assets[StartFile]);
        foreach ((string name, DashboardAsset asset) in assets.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(application, "/dashboard/" + name, asset);
        }
    }

    private static void Add(IEndpointRouteBuilder application, string path, DashboardAsset asset) =>
        application.MapCall(
            new HttpCall("GET", path, HttpRight.Page, "The dashboard: a page, and the files it is made of"),
            context => SendAsync(context, asset));

    private static async Task SendAsync(HttpContext context, DashboardAsset asset)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ETag = asset.Tag;
        // The browser asks each time whether its bytes are this version's: a new MetaService never meets an old page.
        headers.CacheControl = "no-cache";
        headers.Vary = "Accept-Encoding";
        headers.ContentSecurityPolicy = SecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.Request.Headers.IfNoneMatch.Any(tags => tags!.Contains(asset.Tag, StringComparison.Ordinal)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        bool takesGzip = context.Request.Headers.AcceptEncoding.Any(
            codings => codings!.Contains("gzip", StringComparison.OrdinalIgnoreCase));
        byte[] content = takesGzip ? asset.Compressed : asset.Content;
        if (takesGzip)
        {
            headers.ContentEncoding = "gzip";
        }

        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }
}
