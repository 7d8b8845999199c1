using System.Collections.Concurrent;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// One thread of a <see cref="TcpDataServer"/>: waits for its connections and moves on those that are ready, turn by
/// turn.
/// </summary>
internal sealed class TcpDataThread : IDisposable
{
    private const int EventCountMax = 64;
    private const int SweepIntervalMs = 100;
    private const int AcceptCountMaxPerEvent = 64;
    private const int DrainPollMs = 10;
    private const ulong WakeToken = ulong.MaxValue;
    private const ulong ListenToken = ulong.MaxValue - 1;

    private readonly TcpDataServer _server;
    private readonly EpollSet _epoll;
    private readonly EventSignal _wake;
    private readonly ConcurrentQueue<SocketHandle> _arrivals = new();
    private readonly List<TcpServerConnection?> _connections = [];
    private readonly Stack<int> _slotsFree = new();
    private readonly Queue<TcpServerConnection> _queued = new();
    private readonly Thread _thread;
    private SocketHandle? _listener;
    private AdaptiveSpin _spin;
    private uint _generation;
    private long _sweepTicks;
    private bool _acceptsPaused;

    public TcpDataThread(TcpDataServer server, int index)
    {
        _server = server;
        _spin = new AdaptiveSpin(server.Options.SpinMicroseconds);
        IoResult result = EpollSet.Create(EventCountMax, out EpollSet? epoll);
        _epoll = epoll ?? throw new InvalidOperationException("epoll_create1: " + result.ErrorText);
        result = EventSignal.Create(out EventSignal? wake);
        _wake = wake ?? throw new InvalidOperationException("eventfd: " + result.ErrorText);
        _ = _epoll.Add(_wake, SocketReadiness.Readable, WakeToken);
        _thread = new Thread(Run) { IsBackground = true, Name = $"mmc-data-{index}" };
    }

    /// <summary>Accepts on <paramref name="listener"/> with this thread. Only before <see cref="Start"/>.</summary>
    public void Listen(SocketHandle listener)
    {
        _listener = listener;
        _ = _epoll.Add(listener, SocketReadiness.Readable, ListenToken);
    }

    /// <summary>Begins to serve.</summary>
    public void Start() => _thread.Start();

    /// <summary>Gives this thread a new connection. From any thread.</summary>
    public void Hand(SocketHandle socket)
    {
        _arrivals.Enqueue(socket);
        _wake.Raise();
    }

    /// <summary>Has the thread look at <see cref="TcpDataServer.IsStopping"/>. From any thread.</summary>
    public void Wake() => _wake.Raise();

