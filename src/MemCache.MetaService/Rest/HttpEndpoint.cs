using System.Net;
using System.Net.Sockets;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>The HTTP side: health, metrics, drain jobs.</summary>
internal static class HttpEndpoint
{
    private const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Builds the web application; it is not started yet.</summary>
    /// <exception cref="OptionsException">The address can't be used.</exception>
    public static WebApplication Build(
        MetaServiceOptions options, MetaServer server, ProcessSignals signals, LogOutput log)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        log.AddTo(builder.Logging);
        IPEndPoint address = Resolve(options.MetricsUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxConcurrentConnections = 256;
            kestrel.Listen(address);
        });
        builder.Services.AddSingleton<IHostLifetime>(signals);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        WebApplication application = builder.Build();
        application.Use(server.HttpRequests.Count);
        application.MapGet("/health", () => Health(options, server));
        application.MapGet("/metrics", () => Results.Text(MetricsPage.Format(server), PrometheusType));
        DrainEndpoints.Map(application, server, TimeProvider.System);
        return application;
    }

    private static IResult Health(MetaServiceOptions options, MetaServer server) => Results.Json(
        new HealthReply("ok", "leader", "serving", ServiceReady: true, options.MetaServiceUrl, server.Sessions.Epoch),
        RestJson.Default.HealthReply);

    private static IPEndPoint Resolve(string text)
    {
        if (!ServiceUrl.TryParse(text, out ServiceUrl? url) || url.Scheme != "http")
        {
            throw new OptionsException($"'ock.mmc.meta_service.metrics_url' = '{text}': only http is served in this version");
        }

        if (IPAddress.TryParse(url.Host, out IPAddress? literal))
        {
            return new IPEndPoint(literal, url.Port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(url.Host)[0], url.Port);
        }
        catch (SocketException exception)
        {
            throw new OptionsException($"can't listen on {text}: {exception.Message}");
        }
    }
}
