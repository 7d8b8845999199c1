using System.Diagnostics;
using System.Net;
using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <summary>
/// One connection to a peer's data port, used by one batch at a time: a state machine that the batch's own thread moves
/// on. This part connects; <c>TcpLane.Requests.cs</c> sends requests and receives replies. Not thread-safe.
/// </summary>
internal sealed partial class TcpLane : IDisposable
{
    private readonly TcpTransport _transport;
    private readonly TcpTransportOptions _options;
    private Phase _phase = Phase.Closed;
    private SocketHandle? _socket;
    private SocketChannel? _channel;
    private int _addressIndex;
    private int _greetingBytes;
    private long _connectDeadline;
    private SocketReadiness _sendAwaits;
    private SocketReadiness _receiveAwaits;
    private bool _isPooled;
    private bool _isEnding;

    public TcpLane(TcpTransport transport, TcpRemoteSegment segment)
    {
        _transport = transport;
        _options = transport.Options;
        Segment = segment;
    }

    private enum Phase
    {
        Closed,
        Connect,
        Handshake,
        Greet,
        Greeted,
        Ready,
        Failed,
    }

    /// <summary>Where it leads.</summary>
    public TcpRemoteSegment Segment { get; }

    /// <summary>Whether requests can be sent.</summary>
    public bool IsReady => _phase == Phase.Ready;

    /// <summary>Whether it has failed; <see cref="Failure"/> says how.</summary>
    public bool HasFailed => _phase == Phase.Failed;

    /// <summary>What its operations end with.</summary>
    public MmcStatus Failure { get; private set; }

    /// <summary>Why, for people.</summary>
    public string FailureText { get; private set; } = "";

    /// <summary>When something moved last.</summary>
    public long ProgressTicks { get; private set; }

    /// <summary>The socket, while there is one.</summary>
    public SocketHandle? Socket => _socket;

    /// <summary>What the socket is to be waited for.</summary>
    public SocketReadiness Awaits => _sendAwaits | _receiveAwaits;

    /// <summary>Whether received bytes wait inside, so that the socket is not to be waited for.</summary>
    public bool HasBuffered => _channel is { HasBuffered: true };

    /// <summary>Moment at which it is given up unless something moves.</summary>
    public long StallDeadline
    {
        get
        {
            long stall = ProgressTicks + (_options.PeerTimeoutMs * Stopwatch.Frequency / 1000);
            return _phase == Phase.Ready ? stall : _connectDeadline;
        }
    }

    /// <summary>Begins to connect.</summary>
    public void Connect()
    {
        Close();
        _connectDeadline = Deadline.In(_options.ConnectTimeoutMs);
        _addressIndex = 0;
        _isEnding = false;
        Failure = MmcStatus.Ok;
        TryNextAddress(default);
    }

    /// <summary>
    /// Whether another batch may have it. After an illegal request the peer ends the connection behind its answer: who
    /// used it again would race with that end.
    /// </summary>
    public bool IsReusable => IsReady && !_isEnding;

    /// <summary>Marks it as one that was used before and may have been closed by the peer since.</summary>
    public void MarkPooled() => _isPooled = true;

    /// <summary>Whether the peer has closed it, or sent what nobody asked for, since it was used last.</summary>
    public bool IsStale()
    {
        _ = _socket!.Poll(SocketReadiness.Readable, 0, out SocketReadiness happened);
        return happened != SocketReadiness.None || HasBuffered;
    }

    /// <summary>Gives it up.</summary>
    public void Fail(MmcStatus status, string text)
    {
        Close();
        _phase = Phase.Failed;
        Failure = status;
        FailureText = text;
        _sendAwaits = SocketReadiness.None;
        _receiveAwaits = SocketReadiness.None;
    }

    /// <summary>Goes on with connecting.</summary>
    /// <returns>Whether something moved.</returns>
    public bool MoveToReady()
    {
        Phase before = _phase;
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = _phase switch
            {
                Phase.Connect => StepConnect(),
                Phase.Handshake => StepHandshake(),
                Phase.Greet => StepGreet(),
                Phase.Greeted => StepGreeted(),
                _ => false,
            };
        }

        return _phase != before;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Close()
    {
        if (_socket is not null)
        {
            _transport.Counters.RemoveConnection();
        }

        _channel?.Dispose();
        _socket?.Dispose();
        _channel = null;
        _socket = null;
        _isPooled = false;
        _phase = Phase.Closed;
    }

