using System.Diagnostics;
using System.Net;
using System.Text;
using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <summary>
/// One connection to a MetaService, used for one call at a time. The calling thread sends the request and itself waits for the reply: no
/// other thread is woken. After an error or a timeout the connection refuses all further calls, so a late reply is never taken for
/// another's; dispose it and make a new one. Not thread-safe, except that <see cref="Shutdown"/> may come from any thread. A warm call
/// allocates nothing.
/// </summary>
public sealed partial class MetaConnection : IDisposable
{
    private const int BufferBytesMin = 16 << 10;

    // A blocking receive looks at its deadline this often; shorter waits use poll with the exact time.
    private const int ReceiveTimeoutMs = 100;

    // About a quarter of a microsecond.
    private const int SpinsBetweenLooks = 8;

    // Longer than a serving thread polls: long enough to catch a reply of a MetaService whose idle virtual processor had to be woken first
    // (80-130 us) and that works for a while on a batch. With a shorter one, both sides could settle in blocking for good, each waiting for the
    // other's wake-up.
    private const int SpinMicrosecondsDefault = 200;

    private readonly EpochGate _epochs;
    private readonly FrameBuffer _request = new(BufferBytesMin);
    private readonly FrameBuffer _reply = new(BufferBytesMin);
    private AdaptiveSpin _spin;
    private readonly IChannelFactory? _tls;
    private SocketHandle? _socket;
    private SocketChannel? _channel; // over the socket when it is encrypted
    private ulong _requestId;
    private bool _isBroken;

    /// <summary>A connection that is not connected yet.</summary>
    /// <param name="epochs">Shared by all connections of one client.</param>
    /// <param name="spinMicroseconds">Longest poll for a reply before blocking; 0: none; -1: by the number of cores.</param>
    /// <param name="tls">Encrypts TCP connections; <see langword="null"/>: in the clear.</param>
    public MetaConnection(EpochGate epochs, int spinMicroseconds = -1, IChannelFactory? tls = null)
    {
        _tls = tls;
        _epochs = epochs;
        _spin = new AdaptiveSpin(spinMicroseconds == -1 && Environment.ProcessorCount > 1 ? SpinMicrosecondsDefault : spinMicroseconds);
    }

    /// <summary>Whether a call can be made: connected, and no call has failed on the way.</summary>
    public bool IsUsable => _socket is not null && !_isBroken;

    /// <summary>Why the last connect or call did not return <see cref="MmcStatus.Ok"/>, for people; may be empty.</summary>
    public string ErrorText { get; private set; } = "";

    /// <summary>The epoch of the last reply.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Connects, to the first address of the endpoint that accepts.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="deadline"><see cref="Stopwatch"/> timestamp at which to give up, name resolution included.</param>
    /// <returns>
    /// <see cref="MmcStatus.Timeout"/>; <see cref="MmcStatus.NotConnectedToMeta"/> when nobody accepts there;
    /// <see cref="MmcStatus.TlsFailed"/> when the two do not trust each other. <see cref="ErrorText"/> says why.
    /// </returns>
    public MmcStatus Connect(MetaEndpoint endpoint, long deadline)
    {
        MmcStatus status = endpoint.Resolve(deadline, out IReadOnlyList<SocketAddress> addresses, out string error);
        ErrorText = error;
        Close();
        foreach (SocketAddress address in addresses)
        {
            status = ConnectTo(address, deadline);
            status = status == MmcStatus.Ok ? Secure(endpoint, deadline) : status;
            if (status == MmcStatus.Ok)
            {
                _isBroken = false;
                return status;
            }

            ErrorText = $"no connection to {endpoint}: {ErrorText}";
        }

        return status;
    }

    /// <summary>Room for the payload of the next call, to be filled by an encoder of the protocol. Invalidates the last reply.</summary>
    /// <param name="sizeBytesMax">What the encoder asks for, at most <see cref="Limits.FrameBytesMax"/> and some slack.</param>
    public Span<byte> Payload(int sizeBytesMax)
    {
        _request.Require(FrameHeader.SizeBytes + sizeBytesMax);
        return _request.Span.Slice(FrameHeader.SizeBytes, sizeBytesMax);
    }