    /// <summary>Waits until the thread has ended.</summary>
    public bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <inheritdoc/>
    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_server.IsStopping)
            {
                ServeOnce(SweepIntervalMs);
                SweepIfDue();
            }

            Drain();
        }
        catch (Exception exception)
        {
            // The host process goes on without this thread; peers find their connections closed and this rank not
            // reachable.
            FabricLog.DataThreadFailed(_server.Logger, _server.Address, exception);
        }
        finally
        {
            CloseAll();
        }
    }

    private void ServeOnce(int timeoutMs)
    {
        // Those that had more to do take their turn behind those that become ready now.
        int queuedCount = _queued.Count;
        int eventCount = queuedCount > 0 ? _epoll.Wait(0).Count : _spin.Wait(_epoll, timeoutMs);
        for (int i = 0; i < eventCount; i++)
        {
            _ = _epoll.EventAt(i, out ulong token);
            if (token == WakeToken)
            {
                _wake.Reset();
                AdoptArrivals();
            }
            else if (token == ListenToken)
            {
                Accept();
            }
            else if (Find(token) is { IsQueued: false } connection)
            {
                Turn(connection);
            }
        }

        for (; queuedCount > 0; queuedCount--)
        {
            TcpServerConnection connection = _queued.Dequeue();
            connection.IsQueued = false;
            if (Find(connection.Token) is not null)
            {
                Turn(connection);
            }
        }
    }

    private void Turn(TcpServerConnection connection)
    {
        switch (connection.Turn())
        {
            case TcpStep.Close:
                Close(connection);
                break;
            case TcpStep.Again:
                connection.IsQueued = true;
                _queued.Enqueue(connection);
                break;
            default:
                Register(connection);
                break;
        }
    }

    private void Register(TcpServerConnection connection)
    {
        if (connection.Registered != connection.Awaits)
        {
            connection.Registered = connection.Awaits;
            _ = _epoll.Modify(connection.Channel.Socket, connection.Awaits, connection.Token);
        }
    }

    private TcpServerConnection? Find(ulong token)
    {
        int slot = (int)(uint)token;
        TcpServerConnection? connection = slot < _connections.Count ? _connections[slot] : null;
        return connection?.Token == token ? connection : null;
    }

    private void Accept()
    {
        for (int i = 0; i < AcceptCountMaxPerEvent; i++)
        {
            IoResult result = _listener!.Accept(out SocketHandle? socket);
            if (socket is not null)
            {
                _server.Distribute(socket);
                continue;
            }

            if (!result.IsNotReady)
            {
                // Out of descriptors, most likely: the waiting connection would wake this thread for ever.
                FabricLog.DataAcceptFailed(_server.Logger, _server.Address, result.ErrorText);
                _ = _epoll.Remove(_listener);
                _acceptsPaused = true;
            }

            return;
        }
    }

    private void AdoptArrivals()
    {
        while (_arrivals.TryDequeue(out SocketHandle? socket))
        {
            SocketChannel? channel = _server.Open(socket);
            if (channel is null)
            {
                continue;
            }

            if (!_slotsFree.TryPop(out int slot))
            {
                slot = _connections.Count;
                _connections.Add(null);
            }

            // Bit 31 stays clear, so that no token looks like the thread's own.
            _generation = (_generation + 1) & int.MaxValue;
            var connection = new TcpServerConnection(_server, channel, ((ulong)_generation << 32) | (uint)slot)
            {
                Registered = SocketReadiness.Readable,
            };
            _connections[slot] = connection;
            _ = _epoll.Add(channel.Socket, SocketReadiness.Readable, connection.Token);
        }
    }

    private void SweepIfDue()
    {
        if (!Deadline.HasPassed(_sweepTicks))
        {
            return;
        }

        _sweepTicks = Deadline.In(SweepIntervalMs);
        if (_acceptsPaused)
        {
            _acceptsPaused = false;
            _ = _epoll.Add(_listener!, SocketReadiness.Readable, ListenToken);
        }

        for (int i = 0; i < _connections.Count; i++)
        {
            if (_connections[i] is { } connection && Deadline.HasPassed(connection.Deadline))
            {
                connection.NoteTimeout();
                Close(connection);
            }
        }
    }

    private void Close(TcpServerConnection connection)
    {
        int slot = (int)(uint)connection.Token;
        _connections[slot] = null;
        _slotsFree.Push(slot);
        connection.Dispose();
        _server.Counters.RemoveConnection();
    }

    // Requests that run go on to their end; nobody begins a new one.
    private void Drain()
    {
        if (_listener is not null && !_acceptsPaused)
        {
            _ = _epoll.Remove(_listener);
        }

        long end = Deadline.In(_server.Options.DrainMs);
        while (CloseIdle() > 0 && !Deadline.HasPassed(end))
        {
            ServeOnce(DrainPollMs);
        }
    }

    private int CloseIdle()
    {
        int left = 0;
        for (int i = 0; i < _connections.Count; i++)
        {
            if (_connections[i] is { IsBusy: false } idle)
            {
                Close(idle);
            }

            left += _connections[i] is null ? 0 : 1;
        }

        return left;
    }

    private void CloseAll()
    {
        foreach (TcpServerConnection? connection in _connections.ToArray())
        {
            if (connection is not null)
            {
                Close(connection);
            }
        }

        while (_arrivals.TryDequeue(out SocketHandle? socket))
        {
            socket.Dispose();
            _server.Counters.RemoveConnection();
        }
    }
}
