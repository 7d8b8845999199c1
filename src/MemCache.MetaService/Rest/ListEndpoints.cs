using System.IO.Pipelines;
using MemCache.Core;
using MemCache.Meta;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MemCache.MetaService;

/// <summary>
/// Lists of objects: as a stream that takes little memory, and page by page. No lock is held longer than some 0.1 ms.
/// </summary>
internal sealed class ListEndpoints
{
    /// <summary>Header that carries where the next page of a text list begins.</summary>
    public const string NextHeader = "X-Next-After";

    private const int PageCountDefault = 1000;

    // A flush waits for the client as soon as this much is unsent.
    private const int FlushBytes = 32 << 10;

    private readonly MetaServer _server;

    private ListEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new ListEndpoints(server);
        application.MapCall(
            new HttpCall(
                "GET", "/get_all_keys", HttpRight.Read,
                "Keys, one a line: all, as a stream; or with `limit` a page, "
                + $"whose header `{NextHeader}` says where the next one begins")
            {
                Parameters = [HttpParameters.Limit, HttpParameters.After, HttpParameters.Prefix],
                CountsAs = Operation.GetAllKeys,
                IsExpensive = true,
            },
            calls.AllKeysAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/keys", HttpRight.Read, "A page of the objects, in no order")
            {
                Parameters = [HttpParameters.Limit, HttpParameters.After, HttpParameters.Prefix],
                Reply = RestJson.Default.KeysReply,
                IsExpensive = true,
            },
            calls.KeysAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/leases", HttpRight.Read,
                "A page of the objects that readers or leases by key hold")
            {
                Parameters = [HttpParameters.Limit, HttpParameters.After, HttpParameters.Prefix],
                Reply = RestJson.Default.LeasesReply,
                IsExpensive = true,
            },
            calls.LeasesAsync);
    }

    private async Task AllKeysAsync(HttpContext context)
    {
        int limit = HttpQuery.Number(context, "limit", 1, HttpLimits.PageCountMax, 0);
        byte[] prefix = PrefixOf(context);
        ObjectCursor cursor = ListCursor.Read(_server, context);
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (limit > 0)
        {
            ObjectListing page = Page(context, ref cursor, ListFilter.Readable, prefix, limit, out string next);
            context.Response.Headers[NextHeader] = next;
            WriteKeys(page, context.Response.BodyWriter);
            _ = await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return;
        }

        await StreamAsync(context, cursor, prefix).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext context, ObjectCursor cursor, byte[] prefix)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = new MinDataRate(HttpLimits.StreamBytesPerSecondMin, TimeSpan.FromSeconds(10));
        }

        using var timeout = new CancellationTokenSource(
            HttpLimits.StreamTimeout, context.RequestServices.GetRequiredService<TimeProvider>());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        PipeWriter writer = context.Response.BodyWriter;
        var listing = new ObjectListing();
        bool hasMore = true;
        while (hasMore)
        {
            end.Token.ThrowIfCancellationRequested();
            hasMore = _server.Engine.List(
                ref cursor, ListFilter.Readable, prefix, int.MaxValue, _server.Clock.NowMs, listing);
            WriteKeys(listing, writer);
            listing.Clear();
            if (writer.UnflushedBytes >= FlushBytes || !hasMore)
            {
                _ = await writer.FlushAsync(end.Token).ConfigureAwait(false);
            }
        }
    }

    private Task KeysAsync(HttpContext context)
    {
        ObjectListing page = Page(context, ListFilter.Readable, out string next);
        KeyReply[] keys =
        [
            .. page.Objects.Select(listed => new KeyReply(
                KeyText.Of(page.KeyOf(listed)), KeyText.EscapedIfNeeded(page.KeyOf(listed)), listed.SizeBytes,
                SegmentName.Of(listed.Medium), listed.ReplicaCount, listed.ReaderCount, listed.LeaseCount)),
        ];
        return HttpAnswer.JsonAsync(context, new KeysReply(Success: true, keys, next), RestJson.Default.KeysReply);
    }

    private Task LeasesAsync(HttpContext context)
    {
        ObjectListing page = Page(context, ListFilter.Held, out string next);
        long nowMs = _server.Clock.NowMs;
        LeasedObject[] objects =
        [
            .. page.Objects.Select(listed => new LeasedObject(
                KeyText.Of(page.KeyOf(listed)), KeyText.EscapedIfNeeded(page.KeyOf(listed)), listed.SizeBytes,
                listed.IsRemoving ? "removing" : "readable", listed.ReaderCount,
                listed.ReaderCount > 0 ? Math.Max(0, listed.ReadersEndMs - nowMs) : 0,
                [
                    .. page.Leases.Skip(listed.FirstLease).Take(listed.LeaseCount).Select(lease => new LeaseHolder(
                        lease.Session.Value, RankNumber.Of(lease.Rank), Math.Max(0, lease.EndMs - nowMs))),
                ])),
        ];
        return HttpAnswer.JsonAsync(context, new LeasesReply(Success: true, objects, next),
            RestJson.Default.LeasesReply);
    }

    private ObjectListing Page(HttpContext context, ListFilter filter, out string next)
    {
        int limit = HttpQuery.Number(context, "limit", 1, HttpLimits.PageCountMax, PageCountDefault);
        ObjectCursor cursor = ListCursor.Read(_server, context);
        return Page(context, ref cursor, filter, PrefixOf(context), limit, out next);
    }

    // What matches little may look at much: the page is short then, and says where to go on.
    private ObjectListing Page(
        HttpContext context, ref ObjectCursor cursor, ListFilter filter, byte[] prefix, int limit, out string next)
    {
        var page = new ObjectListing();
        bool hasMore = true;
        while (hasMore && page.Objects.Count < limit && page.LookCount < HttpLimits.PageLookCountMax)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            hasMore = _server.Engine.List(ref cursor, filter, prefix, limit, _server.Clock.NowMs, page);
        }

        next = hasMore ? ListCursor.Format(_server, cursor) : "";
        return page;
    }

    private static void WriteKeys(ObjectListing listing, PipeWriter writer)
    {
        foreach (ListedObject listed in listing.Objects)
        {
            KeyText.WriteLine(listing.KeyOf(listed), writer);
        }
    }

    private static byte[] PrefixOf(HttpContext context) => HttpQuery.Bytes(context, "prefix", Limits.KeyBytesMax) ?? [];
}
