using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <summary>
/// One accepted connection of a <see cref="TcpDataServer"/>: a state machine that its thread moves on whenever the
/// socket is ready. One request at a time: the next one is looked at when the reply is in the kernel's hands, so a peer
/// that asks faster than it listens fills its own socket and nothing here. This part: handshake, hello, flow.
/// <c>TcpServerConnection.Requests.cs</c>: what the requests do.
/// </summary>
internal sealed partial class TcpServerConnection : IDisposable
{
    /// <summary>Room for requests that have arrived.</summary>
    public const int InputBytes = 16 << 10;

    /// <summary>Room for replies that are collected.</summary>
    public const int OutputBytes = 64 << 10;

    // Collected replies leave at this size: half of the room, so that the largest small read always fits.
    private const int OutputFlushBytes = OutputBytes / 2;

    // Behind the bytes of a put the next request is received along with their end.
    private const int InputBytesBehindPayload = 512;

    private readonly TcpDataServer _server;
    private readonly TcpServerOptions _options;
    private readonly MemoryBuffer[] _vector = new MemoryBuffer[2];
    private Phase _phase = Phase.Handshake;
    private bool _isRefused;
    private NativeBuffer? _input;
    private int _inputBegin;
    private int _inputEnd;
    private NativeBuffer? _output;
    private int _outputBegin;
    private int _outputEnd;
    private long _bytesLeftInTurn;
    private bool _hasMoved;
    private bool _isEnding;
    private long _requestDeadline;

    public TcpServerConnection(TcpDataServer server, SocketChannel channel, ulong token)
    {
        _server = server;
        _options = server.Options;
        Channel = channel;
        Token = token;
        Awaits = SocketReadiness.Readable;
        Deadline = Fabric.Deadline.In(_options.HelloDeadlineMs);
    }

    private enum Phase
    {
        Handshake,
        Hello,
        Request,
        Send,
        Receive,
        Discard,
        Linger,
    }

    /// <summary>The connection's bytes.</summary>
    public SocketChannel Channel { get; }

    /// <summary>Names it in its thread's epoll set.</summary>
    public ulong Token { get; }

    /// <summary>What its socket is waited for now.</summary>
    public SocketReadiness Awaits { get; private set; }

    /// <summary>What the epoll set was told last; its thread's to keep.</summary>
    public SocketReadiness Registered { get; set; }

    /// <summary>Whether it waits in its thread's list of those that have more to do.</summary>
    public bool IsQueued { get; set; }

    /// <summary>When it is closed unless it moves on.</summary>
    public long Deadline { get; private set; }

    /// <summary>Whether a request is under way.</summary>
    public bool IsBusy => _phase is Phase.Send or Phase.Receive or Phase.Discard || _outputEnd > 0;

    /// <summary>Moves on as far as it goes within one turn.</summary>
    public TcpStep Turn()
    {
        _bytesLeftInTurn = _options.TurnBytesMax;
        _hasMoved = false;
        TcpStep step;
        do
        {
            step = _phase switch
            {
                Phase.Handshake => StepHandshake(),
                Phase.Hello => StepHello(),
                Phase.Request => StepRequest(),
                Phase.Send => StepSend(),
                Phase.Receive => StepReceive(),
                Phase.Discard => StepDiscard(),
                _ => StepLinger(),
            };
        }
        while (step == TcpStep.Go && _bytesLeftInTurn > 0);
        if (step is TcpStep.Blocked or TcpStep.Go)
        {
            SetDeadline();
        }

        return step == TcpStep.Go ? TcpStep.Again : step;
    }

    /// <summary>Its deadline has passed.</summary>
    public void NoteTimeout()
    {
        if (_phase is Phase.Handshake or Phase.Hello)
        {
            Refuse(TcpRefusal.NoHello, "");
        }
        else if (IsBusy || _inputEnd > _inputBegin)
        {
            Refuse(TcpRefusal.Stalled, "");
        }
    }

    /// <summary>Ends what was under way, and closes.</summary>
    public void Dispose()
    {
        EndRequest();
        Channel.Dispose();
        ReturnInput();
        ReturnOutput();
    }

    private void SetDeadline()
    {
        if (_phase is Phase.Handshake or Phase.Hello or Phase.Linger)
        {
            return; // fixed when they began
        }

        bool isIdle = _phase == Phase.Request && _inputEnd == _inputBegin && _outputEnd == 0;
        if (isIdle)
        {
            _requestDeadline = 0;
            Deadline = Fabric.Deadline.In(_options.IdleDeadlineMs);
            return;
        }

        if (_requestDeadline == 0)
        {
            long workMs = _left * 1000 / _options.BytesPerSecondMin;
            _requestDeadline = Fabric.Deadline.In(_options.StallDeadlineMs + workMs);
        }

        Deadline = Math.Min(_requestDeadline, _hasMoved ? Fabric.Deadline.In(_options.StallDeadlineMs) : Deadline);
    }

    private TcpStep StepHandshake()
    {
        IoResult result = Channel.Handshake(out string error);
        if (result.IsOk)
        {
            _phase = Phase.Hello;
            return TcpStep.Go;
        }

        if (result.IsNotReady)
        {
            return Block();
        }

        Refuse(TcpRefusal.HandshakeFailed, error.Length > 0 ? error : result.ErrorText);
        // Its alert says why; a reset would overtake it.
        _ = Channel.Socket.ShutdownSend();
        _isRefused = true;
        _phase = Phase.Linger;
        Deadline = Fabric.Deadline.In(_options.LingerMs);
        return TcpStep.Go;
    }