    /// <summary>Sends the request whose payload was written into <see cref="Payload"/> and waits for its reply.</summary>
    /// <param name="opcode">The operation.</param>
    /// <param name="payloadBytes">What the encoder returned; a negative value is refused.</param>
    /// <param name="deadline"><see cref="Stopwatch"/> timestamp at which to give up.</param>
    /// <param name="reply">The reply's payload on <see cref="MmcStatus.Ok"/>, valid until the next call of any method.</param>
    /// <returns>
    /// The status of the reply, or: <see cref="MmcStatus.Timeout"/>, <see cref="MmcStatus.NotConnectedToMeta"/>,
    /// <see cref="MmcStatus.UnexpectedResult"/>, <see cref="MmcStatus.ProtocolMismatch"/>, <see cref="MmcStatus.EpochTooOld"/>,
    /// <see cref="MmcStatus.TlsFailed"/>, after which the connection is not usable; <see cref="MmcStatus.InvalidParameter"/> for a payload that is too long, nothing was sent then.
    /// </returns>
    public MmcStatus Call(Opcode opcode, int payloadBytes, long deadline, out ReadOnlySpan<byte> reply)
    {
        reply = default;
        if (payloadBytes is < 0 or > Limits.FrameBytesMax)
        {
            return MmcStatus.InvalidParameter;
        }

        if (!IsUsable)
        {
            return MmcStatus.NotConnectedToMeta;
        }

        var header = FrameHeader.ForRequest(opcode, payloadBytes, ++_requestId, _epochs.Highest);
        header.Write(_request.Span);
        MmcStatus status = Send(_request.Span[..(FrameHeader.SizeBytes + payloadBytes)], deadline);
        if (status != MmcStatus.Ok)
        {
            return Break(status);
        }

        status = ReceiveFrame(deadline, out FrameHeader answer);
        return status == MmcStatus.Ok ? Judge(header, answer, out reply) : Break(status);
    }