    private void TryNextAddress(IoResult last)
    {
        IReadOnlyList<SocketAddress> addresses = Segment.Addresses;
        while (_addressIndex < addresses.Count)
        {
            Close();
            SocketAddress address = addresses[_addressIndex++];
            last = SocketHandle.Open(address, nonBlocking: true, out SocketHandle? socket);
            if (socket is null)
            {
                continue;
            }

            _socket = socket;
            _transport.Counters.AddConnection();
            socket.SetBufferBytes(_options.SendBufferBytes, _options.ReceiveBufferBytes);
            _ = socket.SetUserTimeout(Math.Max(_options.PeerTimeoutMs, 1));
            last = socket.Connect(address);
            if (last.IsOk || last.IsInProgress || last.IsNotReady)
            {
                Wait(Phase.Connect, SocketReadiness.Writable);
                return;
            }
        }

        Fail(MmcStatus.LinkNotFound, $"no connection to {Segment.Address}: {last.ErrorText}");
    }

    private bool StepConnect()
    {
        _ = _socket!.Poll(SocketReadiness.Writable, 0, out SocketReadiness happened);
        if (happened == SocketReadiness.None)
        {
            return false;
        }

        IoResult result = _socket.TakeError();
        if (!result.IsOk)
        {
            TryNextAddress(result);
            return false;
        }

        try
        {
            _channel = _options.Channels(_socket, Segment.Host);
        }
        catch (Exception exception)
        {
            Fail(MmcStatus.LinkNotFound, exception.Message);
            return false;
        }

        Wait(Phase.Handshake, SocketReadiness.None);
        return true;
    }

    private bool StepHandshake()
    {
        IoResult result = _channel!.Handshake(out string error);
        if (result.IsOk)
        {
            _greetingBytes = 0;
            Wait(Phase.Greet, SocketReadiness.Writable);
            return true;
        }

        if (result.IsNotReady)
        {
            Wait(Phase.Handshake, _channel.Awaits);
        }
        else
        {
            string reason = error.Length > 0 ? error : result.ErrorText;
            Fail(StatusOf(result), $"no connection to {Segment.Address}: {reason}");
        }

        return false;
    }

    private bool StepGreet()
    {
        Span<byte> hello = stackalloc byte[DataHello.SizeBytes];
        new DataHello(DataHello.CurrentVersion, Segment.Uuid).Write(hello);
        IoResult result = _channel!.Send(hello[_greetingBytes..]);
        if (!result.IsOk)
        {
            return WaitOrFail(Phase.Greet, result);
        }

        _greetingBytes += result.Count;
        if (_greetingBytes == DataHello.SizeBytes)
        {
            _greetingBytes = 0;
            Wait(Phase.Greeted, SocketReadiness.Readable);
        }

        return true;
    }

    private bool StepGreeted()
    {
        IoResult result = _channel!.Receive(_greeting.AsSpan(_greetingBytes));
        if (result.Count == 0)
        {
            return WaitOrFail(Phase.Greeted, result);
        }

        _greetingBytes += result.Count;
        switch (DataHelloReply.Read(_greeting.AsSpan(0, _greetingBytes), out DataHelloReply reply))
        {
            case FrameVerdict.NeedMore:
                return true;
            case FrameVerdict.Complete when reply.Status == MmcStatus.Ok:
                Wait(Phase.Ready, SocketReadiness.None);
                return false;
            case FrameVerdict.Complete when reply.Status == MmcStatus.NotConnectedToLocal:
                Fail(reply.Status, $"{Segment.Address} does not serve segment {Segment.Uuid}");
                return false;
            case FrameVerdict.Complete:
                Fail(MmcStatus.LinkNotFound, $"{Segment.Address} refused with {reply.Status}");
                return false;
            case FrameVerdict.OtherVersion:
                Fail(MmcStatus.LinkNotFound,
                    $"{Segment.Address} speaks version {reply.Version} of the data port's protocol, "
                    + $"this process {DataHello.CurrentVersion}");
                return false;
            default:
                Fail(MmcStatus.LinkNotFound, $"{Segment.Address} does not speak the data port's protocol");
                return false;
        }
    }

    private void Wait(Phase phase, SocketReadiness awaits)
    {
        _phase = phase;
        _sendAwaits = awaits;
        _receiveAwaits = SocketReadiness.None;
        NoteProgress();
    }

    private bool WaitOrFail(Phase phase, IoResult result)
    {
        if (result.IsNotReady)
        {
            Wait(phase, _channel!.Awaits);
        }
        else
        {
            FailLost(result);
        }

        return false;
    }

    private void FailLost(IoResult result)
    {
        string channelError = _channel?.ErrorText ?? "";
        string reason = channelError.Length > 0 ? channelError : result.IsOk ? "the peer closed it" : result.ErrorText;
        Fail(StatusOf(result), $"connection to {Segment.Address} lost: {reason}");
    }

    // The network is not at fault if the peers do not believe each other's certificates.
    private static MmcStatus StatusOf(IoResult result) =>
        result.IsProtocolFailure ? MmcStatus.TlsFailed : MmcStatus.LinkNotFound;

    private void NoteProgress() => ProgressTicks = Stopwatch.GetTimestamp();
}
