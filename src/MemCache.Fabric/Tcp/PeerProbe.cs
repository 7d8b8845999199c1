using MemCache.Core;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Looks for lost peers: connects and says hello, again and again with growing pauses, to all of them at the same time.
/// Its thread runs only while there are any. Thread-safe.
/// </summary>
internal sealed class PeerProbe(TcpTransport transport, ILogger logger) : IDisposable
{
    private const int PollMs = 20;
    private const int JoinMs = 5000;

    private readonly Lock _gate = new();
    private readonly List<TcpRemoteSegment> _arrivals = [];
    private readonly List<Search> _searches = [];
    private readonly PollSet _polls = new();
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    /// <summary>Begins to look for a peer.</summary>
    public void Add(TcpRemoteSegment segment)
    {
        lock (_gate)
        {
            if (_stop.IsSet)
            {
                return;
            }

            _arrivals.Add(segment);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "mmc-peers" };
                _thread.Start();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        Thread? thread;
        lock (_gate)
        {
            thread = _thread;
        }

        _ = thread?.Join(JoinMs);
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsSet && TakeArrivals())
            {
                RunOnce();
            }
        }
        catch (Exception exception)
        {
            FabricLog.ProbeFailed(logger, exception);
            lock (_gate)
            {
                _thread = null;
            }
        }

        _searches.ForEach(search => search.Lane?.Dispose());
        _searches.Clear();
    }

    // Ends the thread when there is nothing to look for; who comes later starts a new one.
    private bool TakeArrivals()
    {
        lock (_gate)
        {
            foreach (TcpRemoteSegment segment in _arrivals)
            {
                _searches.Add(new Search(segment, transport.Options.ProbeMsMin));
            }

            _arrivals.Clear();
            if (_searches.Count == 0)
            {
                _thread = null;
            }

            return _searches.Count > 0;
        }
    }

    private void RunOnce()
    {
        foreach (Search search in _searches)
        {
            Step(search);
        }

        _ = _searches.RemoveAll(search => search.IsOver);
        foreach (Search search in _searches)
        {
            if (search.Lane?.Socket is { } socket)
            {
                _ = _polls.Add(socket, search.Lane.Awaits);
            }
        }

        if (_polls.Count > 0)
        {
            _ = _polls.Wait(PollMs);
            _polls.Clear();
        }
        else if (_searches.Count > 0)
        {
            _ = _stop.Wait(PollMs);
        }
    }

    private void Step(Search search)
    {
        TcpRemoteSegment segment = search.Segment;
        if (segment.IsDisposed)
        {
            search.Lane?.Dispose();
            search.IsOver = true;
            return;
        }

        if (search.Lane is null)
        {
            Begin(search);
            return;
        }

        TcpLane lane = search.Lane;
        _ = lane.MoveToReady();
        if (lane.IsReady)
        {
            segment.NoteReachable(lane);
            FabricLog.PeerFound(logger, segment.Rank.Value, segment.Address);
            search.IsOver = true;
        }
        else if (lane.HasFailed || Deadline.HasPassed(lane.StallDeadline))
        {
            _ = segment.NoteLost(lane.HasFailed ? lane.Failure : MmcStatus.LinkNotFound);
            lane.Dispose();
            search.Lane = null;
            search.DueTicks = Deadline.In(search.PauseMs);
            search.PauseMs = Math.Min(2 * search.PauseMs, transport.Options.ProbeMsMax);
        }
    }

    private void Begin(Search search)
    {
        bool isDue = Deadline.HasPassed(search.DueTicks);
        if (isDue && search.Segment.Resolve(Deadline.In(transport.Options.ConnectTimeoutMs), out _) == MmcStatus.Ok)
        {
            search.Lane = new TcpLane(transport, search.Segment);
            search.Lane.Connect();
        }
        else if (isDue)
        {
            search.DueTicks = Deadline.In(search.PauseMs);
            search.PauseMs = Math.Min(2 * search.PauseMs, transport.Options.ProbeMsMax);
        }
    }

    private sealed class Search(TcpRemoteSegment segment, int pauseMs)
    {
        public TcpRemoteSegment Segment { get; } = segment;

        public TcpLane? Lane { get; set; }

        public long DueTicks { get; set; } = Deadline.In(pauseMs);

        public int PauseMs { get; set; } = pauseMs;

        public bool IsOver { get; set; }
    }
}