    /// <summary>Wakes a call that waits on another thread; it returns <see cref="MmcStatus.NotConnectedToMeta"/>.</summary>
    public void Shutdown()
    {
        SocketHandle? socket = Volatile.Read(ref _socket);
        try
        {
            _ = socket?.Shutdown();
        }
        catch (ObjectDisposedException)
        {
            // Closed at the same moment: there is nobody left to wake.
            return;
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => Close();

    private void Close()
    {
        _channel?.Dispose();
        _channel = null;
        _socket?.Dispose();
        _socket = null;
    }

    private MmcStatus ConnectTo(SocketAddress address, long deadline)
    {
        IoResult result = SocketHandle.Open(address, nonBlocking: false, out SocketHandle? socket);
        if (socket is not null)
        {
            // The send timeout is what bounds a connect; a signal in its middle leaves it in progress.
            _ = socket.SetTimeouts(ReceiveTimeoutMs, Math.Max(1, Deadline.MillisecondsLeft(deadline)));
            result = socket.Connect(address);
            result = result.IsOk ? result : FinishConnect(socket, result, deadline);
            if (result.IsOk)
            {
                _socket = socket;
                return MmcStatus.Ok;
            }

            socket.Dispose();
        }

        ErrorText = result.ErrorText;
        return result.IsInProgress || result.IsNotReady ? MmcStatus.Timeout : MmcStatus.NotConnectedToMeta;
    }

    private static IoResult FinishConnect(SocketHandle socket, IoResult result, long deadline)
    {
        while ((result.IsInProgress || result.IsNotReady) && !Deadline.HasPassed(deadline))
        {
            _ = socket.Poll(SocketReadiness.Writable, Deadline.MillisecondsLeft(deadline), out SocketReadiness happened);
            if (happened != SocketReadiness.None)
            {
                return socket.TakeError();
            }
        }

        return result;
    }

    private MmcStatus Send(ReadOnlySpan<byte> frame, long deadline)
    {
        while (true)
        {
            IoResult result = _channel is null ? _socket!.Send(frame) : _channel.Send(frame);
            if (!result.IsOk && !result.IsNotReady)
            {
                return Lost(result);
            }

            frame = frame[result.Count..];
            if (frame.IsEmpty)
            {
                return MmcStatus.Ok;
            }

            if (Deadline.HasPassed(deadline))
            {
                return MmcStatus.Timeout;
            }

            _ = _socket!.Poll(_channel?.Awaits ?? SocketReadiness.Writable, Deadline.MillisecondsLeft(deadline), out _);
        }
    }

    // Receives exactly one frame. More bytes than that are a reply nobody asked for.
    private MmcStatus ReceiveFrame(long deadline, out FrameHeader header)
    {
        int received = 0;
        header = default;
        while (true)
        {
            FrameVerdict verdict = FrameHeader.Read(_reply.Span[..received], out header);
            if (verdict is FrameVerdict.OtherVersion or FrameVerdict.Malformed)
            {
                return Refuse(verdict, header);
            }

            long wanted = verdict == FrameVerdict.Complete ? header.FrameBytes : FrameHeader.SizeBytes;
            if (verdict == FrameVerdict.Complete && received >= wanted)
            {
                return received == wanted ? MmcStatus.Ok : MmcStatus.UnexpectedResult;
            }

            _reply.Require((int)wanted, received);
            MmcStatus status = ReceiveSome(_reply.Span[received..], deadline, out int count);
            if (status != MmcStatus.Ok)
            {
                ErrorText = IsTlsAlert(_reply.Span[..received]) ? PeerSpeaksTls : ErrorText;
                return status;
            }

            received += count;
        }
    }

    private MmcStatus ReceiveSome(Span<byte> room, long deadline, out int count)
    {
        long spinTicks = _spin.NextTicks();
        IoResult result = spinTicks > 0 ? ReceiveSpinning(room, spinTicks) : default;
        // A look that finds nothing is a system call too: without polling there is none.
        for (bool hasLooked = spinTicks > 0; !hasLooked || result.IsNotReady; hasLooked = true)
        {
            int millisecondsLeft = Deadline.MillisecondsLeft(deadline);
            if (millisecondsLeft == 0)
            {
                count = 0;
                ErrorText = "no reply in time";
                return MmcStatus.Timeout;
            }

            result = _channel is null ? WaitAndReceive(room, millisecondsLeft) : WaitAndReceive(_channel, room, millisecondsLeft);
        }

        count = result.Count;
        ErrorText = count == 0 && result.IsOk ? "the MetaService closed the connection" : "";
        return count > 0 ? MmcStatus.Ok : result.IsOk ? MmcStatus.NotConnectedToMeta : Lost(result);
    }

    private IoResult WaitAndReceive(Span<byte> room, int millisecondsLeft)
    {
        // One system call in the usual case: the socket's own timeout brings the thread back to look at the deadline.
        bool isClose = millisecondsLeft < ReceiveTimeoutMs;
        if (isClose)
        {
            _ = _socket!.Poll(SocketReadiness.Readable, millisecondsLeft, out _);
        }

        return _socket!.Receive(room, dontWait: isClose);
    }

    private IoResult ReceiveSpinning(Span<byte> room, long ticks)
    {
        IoResult result;
        long end = Stopwatch.GetTimestamp() + ticks;
        do
        {
            // A look takes the socket's lock, which the sender needs as well.
            Thread.SpinWait(SpinsBetweenLooks);
            result = _channel is null ? _socket!.Receive(room, dontWait: true) : _channel.Receive(room);
        }
        while (result.IsNotReady && Stopwatch.GetTimestamp() < end);
        _spin.Report(!result.IsNotReady);
        return result;
    }

    private MmcStatus Judge(scoped in FrameHeader request, scoped in FrameHeader answer, out ReadOnlySpan<byte> reply)
    {
        reply = default;
        if (!answer.IsReply || answer.Opcode != request.Opcode || answer.RequestId != request.RequestId)
        {
            ErrorText = "the reply belongs to another request";
            return Break(MmcStatus.UnexpectedResult);
        }

        Epoch = answer.Epoch;
        if (!_epochs.TryPass(answer.Epoch))
        {
            ErrorText = $"epoch {answer.Epoch} is below {_epochs.Highest}, which another MetaService had";
            return Break(MmcStatus.EpochTooOld);
        }

        ReadOnlySpan<byte> payload = _reply.Span.Slice(FrameHeader.SizeBytes, (int)answer.PayloadBytes);
        if (answer.Status == MmcStatus.Ok)
        {
            reply = payload;
            return MmcStatus.Ok;
        }

        ErrorText = ErrorReply.TryDecode(payload, out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : "";
        // Behind these the server closes: what follows would find a dead connection.
        return answer.Status is MmcStatus.MalformedFrame or MmcStatus.ProtocolMismatch ? Break(answer.Status) : answer.Status;
    }

    private MmcStatus Refuse(FrameVerdict verdict, in FrameHeader header)
    {
        bool isOtherVersion = verdict == FrameVerdict.OtherVersion;
        ErrorText = isOtherVersion
            ? $"this client speaks protocol version {FrameHeader.CurrentVersion}, the MetaService speaks {header.Version}"
            : IsTlsAlert(_reply.Span) ? PeerSpeaksTls
            : "the peer does not speak MemCache's protocol";
        return isOtherVersion ? MmcStatus.ProtocolMismatch : MmcStatus.UnexpectedResult;
    }

    private MmcStatus Break(MmcStatus status)
    {
        _isBroken = true;
        return status;
    }
}
