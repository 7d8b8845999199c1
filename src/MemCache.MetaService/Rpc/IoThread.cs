using System.Collections.Concurrent;
using System.Diagnostics;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>
/// One thread that waits for its connections, handles what they ask inline and sends the reply itself: a request meets no second thread.
/// This part waits, accepts and watches deadlines; <c>IoThread.Frames.cs</c> moves frames.
/// </summary>
internal sealed partial class IoThread : IDisposable
{
    private const int EventCountMax = 256;
    private const int SweepIntervalMs = 100;
    private const int AcceptCountMaxPerEvent = 64;
    private const ulong WakeToken = ulong.MaxValue;
    private const ulong ListenerTokenBit = 1UL << 63;

    private readonly FrameServer _server;
    private readonly int _index;
    private readonly IFrameHandler _handler;
    private readonly FrameServerOptions _options;
    private readonly MonotonicClock _clock;
    private readonly ILogger _logger;
    private readonly EpollSet _epoll;
    private readonly EventSignal _wake;
    private readonly ConcurrentQueue<(SocketHandle Socket, Listener Listener)> _arrivals = new();
    private readonly List<ServerConnection?> _connections = [];
    private readonly Stack<int> _slotsFree = new();
    private readonly List<Listener> _listeners = [];
    private readonly Thread _thread;
    private AdaptiveSpin _spin;
    private uint _generation;
    private long _sweptMs;
    private long _readyTicks;
    private bool _acceptsPaused;
    private volatile bool _isStopping;

    public IoThread(FrameServer server, int index, MonotonicClock clock, ILogger logger)
    {
        _server = server;
        _index = index;
        _handler = server.Handler;
        _options = server.Options;
        _clock = clock;
        _logger = logger;
        _spin = new AdaptiveSpin(_options.SpinMicroseconds);
        IoResult result = EpollSet.Create(EventCountMax, out EpollSet? epoll);
        _epoll = epoll ?? throw new InvalidOperationException("epoll_create1: " + result.ErrorText);
        result = EventSignal.Create(out EventSignal? wake);
        _wake = wake ?? throw new InvalidOperationException("eventfd: " + result.ErrorText);
        _ = _epoll.Add(_wake, SocketReadiness.Readable, WakeToken);
        _thread = new Thread(Run) { IsBackground = true, Name = $"mmc-io-{index}" };
    }

    /// <summary>Begins to serve.</summary>
    public void Start() => _thread.Start();

    /// <summary>Accepts on <paramref name="listener"/> with this thread. Only before <see cref="Start"/>.</summary>
    public void AddListener(Listener listener)
    {
        _listeners.Add(listener);
        _ = _epoll.Add(listener.Socket, SocketReadiness.Readable, ListenerTokenBit | (uint)(_listeners.Count - 1));
    }

    /// <summary>Gives this thread a new connection. From any thread.</summary>
    public void Hand(SocketHandle socket, Listener listener)
    {
        _arrivals.Enqueue((socket, listener));
        _wake.Raise();
    }

