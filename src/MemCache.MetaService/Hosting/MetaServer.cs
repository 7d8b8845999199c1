using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// A whole MetaService without its HTTP side: engine, membership, frame server, maintenance. Tests run it in their own process. Thread-safe.
/// </summary>
internal sealed class MetaServer : IDisposable
{
    private readonly MetaEngine _engine;
    private readonly MembershipTerms _terms;
    private readonly RepairBudget _repairs = new();
    private readonly ILogger _logger;
    private readonly FrameServer _server;
    private readonly MaintenanceThread _maintenance;
    private readonly PressureWatch _pressure;
    private ServerTls _tls = ServerTls.None;

    private MetaServer(MetaServiceOptions options, FrameServerOptions serverOptions, TimeProvider time, ILogger logger)
    {
        Events = new EventRing(time);
        logger = Events.Watch(logger);
        _logger = logger;
        Options = options;
        Clock = new MonotonicClock(time);
        History = new History(Clock, time);
        _pressure = new PressureWatch(logger);
        Requests = new RequestMetrics(serverOptions.IoThreadCountDecided);
        HttpRequests = new HttpRequestMetrics();
        ulong epoch = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        // Both were checked when they were read.
        _ = PriorityLimits.TryParsePinLimit(options.HardPinLimit, out int hardPinPercent, out long hardPinBytes);
        _ = PriorityLimits.TryParseQuotas(options.Quotas, out IReadOnlyList<(string Prefix, long SizeBytes)> quotas);
        _engine = new MetaEngine(new MetaEngineOptions
        {
            GenerationStart = epoch << Limits.GenerationEpochShift,
            HashSeed = RandomNumber(),
            LeaseMsDefault = options.LeaseTtlMs,
            EvictHighPercent = options.EvictThresholdHigh,
            EvictLowPercent = options.EvictThresholdLow,
            HardPinPercent = hardPinPercent,
            HardPinBytes = hardPinBytes,
            TenantQuotas = [.. quotas.Select(quota => new TenantQuota(quota.Prefix, quota.SizeBytes))],
            EvictionOrder = options.EvictPolicy == "lru" ? EvictionOrder.Lru : EvictionOrder.Reuse,
            MinResidenceMs = options.EvictMinResidenceMs,
            RefusesUnworthy = options.EvictAdmission,
            GhostRatio = options.EvictGhostRatio,
        });
        _terms = new MembershipTerms(RandomNumber(), options.HeartbeatMs, options.SilenceMs, options.LeaseTtlMs);
        Sessions = new SessionTable(_engine, Clock, Requests, epoch, logger);
        Drains = new DrainJobs(_engine, Clock, _terms.InstanceId, options.DrainStallSeconds * 1000, logger);
        SetRepairs(options.RepairBytesPerSecond);
        _maintenance = new MaintenanceThread(this, options, logger);
        var handler = new RequestHandler(_engine, Sessions, Clock, Requests, _terms, _maintenance.Wake, logger)
        {
            ConnectionCount = () => ConnectionCount,
            Repairs = _repairs,
            Drains = Drains,
            Reports = Reports,
        };
        _server = new FrameServer(handler, serverOptions, Clock, logger);
    }

    /// <summary>Configuration in force: what can change while running is as it was last read.</summary>
    public MetaServiceOptions Options { get; private set; }

    /// <summary>The table of objects.</summary>
    public MetaEngine Engine => _engine;

    /// <summary>Milliseconds that everything counts in.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>Who is in the pool.</summary>
    public SessionTable Sessions { get; }

    /// <summary>What was asked.</summary>
    public RequestMetrics Requests { get; }

    /// <summary>What LocalServices report.</summary>
    public ClientReports Reports { get; } = new();

    /// <summary>HTTP requests, as far as there is an HTTP side.</summary>
    public HttpRequestMetrics HttpRequests { get; }

    /// <summary>Lines of the log.</summary>
    public LogLineCounter LogLines { get; set; } = new();

    /// <summary>Silence after which a session is ended.</summary>
    public int SilenceMs => _terms.SilenceMs;

    /// <summary>Segments that are being emptied.</summary>
    public DrainJobs Drains { get; }

    /// <summary>What the pool did of late.</summary>
    public History History { get; }

    /// <summary>What happened of late.</summary>
    public EventRing Events { get; }

    /// <summary>Open connections.</summary>
    public int ConnectionCount => _server.ConnectionCount;

    /// <summary>Connections refused because there were too many.</summary>
    public long ConnectionRefusedCount => _server.RefusedCount;

    /// <summary>Connections turned away before their first request.</summary>
    public long HandshakeFailureCount => _server.HandshakeFailureCount;

    /// <summary>This run, as clients know it.</summary>
    public string InstanceText => _terms.InstanceId.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Where clients of this host connect; empty if there is no such socket.</summary>
    public string UnixSocketPath { get; private set; } = "";

    /// <summary>Certificates of the connections that are encrypted.</summary>
    public ServerTls Tls => _tls;

    /// <summary>Certificate of the HTTP side, which sets it; <see langword="null"/>: it is not encrypted.</summary>
    public HttpsKeyring? Https { get; set; }

    /// <summary>Called when a thread failed and this MetaService can't go on.</summary>
    public Action? Failed { get; set; }