    private TcpStep StepHello()
    {
        switch (DataHello.Read(Input, out DataHello hello))
        {
            case FrameVerdict.NeedMore:
                return ReceiveInput();
            case FrameVerdict.Complete:
                _inputBegin += DataHello.SizeBytes;
                _view = _server.View;
                bool isServed = _view?.Uuid == hello.Segment;
                return Greet(isServed ? MmcStatus.Ok : MmcStatus.NotConnectedToLocal, TcpRefusal.OtherSegment);
            case FrameVerdict.OtherVersion:
                return Greet(MmcStatus.ProtocolMismatch, TcpRefusal.OtherVersion);
            default:
                return Greet(MmcStatus.MalformedFrame, TcpRefusal.NotHello);
        }
    }

    private TcpStep Greet(MmcStatus status, TcpRefusal otherwise)
    {
        bool isOk = status == MmcStatus.Ok;
        if (!isOk)
        {
            Refuse(otherwise, "");
            _isEnding = true;
        }

        var reply = new DataHelloReply(DataHello.CurrentVersion, status, isOk ? _view!.DataBytes : 0);
        reply.Write(Room(DataHelloReply.SizeBytes));
        _phase = Phase.Request;
        return TcpStep.Go;
    }

    private TcpStep StepRequest()
    {
        if (_isEnding || _server.IsStopping)
        {
            return StepEnd();
        }

        if (_outputEnd >= OutputFlushBytes && Flush() is var flushed and not TcpStep.Go)
        {
            return flushed;
        }

        switch (DataRequest.Read(Input, out DataRequest request))
        {
            case FrameVerdict.Complete when Input.Length >= DataRequest.SizeBytes + request.KeyBytes:
                _requestDeadline = 0;
                Handle(request);
                return TcpStep.Go;
            case FrameVerdict.Complete or FrameVerdict.NeedMore:
                // Nothing complete is left: what was collected leaves before the socket is looked at again.
                flushed = Flush();
                return flushed == TcpStep.Go ? ReceiveInput() : flushed;
            case FrameVerdict.OtherVersion:
                return EndWith(request, MmcStatus.NoRequestHandler, TcpRefusal.UnknownOperation);
            default:
                return EndWith(request, MmcStatus.MalformedFrame, TcpRefusal.MalformedRequest);
        }
    }

    private TcpStep EndWith(in DataRequest request, MmcStatus status, TcpRefusal refusal)
    {
        Refuse(refusal, "");
        StageReply(request, status);
        _isEnding = true;
        return TcpStep.Go;
    }

    // What was answered leaves, then the peer is told that nothing more comes.
    private TcpStep StepEnd()
    {
        TcpStep flushed = Flush();
        if (flushed == TcpStep.Go)
        {
            _ = Channel.Socket.ShutdownSend();
            _phase = Phase.Linger;
            Deadline = Fabric.Deadline.In(_options.LingerMs);
        }

        return flushed;
    }

    private TcpStep StepLinger()
    {
        _inputBegin = 0;
        _inputEnd = 0;
        return _isRefused ? DiscardEncrypted() : ReceiveInput();
    }

    private TcpStep DiscardEncrypted()
    {
        _input ??= _server.Inputs.Rent();
        IoResult result = Channel.Socket.Receive(_input.Slice(0, InputBytes), dontWait: true);
        _bytesLeftInTurn -= result.Count;
        Awaits = SocketReadiness.Readable;
        return result.Count > 0 ? TcpStep.Go : result.IsNotReady ? TcpStep.Blocked : TcpStep.Close;
    }

    private ReadOnlySpan<byte> Input =>
        _input is null ? default : _input.Slice(_inputBegin, _inputEnd - _inputBegin);

    private TcpStep ReceiveInput()
    {
        _input ??= _server.Inputs.Rent();
        if (_inputBegin > 0)
        {
            Input.CopyTo(_input.Slice(0, _inputEnd - _inputBegin));
            _inputEnd -= _inputBegin;
            _inputBegin = 0;
        }

        IoResult result = Channel.Receive(_input.Slice(_inputEnd, InputBytes - _inputEnd));
        if (result.Count > 0)
        {
            _inputEnd += result.Count;
            _bytesLeftInTurn -= result.Count;
            _hasMoved = true;
            return TcpStep.Go;
        }

        if (!result.IsNotReady)
        {
            return TcpStep.Close;
        }

        if (_inputEnd == 0)
        {
            ReturnInput();
        }

        return Block();
    }

    /// <summary>Sends all collected replies.</summary>
    private TcpStep Flush()
    {
        while (_outputBegin < _outputEnd)
        {
            IoResult result = Channel.Send(_output!.Slice(_outputBegin, _outputEnd - _outputBegin));
            if (!result.IsOk)
            {
                return result.IsNotReady ? Block() : TcpStep.Close;
            }

            _outputBegin += result.Count;
            _bytesLeftInTurn -= result.Count;
            _hasMoved = true;
        }

        ReturnOutput();
        return TcpStep.Go;
    }

    private Span<byte> Room(int sizeBytes)
    {
        _output ??= _server.Outputs.Rent();
        Span<byte> room = _output.Slice(_outputEnd, sizeBytes);
        _outputEnd += sizeBytes;
        return room;
    }

    private void ReturnInput()
    {
        if (_input is { } input)
        {
            _input = null;
            _server.Inputs.Return(input);
        }
    }

    private void ReturnOutput()
    {
        _outputBegin = 0;
        _outputEnd = 0;
        if (_output is { } output)
        {
            _output = null;
            _server.Outputs.Return(output);
        }
    }

    private TcpStep Block()
    {
        Awaits = Channel.Awaits;
        return TcpStep.Blocked;
    }

    private void Refuse(TcpRefusal kind, string detail) =>
        _server.Refusals.Add(kind, Channel.Socket.ReadPeerText(), detail);
}