    /// <summary>Asks the thread to send what it has, close its connections and end. From any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        _wake.Raise();
    }

    /// <summary>Waits until the thread has ended.</summary>
    public bool Join(int timeoutMs) => !_thread.IsAlive || _thread.Join(timeoutMs);

    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_isStopping)
            {
                int eventCount = _buffered.Count > 0 ? _epoll.Wait(0).Count : _spin.Wait(_epoll, SweepIntervalMs);
                _readyTicks = Stopwatch.GetTimestamp();
                ServeOnce(eventCount);
                RevisitBuffered();
                _handler.OnServed(_index, Stopwatch.GetTimestamp() - _readyTicks);
                SweepIfDue();
            }

            Drain();
        }
        catch (Exception exception)
        {
            // A dead I/O thread would leave its clients hanging: end the process, they join again elsewhere or later.
            Log.IoThreadFailed(_logger, exception);
            _server.ReportFailure();
        }
    }

    private void ServeOnce(int eventCount)
    {
        _handshakeSteps = 0;
        for (int i = 0; i < eventCount; i++)
        {
            SocketReadiness happened = _epoll.EventAt(i, out ulong token);
            if (token == WakeToken)
            {
                _wake.Reset();
                AdoptArrivals();
            }
            else if ((token & ListenerTokenBit) != 0)
            {
                Accept(_listeners[(int)(uint)token]);
            }
            else if (Find(token) is { } connection)
            {
                OnReady(connection, happened);
            }
        }
    }

    private ServerConnection? Find(ulong token)
    {
        int slot = (int)(uint)token;
        ServerConnection? connection = slot < _connections.Count ? _connections[slot] : null;
        return connection?.Token == token ? connection : null;
    }

    private void Accept(Listener listener)
    {
        for (int i = 0; i < AcceptCountMaxPerEvent; i++)
        {
            IoResult result = listener.Socket.Accept(out SocketHandle? socket);
            if (socket is not null && IsForeign(socket, listener))
            {
                socket.Dispose();
                continue;
            }

            if (socket is not null)
            {
                _server.Distribute(socket, listener);
                continue;
            }

            if (!result.IsNotReady)
            {
                // Out of descriptors, most likely: the waiting connection would wake this thread for ever.
                Log.AcceptFailed(_logger, listener.Address, result.ErrorText);
                PauseAccepts();
            }

            return;
        }
    }

    private void PauseAccepts()
    {
        foreach (Listener listener in _listeners)
        {
            _ = _epoll.Remove(listener.Socket);
        }

        _acceptsPaused = true;
    }

    private void ResumeAccepts()
    {
        for (int i = 0; i < _listeners.Count; i++)
        {
            _ = _epoll.Add(_listeners[i].Socket, SocketReadiness.Readable, ListenerTokenBit | (uint)i);
        }

        _acceptsPaused = false;
    }

    private void AdoptArrivals()
    {
        while (_arrivals.TryDequeue(out (SocketHandle Socket, Listener Listener) arrival))
        {
            if (!_slotsFree.TryPop(out int slot))
            {
                slot = _connections.Count;
                _connections.Add(null);
            }

            // Bit 31 stays clear: with it a token would look like a listener's.
            _generation = (_generation + 1) & int.MaxValue;
            var connection = new ServerConnection(arrival.Socket, arrival.Listener, _index, slot, _generation)
            {
                DeadlineMs = _clock.NowMs + _options.FrameDeadlineMs,
            };
            _connections[slot] = connection;
            _ = _epoll.Add(connection.Socket, SocketReadiness.Readable, connection.Token);
        }
    }

    private void SweepIfDue()
    {
        long nowMs = _clock.NowMs;
        if (nowMs - _sweptMs < SweepIntervalMs)
        {
            return;
        }

        _sweptMs = nowMs;
        if (_acceptsPaused)
        {
            ResumeAccepts();
        }

        for (int i = 0; i < _connections.Count; i++)
        {
            if (_connections[i] is { } connection && nowMs >= connection.DeadlineMs)
            {
                if (connection is { IsHandshaking: true, IsLingering: false })
                {
                    NoteHandshakeFailure(connection, "no end of the TLS handshake in time");
                    Close(connection, CloseCause.Server);
                    continue;
                }

                Log.ConnectionTimedOut(_logger, connection.Listener.Address, connection.Output is not null);
                Close(connection, CloseCause.Server);
            }
        }
    }

    private void Close(ServerConnection connection, CloseCause cause)
    {
        if (connection.IsClosed)
        {
            return;
        }

        connection.IsClosed = true;
        _connections[connection.Slot] = null;
        _slotsFree.Push(connection.Slot);
        ReturnBuffers(connection);
        _server.NoteClosed();
        // The socket is still open: the handler may ask who was at the other end.
        _handler.OnClosed(connection, cause);
        connection.Dispose();
    }

    // Requests that have arrived are answered, replies under way are sent, then everybody is told by a close.
    private void Drain()
    {
        foreach (Listener listener in _listeners)
        {
            _ = _epoll.Remove(listener.Socket);
        }

        AdoptArrivals();
        ServeOnce(_epoll.Wait(0).Count);
        long endMs = _clock.NowMs + _options.DrainMs;
        while (_clock.NowMs < endMs && CloseAllSent() > 0)
        {
            ServeOnce(_epoll.Wait(10).Count);
        }

        foreach (ServerConnection? connection in _connections.ToArray())
        {
            if (connection is not null)
            {
                Close(connection, CloseCause.Shutdown);
            }
        }
    }

    private int CloseAllSent()
    {
        int left = 0;
        for (int i = 0; i < _connections.Count; i++)
        {
            if (_connections[i] is { } connection)
            {
                if (connection.Output is null)
                {
                    Close(connection, CloseCause.Shutdown);
                }
                else
                {
                    left++;
                }
            }
        }

        return left;
    }
}
