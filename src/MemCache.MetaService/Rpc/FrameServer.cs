using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>
/// Serves frames on any number of TCP and Unix sockets with a few threads of its own. A connection stays with one thread for life; idle
/// connections hold no buffers.
/// </summary>
internal sealed class FrameServer : IDisposable
{
    private readonly IoThread[] _threads;
    private readonly List<Listener> _listeners = [];
    private readonly ILogger _logger;
    private int _nextThread;
    // Written by all I/O threads.
    private int _connectionCount;
    private long _refusedCount;
    private bool _isStarted;

    public FrameServer(IFrameHandler handler, FrameServerOptions options, MonotonicClock clock, ILogger logger)
    {
        Handler = handler;
        Options = options;
        _logger = logger;
        _threads = new IoThread[options.IoThreadCountDecided];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new IoThread(this, i, clock, logger);
        }
    }

    /// <summary>What is served.</summary>
    public IFrameHandler Handler { get; }

    /// <summary>Bounds.</summary>
    public FrameServerOptions Options { get; }

    /// <summary>Open connections.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Connections that were closed because there were too many.</summary>
    public long RefusedCount => Volatile.Read(ref _refusedCount);

    /// <summary>Connections turned away before their first request.</summary>
    public long HandshakeFailureCount => _listeners.Sum(listener => listener.HandshakeFailures.Count);

    /// <summary>Called when a thread of the server failed and it can't serve any more.</summary>
    public Action? Failed { get; set; }

    /// <summary>Serves what <see cref="ListenSocket"/> opened. Only before <see cref="Start"/>.</summary>
    public void Add(Listener listener)
    {
        _listeners.Add(listener);
        _threads[0].AddListener(listener);
    }

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        _isStarted = true;
        foreach (IoThread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Stops accepting, answers what has arrived, closes every connection, removes the sockets' files.</summary>
    public void Stop()
    {
        if (_isStarted)
        {
            _isStarted = false;
            foreach (IoThread thread in _threads)
            {
                thread.Stop();
            }

            foreach (IoThread thread in _threads)
            {
                _ = thread.Join(2 * Options.DrainMs);
            }
        }

        foreach (Listener listener in _listeners)
        {
            ListenSocket.Close(listener);
        }
    }

    public void Dispose()
    {
        Stop();
        foreach (IoThread thread in _threads)
        {
            thread.Dispose();
        }
    }

    /// <summary>Takes a new connection, or closes it when there are too many. Called by the accepting thread.</summary>
    public void Distribute(SocketHandle socket, Listener listener)
    {
        if (Interlocked.Increment(ref _connectionCount) > Options.ConnectionCountMax)
        {
            _ = Interlocked.Decrement(ref _connectionCount);
            _ = Interlocked.Increment(ref _refusedCount);
            socket.Dispose();
            Log.ConnectionRefused(_logger, listener.Address, Options.ConnectionCountMax);
            return;
        }

        _threads[_nextThread].Hand(socket, listener);
        _nextThread = (_nextThread + 1) % _threads.Length;
    }

    /// <summary>Notes the end of a connection. Called by its thread.</summary>
    public void NoteClosed() => Interlocked.Decrement(ref _connectionCount);

    /// <summary>Notes that a thread failed.</summary>
    public void ReportFailure() => Failed?.Invoke();
}
