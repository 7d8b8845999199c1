using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Gives the engine its time, watches for silent clients, writes the summary line.</summary>
internal sealed class MaintenanceThread : IDisposable
{
    // Evictions and frees that are due wait this long at most.
    private const int TickIntervalMs = 10;

    // Steps in a row before the clients and the stop request are looked at again.
    private const int StepCountMax = 256;

    // The end of a drain job is seen this late at most.
    private const int DrainIntervalMs = 50;

    private const int ForgetIntervalMs = 10_000;

    private readonly MetaServer _server;
    private readonly ILogger _logger;
    private readonly int _silenceMs;
    private readonly int _supervisionMs;
    private volatile int _summaryMs;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private long _tickedMs;
    private long _supervisedMs;
    private long _drainedMs;
    private long _sampledMs;
    private long _forgotMs;
    private long _summarizedMs;

    public MaintenanceThread(MetaServer server, MetaServiceOptions options, ILogger logger)
    {
        _server = server;
        _logger = logger;
        _silenceMs = options.SilenceMs;
        _supervisionMs = Math.Clamp(options.SilenceMs / 20, TickIntervalMs, 250);
        Configure(options);
        _thread = new Thread(Run) { IsBackground = true, Name = "mmc-maintenance" };
    }

    /// <summary>Takes over what may change while running.</summary>
    public void Configure(MetaServiceOptions options) => _summaryMs = options.MetricsReportIntervalSeconds * 1000;

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>There is something to do before the next tick: a reserve found no space. From any thread.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends the thread and waits for it.</summary>
    public void Stop()
    {
        _isStopping = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _ = _thread.Join(1000);
        }
    }

    public void Dispose()
    {
        Stop();
        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            long nowMs = _server.Clock.NowMs;
            (_tickedMs, _supervisedMs, _drainedMs, _forgotMs, _summarizedMs) = (nowMs, nowMs, nowMs, nowMs, nowMs);
            _server.Sample();
            _sampledMs = nowMs;
            while (!_isStopping)
            {
                bool hasMore = Tick();
                Supervise(_server.Clock.NowMs);
                if (!hasMore)
                {
                    _ = _wake.WaitOne(TickIntervalMs);
                }
            }
        }
        catch (Exception exception)
        {
            // Without maintenance nothing is ever freed again: end, so that clients find another.
            Log.MaintenanceFailed(_logger, exception);
            _server.Failed?.Invoke();
        }
    }

    private bool Tick()
    {
        bool hasMore = true;
        for (int i = 0; hasMore && i < StepCountMax && !_isStopping; i++)
        {
            hasMore = _server.Tick();
        }

        return hasMore;
    }

    private void Supervise(long nowMs)
    {
        // A gap as long as this was not spent here: the process was stopped or the machine slept.
        long gapMs = nowMs - _tickedMs;
        _tickedMs = nowMs;
        if (gapMs > _silenceMs / 4)
        {
            Log.StoodStill(_logger, gapMs);
            _server.Sessions.Forgive(gapMs);
        }

        if (IsDue(ref _supervisedMs, nowMs, _supervisionMs))
        {
            _server.Sessions.EndSilent(_silenceMs);
        }

        if (IsDue(ref _drainedMs, nowMs, DrainIntervalMs))
        {
            _server.Drains.Step();
        }

        if (IsDue(ref _sampledMs, nowMs, History.StepMs))
        {
            _server.Sample();
        }

        if (IsDue(ref _forgotMs, nowMs, ForgetIntervalMs))
        {
            _server.Sessions.ForgetResolvedWriters();
        }

        if (_summaryMs > 0 && IsDue(ref _summarizedMs, nowMs, _summaryMs))
        {
            Log.Summary(_logger, SummaryLine.Format(_server));
        }
    }

    private static bool IsDue(ref long doneMs, long nowMs, int intervalMs)
    {
        bool isDue = nowMs - doneMs >= intervalMs;
        doneMs = isDue ? nowMs : doneMs;
        return isDue;
    }
}