    /// <summary>Binds all addresses and begins to serve.</summary>
    /// <param name="options">Configuration, validated.</param>
    /// <param name="serverOptions">Bounds of the frame server; the thread count and spin of <paramref name="options"/> win.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="server">The running server.</param>
    /// <param name="error">Which address can't be bound and why.</param>
    public static bool TryStart(
        MetaServiceOptions options,
        FrameServerOptions serverOptions,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out MetaServer? server,
        out string error)
    {
        FrameServerOptions decided = serverOptions with
        {
            IoThreadCount = options.IoThreadCount,
            SpinMicroseconds = options.SpinMicroseconds,
        };
        server = new MetaServer(options, decided, time, logger);
        if (ServerTls.TryOpen(options, time, logger, out server._tls, out error)
            && server.TryListen(options, logger, out error))
        {
            server.Start();
            return true;
        }

        server.Dispose();
        server = null;
        return false;
    }

    /// <summary>Applies what can change while running.</summary>
    public void Configure(MetaServiceOptions options)
    {
        Options = options;
        _engine.Configure(
            options.LeaseTtlMs, options.EvictThresholdHigh, options.EvictThresholdLow, options.EvictMinResidenceMs,
            options.EvictAdmission);
        _terms.LeaseMs = options.LeaseTtlMs;
        SetRepairs(options.RepairBytesPerSecond);
        _maintenance.Configure(options);
    }

    /// <summary>How far draining of a rank's segment has come; <see langword="false"/>: it has none.</summary>
    public bool TryReadDrain(RankId rank, Medium medium, out DrainProgress progress) =>
        _engine.TryReadDrain(_engine.FindSegment(rank, medium), out progress);

    /// <summary>Figures of the engine, now.</summary>
    public MetaEngineStats ReadStats() => _engine.ReadStats();

    /// <summary>
    /// Estimated hit ratios of a medium at other capacities; <see langword="null"/>: it has no segments, or the policy
    /// is lru.
    /// </summary>
    public MissRatioCurve? ReadMissRatioCurve(Medium medium) => _engine.ReadMissRatioCurve(medium);

    /// <summary>One bounded step of the engine's maintenance.</summary>
    public bool Tick() => _engine.Tick(Clock.NowMs);

    /// <summary>Adds the present to the history. From one thread, every <see cref="History.StepMs"/>.</summary>
    public void Sample()
    {
        MetaEngineStats stats = ReadStats();
        History.Sample(stats, Requests.Sum(), Sessions.SessionCount);
        _pressure.Look(stats, Clock.NowMs);
    }

    /// <summary>Answers what has arrived, closes all connections, removes the sockets' files.</summary>
    public void Stop()
    {
        _server.Stop();
        _maintenance.Stop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _server.Dispose();
        _maintenance.Dispose();
        _tls.Dispose();
    }

    private void SetRepairs(long bytesPerSecond)
    {
        if (_repairs.BytesPerSecond != bytesPerSecond)
        {
            _repairs.BytesPerSecond = bytesPerSecond;
            Log.RepairRate(_logger, bytesPerSecond);
        }

        _engine.Repairs = bytesPerSecond > 0;
    }

    private void Start()
    {
        _tls.Start();
        _server.Failed = () => Failed?.Invoke();
        _server.Start();
        _maintenance.Start();
    }

    private bool TryListen(MetaServiceOptions options, ILogger logger, out string error)
    {
        bool isOneAddress = options.MetaServiceUrl == options.ConfigStoreUrl;
        ListenerRole firstRole = isOneAddress ? ListenerRole.Data | ListenerRole.Membership : ListenerRole.Data;
        if (!TryAdd(options.MetaServiceUrl, firstRole, out Listener? data, out error))
        {
            return false;
        }

        Listener? membership = null;
        if (!isOneAddress && !TryAdd(options.ConfigStoreUrl, ListenerRole.Membership, out membership, out error))
        {
            return false;
        }

        // A configured Unix socket for data is the one to offer; membership over the same file is the other role's business.
        UnixSocketPath = isOneAddress && data!.IsUnixSocket ? data.UnixPath : AddOwnSocket(options, logger);
        _terms.Offer(UnixSocketPath);
        return true;
    }

    private bool TryAdd(string url, ListenerRole role, out Listener? listener, out string error)
    {
        listener = ListenSocket.Open(url, role, out error);
        if (listener is null)
        {
            return false;
        }

        listener = _tls.Guard(listener);

        _server.Add(listener);
        return true;
    }

    private string AddOwnSocket(MetaServiceOptions options, ILogger logger)
    {
        if (!RuntimeDirectory.TryPrepare(options.SocketDirectory, out string directory, out string error))
        {
            Log.UnixSocketUnusable(logger, error);
            return "";
        }

        RuntimeDirectory.RemoveStale(directory, "mmc-*.sock");
        string path = Path.Combine(directory, $"mmc-{InstanceText}.sock");
        Listener? listener = ListenSocket.OpenUnix(path, ListenerRole.Data | ListenerRole.Membership, out error);
        if (listener is null)
        {
            Log.UnixSocketUnusable(logger, error);
            return "";
        }

        _server.Add(listener);
        return path;
    }

    // The few bits of a Guid that are not random lie in different places of its halves.
    private static ulong RandomNumber()
    {
        UInt128 random = SegmentUuid.New().Value;
        return (ulong)random ^ (ulong)(random >> 64);
    }
}
