using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>The HTTP calls about drain jobs and segments.</summary>
internal sealed class DrainEndpoints
{
    // A job of as many segments as are legal, with room for spaces.
    private const int BodyBytesMax = 16 << 10;

    private readonly MetaServer _server;
    private readonly TimeProvider _time;

    private DrainEndpoints(MetaServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
    }

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(WebApplication application, MetaServer server, TimeProvider time)
    {
        var calls = new DrainEndpoints(server, time);
        application.MapPost("/api/v1/drain_jobs", calls.BeginAsync);
        application.MapGet("/api/v1/drain_jobs/query", calls.QueryAsync);
        application.MapPost("/api/v1/drain_jobs/cancel", calls.CancelAsync);
        application.MapGet("/api/v1/segments/status", calls.StatusAsync);
        application.MapGet("/get_all_segments", calls.SegmentsAsync);
    }

    private async Task BeginAsync(HttpContext context)
    {
        (DrainJobRequest? request, string error) = await ReadAsync(context).ConfigureAwait(false);
        DrainPolicy policy = request?.Policy switch
        {
            null or "move" => DrainPolicy.Move,
            "drop" => DrainPolicy.Drop,
            _ => DrainPolicy.None,
        };
        error = error.Length == 0 && policy == DrainPolicy.None ? "'policy' is not legal; legal is move, drop" : error;
        DrainJobReply? job = error.Length == 0
            ? _server.Drains.Begin(request!.Segments ?? [], policy, out error)
            : null;
        await AnswerAsync(context, job, RestJson.Default.DrainJobReply, error).ConfigureAwait(false);
    }

    private Task QueryAsync(HttpContext context) =>
        AnswerAsync(
            context, _server.Drains.Query(Parameter(context, "job_id")), RestJson.Default.DrainJobReply, "no such job");

    private Task CancelAsync(HttpContext context)
    {
        DrainJobReply? job = _server.Drains.Cancel(Parameter(context, "job_id"), out string error);
        return AnswerAsync(context, job, RestJson.Default.DrainJobReply, error);
    }

    private Task StatusAsync(HttpContext context)
    {
        SegmentStatusReply? status = null;
        if (SegmentName.TryParse(Parameter(context, "segment"), out RankId rank, out Medium medium)
            && _server.TryReadDrain(rank, medium, out DrainProgress progress))
        {
            (int number, string name) = progress.Policy == DrainPolicy.None ? (0, "OK")
                : progress.RemainingCount > 0 ? (1, "DRAINING")
                : (2, "DRAINED");
            status = new SegmentStatusReply(Success: true, SegmentName.Format(rank, medium), number, name);
        }

        return AnswerAsync(context, status, RestJson.Default.SegmentStatusReply, "no such segment");
    }

    private Task SegmentsAsync(HttpContext context)
    {
        IEnumerable<string> names = _server.ReadStats().Segments
            .Where(segment => segment.IsAlive)
            .OrderBy(segment => segment.Rank.Value).ThenBy(segment => segment.Medium)
            .Select(segment => SegmentName.Format(segment.Rank, segment.Medium) + "\n");
        return Results.Text(string.Concat(names)).ExecuteAsync(context);
    }

    // More than one value, or a long one, names nothing.
    private static string? Parameter(HttpContext context, string name) =>
        context.Request.Query[name] is [{ Length: <= 64 } value] ? value : null;

    private Task AnswerAsync<T>(HttpContext context, T? answer, JsonTypeInfo<T> type, string error)
        where T : class =>
        answer is not null
            ? Results.Json(answer, type).ExecuteAsync(context)
            : Results.Json(
                new RestError(Success: false, error, _time.GetUtcNow().ToUnixTimeMilliseconds()),
                RestJson.Default.RestError).ExecuteAsync(context);

    private static async Task<(DrainJobRequest? Request, string Error)> ReadAsync(HttpContext context)
    {
        byte[] body = new byte[BodyBytesMax + 1];
        int count = await context.Request.Body.ReadAtLeastAsync(
            body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (count > BodyBytesMax)
        {
            return (null, $"the body is longer than {BodyBytesMax} bytes");
        }

        try
        {
            DrainJobRequest? request = JsonSerializer.Deserialize(
                body.AsSpan(0, count), RestJson.Default.DrainJobRequest);
            return (request, request is null ? "the body is null" : "");
        }
        catch (JsonException exception)
        {
            return (null, $"the body is not a job: {exception.Message}");
        }
    }
}
