using System.Text.Json;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>The calls about drain jobs.</summary>
internal sealed class DrainEndpoints
{
    private const int JobLengthMax = 64;

    private readonly MetaServer _server;

    private DrainEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new DrainEndpoints(server);
        application.MapCall(
            new HttpCall(
                "POST", "/api/v1/drain_jobs", HttpRight.Change,
                $"Begins to empty 1 .. {DrainJobs.SegmentCountMax} segments; policy: move (default) or drop")
            {
                Body = RestJson.Default.DrainJobRequest,
                Reply = RestJson.Default.DrainJobReply,
            },
            calls.BeginAsync);
        application.MapCall(
            new HttpCall("GET", "/api/v1/drain_jobs/query", HttpRight.Read, "A drain job")
            {
                Parameters = [HttpParameters.Job],
                Reply = RestJson.Default.DrainJobReply,
            },
            calls.QueryAsync);
        application.MapCall(
            new HttpCall(
                "POST", "/api/v1/drain_jobs/cancel", HttpRight.Change,
                    "Cancels a job, a done one too: its segments are used again")
            {
                Parameters = [HttpParameters.Job],
                Reply = RestJson.Default.DrainJobReply,
            },
            calls.CancelAsync);
    }

    private async Task BeginAsync(HttpContext context)
    {
        DrainJobRequest request = Parse(await HttpBody.ReadAsync(context, HttpLimits.BodyBytesMax)
            .ConfigureAwait(false));
        DrainPolicy policy = request.Policy switch
        {
            null or "move" => DrainPolicy.Move,
            "drop" => DrainPolicy.Drop,
            _ => throw new HttpCallException("'policy' is not legal; legal is move, drop"),
        };
        DrainJobReply? job = _server.Drains.Begin(request.Segments ?? [], policy, out string error);
        await AnswerAsync(context, job, error).ConfigureAwait(false);
    }

    private Task QueryAsync(HttpContext context) =>
        AnswerAsync(context, _server.Drains.Query(Job(context)), "no such job");

    private Task CancelAsync(HttpContext context)
    {
        DrainJobReply? job = _server.Drains.Cancel(Job(context), out string error);
        return AnswerAsync(context, job, error);
    }

    private static string? Job(HttpContext context) => HttpQuery.Text(context, "job_id", JobLengthMax);

    private static Task AnswerAsync(HttpContext context, DrainJobReply? job, string error) =>
        job is not null
            ? HttpAnswer.JsonAsync(context, job, RestJson.Default.DrainJobReply)
            : throw new HttpCallException(error);

    private static DrainJobRequest Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RestJson.Default.DrainJobRequest)
                ?? throw new HttpCallException("the body is null");
        }
        catch (JsonException exception)
        {
            throw new HttpCallException($"the body is not a job: {exception.Message}");
        }
    }
}
