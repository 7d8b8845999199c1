namespace MemCache.MetaService;

/// <summary>Whether the service is up, and who leads.</summary>
internal sealed class HealthEndpoints
{
    // Without an election there is one MetaService, and it leads.
    private const string Role = "leader";
    private const string HaState = "serving";

    private readonly MetaServer _server;

    private HealthEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new HealthEndpoints(server);
        application.MapCall(
            new HttpCall("GET", "/health", HttpRight.Health, "Whether the service is up and ready")
            {
                Parameters = [new("ready",
                    "`true`: HTTP status 503 while service_ready is false, for probes that look at nothing else")],
                Reply = RestJson.Default.HealthReply,
            },
            calls.HealthAsync);
        application.MapCall(
            new HttpCall("GET", "/role", HttpRight.Health, "`leader`, `standby` or `unknown`"),
            context => HttpAnswer.TextAsync(context, Role));
        application.MapCall(
            new HttpCall("GET", "/ha_status", HttpRight.Health, "`starting`, `standby`, `serving` or `unknown`"),
            context => HttpAnswer.TextAsync(context, HaState));
        application.MapCall(
            new HttpCall("GET", "/leader", HttpRight.Health, "Where the leader is")
            {
                Reply = RestJson.Default.LeaderReply,
            },
            context => HttpAnswer.JsonAsync(context, calls.Leader(), RestJson.Default.LeaderReply));
    }

    private Task HealthAsync(HttpContext context)
    {
        HealthReply reply = Health();
        bool isProbe = HttpQuery.Text(context, "ready", 8) == "true";
        context.Response.StatusCode =
            isProbe && !reply.ServiceReady ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.HealthReply);
    }

    private HealthReply Health() =>
        new("ok", Role, HaState, ServiceReady: true, _server.Options.MetaServiceUrl, _server.Sessions.Epoch);

    private LeaderReply Leader() => new(Present: true, _server.Options.MetaServiceUrl, _server.Sessions.Epoch);
}
