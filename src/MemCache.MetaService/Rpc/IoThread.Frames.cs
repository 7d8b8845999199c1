using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Reads requests, has them handled, sends replies; keeps what does not fit for later.</content>
internal sealed partial class IoThread
{
    private const int InputBytes = 256 << 10;

    // Replies of pipelined requests are sent together up to this size.
    private const int OutputBytesFlush = 64 << 10;

    private readonly byte[] _input = new byte[InputBytes];
    private readonly FrameBuffer _output = new(InputBytes);
    private readonly SpareBuffers _spares = new();
    private int _outputBytes;

    private void OnReady(ServerConnection connection, SocketReadiness happened)
    {
        connection.ReadyTicks = _readyTicks;
        if (connection.IsLingering)
        {
            Discard(connection);
        }
        else if (connection.IsHandshaking)
        {
            Shake(connection);
        }
        else if (connection.Output is not null)
        {
            SendRest(connection);
        }
        else if ((happened & (connection.Interest | SocketReadiness.HungUp | SocketReadiness.Failed)) != 0)
        {
            Receive(connection);
        }
    }

    private void Receive(ServerConnection connection)
    {
        bool isFresh = connection.Input is null;
        Span<byte> room = isFresh ? _input : RoomBehindInput(connection);
        IoResult result = connection.Receive(room);
        if (result.IsNotReady)
        {
            AwaitMore(connection);
            return;
        }

        if (result.Count == 0)
        {
            // Space is given away on the word that the peer has closed: no other error may pass for it.
            Close(connection, result.IsOk || result.IsPeerGone ? CloseCause.Peer : CloseCause.Server);
            return;
        }

        if (isFresh)
        {
            int handled = HandleFrames(connection, _input.AsSpan(0, result.Count));
            Keep(connection, _input.AsSpan(handled, result.Count - handled));
        }
        else
        {
            connection.InputBytes += result.Count;
            HandleKept(connection);
        }

        ComeBackIfBuffered(connection);
    }

    // Grows with what has arrived, not with what the header announces: a stranger's number gets no memory.
    private static Span<byte> RoomBehindInput(ServerConnection connection)
    {
        int used = connection.InputBytes;
        FrameBuffer input = connection.Input!;
        long frameBytes = FrameHeader.Read(input.Span[..used], out FrameHeader header) == FrameVerdict.Complete
            ? header.FrameBytes
            : FrameHeader.SizeBytes;
        input.Require((int)Math.Max(used + 1, Math.Min(frameBytes, 2L * used)), used);
        return input.Span[used..];
    }

    private void HandleKept(ServerConnection connection)
    {
        FrameBuffer input = connection.Input!;
        int handled = HandleFrames(connection, input.Span[..connection.InputBytes]);
        if (connection.IsClosed)
        {
            return;
        }

        int left = connection.InputBytes - handled;
        input.Span.Slice(handled, left).CopyTo(input.Span);
        connection.InputBytes = left;
        if (left == 0)
        {
            _spares.Return(input);
            connection.Input = null;
        }

        SetFrameDeadline(connection, isFrameBegun: left > 0, isNew: handled > 0);
    }

    private void Keep(ServerConnection connection, ReadOnlySpan<byte> rest)
    {
        if (connection.IsClosed)
        {
            return;
        }

        if (!rest.IsEmpty)
        {
            connection.Input = _spares.Rent(rest.Length);
            rest.CopyTo(connection.Input.Span);
            connection.InputBytes = rest.Length;
        }

        SetFrameDeadline(connection, isFrameBegun: !rest.IsEmpty, isNew: true);
    }

    private void SetFrameDeadline(ServerConnection connection, bool isFrameBegun, bool isNew)
    {
        if (connection.Output is not null || connection.IsLingering)
        {
            return;
        }

        if (!isFrameBegun)
        {
            connection.DeadlineMs = long.MaxValue;
        }
        else if (isNew)
        {
            connection.DeadlineMs = _clock.NowMs + _options.FrameDeadlineMs;
        }
    }

    // Returns the bytes that are done with; stops early when the peer does not take its replies.
    private int HandleFrames(ServerConnection connection, ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length && connection.Output is null && !connection.IsEnding)
        {
            ReadOnlySpan<byte> rest = bytes[done..];
            FrameVerdict verdict = FrameHeader.Read(rest, out FrameHeader header);
            if (verdict is FrameVerdict.Malformed or FrameVerdict.OtherVersion
                || (verdict == FrameVerdict.Complete && header.IsReply))
            {
                Refuse(connection, verdict, header);
            }
            else if (verdict == FrameVerdict.NeedMore || rest.Length < header.FrameBytes)
            {
                break;
            }
            else
            {
                Handle(connection, header, rest.Slice(FrameHeader.SizeBytes, (int)header.PayloadBytes));
                done += (int)header.FrameBytes;
            }

            if (_outputBytes >= OutputBytesFlush)
            {
                Flush(connection);
            }
        }

