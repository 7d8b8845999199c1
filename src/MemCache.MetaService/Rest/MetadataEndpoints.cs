namespace MemCache.MetaService;

/// <summary>The calls of <see cref="MetadataStore"/>.</summary>
internal sealed class MetadataEndpoints
{
    private const string Path = "/metadata";

    private static readonly HttpParameter Name =
        HttpParameters.Key with { Meaning = "name of the entry, 1 .. 256 bytes, percent-encoded" };

    private readonly MetadataStore _store = new();

    private MetadataEndpoints()
    {
    }

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application)
    {
        var calls = new MetadataEndpoints();
        application.MapCall(
            new HttpCall("GET", Path, HttpRight.Read, "An entry of the free-form store, as text")
            {
                Parameters = [Name],
            },
            calls.GetAsync);
        application.MapCall(
            new HttpCall("PUT", Path, HttpRight.Change, "Sets an entry to the body; answers `metadata updated`")
            {
                Parameters = [Name],
                HasTextBody = true,
            },
            calls.PutAsync);
        application.MapCall(
            new HttpCall("DELETE", Path, HttpRight.Change, "Takes an entry out; answers `metadata deleted`")
            {
                Parameters = [Name],
            },
            calls.DeleteAsync);
    }

    private Task GetAsync(HttpContext context) =>
        _store.Get(HttpQuery.Key(context)) is { } value
            ? HttpAnswer.BytesAsync(context, value, "text/plain; charset=utf-8")
            : throw Absent();

    private async Task PutAsync(HttpContext context)
    {
        byte[] key = HttpQuery.Key(context);
        byte[] value = await HttpBody.ReadAsync(context, MetadataStore.ValueBytesMax).ConfigureAwait(false);
        string problem = _store.Put(key, value);
        if (problem.Length > 0)
        {
            throw new HttpCallException(problem);
        }

        await HttpAnswer.TextAsync(context, "metadata updated").ConfigureAwait(false);
    }

    private Task DeleteAsync(HttpContext context) =>
        _store.Delete(HttpQuery.Key(context)) ? HttpAnswer.TextAsync(context, "metadata deleted") : throw Absent();

    private static HttpCallException Absent() => new("no entry has this key");
}
