using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MemCache.MetaService;

/// <summary>The HTTP side: what is served where, and how much of it.</summary>
internal static class HttpEndpoint
{
    /// <summary>Builds the web application; it is not started yet.</summary>
    /// <param name="options">Configuration, validated.</param>
    /// <param name="server">What it shows.</param>
    /// <param name="lifetime">Who says when the process is to stop.</param>
    /// <param name="log">Adds where the log goes.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="OptionsException">The address, or a file that guards it, can't be used.</exception>
    public static WebApplication Build(
        MetaServiceOptions options, MetaServer server, IHostLifetime lifetime, Action<ILoggingBuilder> log,
            TimeProvider time)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        log(builder.Logging);
        (IPEndPoint address, bool isSecure) = Resolve(options.MetricsUrl);
        HttpAccess access = HttpAccess.Open(options, isSecure, time);
        server.Https = access.Keyring;
        if (isSecure)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            kestrel.Listen(address, listen => Guard(listen, access));
        });
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(lifetime);
        // Made by the container, so that they end with it.
        builder.Services.AddSingleton(_ => access);
        builder.Services.AddSingleton(services => new HttpGuard(server, access, time, LoggerOf(services)));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        WebApplication application = builder.Build();
        application.Services.GetRequiredService<HttpAccess>().Start(LoggerOf(application.Services));
        // First, so that what is refused is counted too; behind the router, which knows the call's path.
        application.UseRouting();
        application.Use(server.HttpRequests.Count);
        application.Use(application.Services.GetRequiredService<HttpGuard>().InvokeAsync);
        Map(application, server);
        return application;
    }

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("MemCache.MetaService");

    // A file of calls each: what is added here is guarded, described by OpenAPI and the reference page.
    private static void Map(WebApplication application, MetaServer server)
    {
        HealthEndpoints.Map(application, server);
        MetricsEndpoints.Map(application, server);
        ObjectEndpoints.Map(application, server);
        ListEndpoints.Map(application, server);
        SegmentEndpoints.Map(application, server);
        DrainEndpoints.Map(application, server);
        AnalysisEndpoints.Map(application, server);
        MetadataEndpoints.Map(application);
        DashboardPage.Map(application);
        DashboardEndpoints.Map(application, server);
        OpenApiEndpoint.Map(application);
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = HttpLimits.ConnectionCountMax;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestLineSize = HttpLimits.RequestLineBytesMax;
        limits.MaxRequestHeadersTotalSize = HttpLimits.HeaderBytesMax;
        limits.MaxRequestHeaderCount = HttpLimits.HeaderCountMax;
        limits.MaxRequestBodySize = HttpLimits.BodyBytesMax;
        limits.MaxRequestBufferSize = HttpLimits.BodyBytesMax;
        limits.MaxResponseBufferSize = HttpLimits.BodyBytesMax;
        limits.KeepAliveTimeout = HttpLimits.IdleTimeout;
        limits.RequestHeadersTimeout = HttpLimits.HeadersTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(HttpLimits.BytesPerSecondMin, HttpLimits.HeadersTimeout);
        limits.MinResponseDataRate = new MinDataRate(HttpLimits.BytesPerSecondMin, HttpLimits.HeadersTimeout);
    }

    private static void Guard(ListenOptions listen, HttpAccess access)
    {
        // HTTP/2 would let one connection ask for many things at once, and nothing here needs it.
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(new ConnectionGate().Enter);
        if (access.Keyring is { } keyring)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HttpLimits.HandshakeTimeout,
                OnConnection = _ => ValueTask.FromResult(keyring.Options),
            });
        }
    }

    private static (IPEndPoint Address, bool IsSecure) Resolve(string text)
    {
        if (!ServiceUrl.TryParse(text, out ServiceUrl? url) || url.Scheme is not ("http" or "https"))
        {
            throw new OptionsException($"'ock.mmc.meta_service.metrics_url' = '{text}' is neither http nor https");
        }

        bool isSecure = url.Scheme == "https";
        if (IPAddress.TryParse(url.Host, out IPAddress? literal))
        {
            return (new IPEndPoint(literal, url.Port), isSecure);
        }

        try
        {
            return (new IPEndPoint(Dns.GetHostAddresses(url.Host)[0], url.Port), isSecure);
        }
        catch (SocketException exception)
        {
            throw new OptionsException($"can't listen on {text}: {exception.Message}");
        }
    }
}