        Flush(connection);
        return connection.IsEnding ? bytes.Length : done;
    }

    private void Handle(ServerConnection connection, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int payloadOffset = _outputBytes + FrameHeader.SizeBytes;
        var room = new ReplyRoom(_output, payloadOffset);
        MmcStatus status;
        int payloadBytes;
        try
        {
            status = _handler.Handle(connection, header, payload, room, out payloadBytes);
        }
        catch (Exception exception)
        {
            Log.RequestFailed(_logger, header.Opcode, exception);
            status = MmcStatus.Internal;
            payloadBytes = 0;
        }

        Append(header.ToReply(status, payloadBytes, _handler.Epoch));
        connection.IsEnding |= status == MmcStatus.MalformedFrame;
    }

    private void Refuse(ServerConnection connection, FrameVerdict verdict, in FrameHeader header)
    {
        bool isOtherVersion = verdict == FrameVerdict.OtherVersion;
        var room = new ReplyRoom(_output, _outputBytes + FrameHeader.SizeBytes);
        int payloadBytes = room.WriteError(isOtherVersion
            ? $"the client speaks protocol version {header.Version}, this MetaService speaks {FrameHeader.CurrentVersion}"
            : "not a frame of MemCache's protocol, or longer than is legal");
        Log.FrameRefused(_logger, connection.Listener.Address, isOtherVersion, header.Version);
        MmcStatus status = isOtherVersion ? MmcStatus.ProtocolMismatch : MmcStatus.MalformedFrame;
        Append(header.ToReply(status, payloadBytes, _handler.Epoch));
        connection.IsEnding = true;
    }

    private void Append(in FrameHeader reply)
    {
        int frameBytes = (int)reply.FrameBytes;
        _output.Require(_outputBytes + frameBytes, _outputBytes + frameBytes);
        reply.Write(_output.Span[_outputBytes..]);
        _outputBytes += frameBytes;
    }

    private void Flush(ServerConnection connection)
    {
        if (_outputBytes == 0)
        {
            return;
        }

        int sent = 0;
        while (sent < _outputBytes)
        {
            IoResult result = connection.Send(_output.Span[sent.._outputBytes]);
            if (!result.IsOk)
            {
                break;
            }

            sent += result.Count;
        }

        ReadOnlySpan<byte> rest = _output.Span[sent.._outputBytes];
        _outputBytes = 0;
        if (!rest.IsEmpty)
        {
            KeepOutput(connection, rest);
        }
        else if (connection.IsEnding)
        {
            Linger(connection);
        }
    }

    // A failed socket comes here too: the next attempt to send tells, and closes.
    private void KeepOutput(ServerConnection connection, ReadOnlySpan<byte> rest)
    {
        connection.Output = _spares.Rent(rest.Length);
        rest.CopyTo(connection.Output.Span);
        connection.OutputOffset = 0;
        connection.OutputBytes = rest.Length;
        connection.DeadlineMs = _clock.NowMs + _options.ReplyDeadlineMs;
        SetInterest(connection, connection.Secure?.Awaits ?? SocketReadiness.Writable);
    }

    private void SendRest(ServerConnection connection)
    {
        FrameBuffer output = connection.Output!;
        IoResult result = connection.Send(output.Span[connection.OutputOffset..connection.OutputBytes]);
        if (!result.IsOk && !result.IsNotReady)
        {
            Close(connection, result.IsPeerGone ? CloseCause.Peer : CloseCause.Server);
            return;
        }

        connection.OutputOffset += result.Count;
        if (connection.OutputOffset < connection.OutputBytes)
        {
            SetInterest(connection, connection.Secure?.Awaits ?? SocketReadiness.Writable);
            return;
        }

        connection.Output = null;
        _spares.Return(output);
        SetInterest(connection, SocketReadiness.Readable);
        if (connection.IsEnding)
        {
            Linger(connection);
        }
        else if (connection.Input is not null)
        {
            connection.DeadlineMs = _clock.NowMs + _options.FrameDeadlineMs;
            HandleKept(connection);
        }
        else
        {
            connection.DeadlineMs = long.MaxValue;
        }

        ComeBackIfBuffered(connection);
    }

    private void Linger(ServerConnection connection)
    {
        (connection.Secure as TlsChannel)?.SendEnd();
        connection.IsLingering = true;
        connection.DeadlineMs = _clock.NowMs + _options.LingerMs;
        _ = connection.Socket.ShutdownSend();
    }

    private void Discard(ServerConnection connection)
    {
        // As it comes: what is thrown away need not be decrypted.
        IoResult result = connection.Socket.Receive(_input, dontWait: true);
        if (result.Count == 0 && !result.IsNotReady)
        {
            // The server had decided to close, so this says nothing about the process behind.
            Close(connection, CloseCause.Server);
        }
    }

    private void ReturnBuffers(ServerConnection connection)
    {
        if (connection.Input is { } input)
        {
            _spares.Return(input);
            connection.Input = null;
        }

        if (connection.Output is { } output)
        {
            _spares.Return(output);
            connection.Output = null;
        }
    }
}
