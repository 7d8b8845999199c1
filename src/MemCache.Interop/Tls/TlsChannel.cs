using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Interop;

/// <summary>
/// A connection encrypted by OpenSSL over a socket of ours. The calling thread does the work; a warm call allocates
/// nothing. Made by <see cref="TlsContext"/>. An end of stream counts as one whether or not the peer announced it:
/// every protocol here knows the length of what it waits for.
/// </summary>
public sealed unsafe class TlsChannel : SocketChannel
{
    private const int ErrnoBrokenPipe = 32;
    private const int ErrnoConnectionReset = 104;
    private const int ErrorWantRead = 2;
    private const int ErrorWantWrite = 3;
    private const int ErrorZeroReturn = 6;

    // A record of type alert, version 1.0, two bytes: fatal, protocol version.
    private static ReadOnlySpan<byte> AlertProtocolVersion => [0x15, 3, 1, 0, 2, 2, 70];

    // A record holds this much; smaller neighbours of a list are put into one.
    private const int RecordBytes = 16 << 10;

    // Sends above this are collected: fewer, larger calls to the kernel.
    private const int CollectBytesMin = RecordBytes;

    [ThreadStatic]
    private static byte[]? _gathered;

    private readonly OpenSslCalls _calls = OpenSslLibrary.Calls;
    private readonly string _host;
    private TlsBioState* _state;
    private nint _ssl;
    private IoResult _failure;
    private bool _isReady;
    private bool _mayHaveBuffered;
    private bool _isWithholding;
    private bool _hasEnded;
    private string _errorText = "";
    private SocketReadiness _awaits = SocketReadiness.Readable;

    internal TlsChannel(SocketHandle socket, nint ssl, TlsBioState* state, string host)
        : base(socket)
    {
        _ssl = ssl;
        _state = state;
        _host = host;
    }

    /// <summary>Frees what an owner that forgot to dispose has left.</summary>
    ~TlsChannel() => Free();

    /// <inheritdoc/>
    public override SocketReadiness Awaits => _awaits;

    /// <inheritdoc/>
    public override bool HasBuffered => _mayHaveBuffered;

    /// <inheritdoc/>
    public override string ErrorText => _errorText;

    /// <summary>Whether any byte has come from the peer: who connects and leaves without a word is no failed
    /// handshake.</summary>
    public bool HasReceived => _state != null && _state->HasReceived != 0;

    /// <summary>The protocol that was agreed on, such as "TLSv1.3".</summary>
    public string ProtocolName => _ssl == 0 ? "" : Marshal.PtrToStringUTF8((nint)_calls.SslGetVersion(_ssl)) ?? "";

    /// <inheritdoc/>
    public override IoResult Handshake(out string error)
    {
        if (!_isReady && _failure.IsOk && TryEnter(out bool isHeld))
        {
            try
            {
                int result = _calls.SslDoHandshake(_ssl);
                _isReady = result == 1;
                IoResult outcome = _isReady ? IoResult.Done(0) : Judge(result);
                if (!_isReady && outcome.IsOk)
                {
                    outcome = Fail(
                        IoResult.Failed(ErrnoConnectionReset), "the peer closed the connection during the handshake");
                }

                _mayHaveBuffered = _isReady && _calls.SslHasPending(_ssl) == 1;
                error = outcome.IsOk || outcome.IsNotReady ? "" : _errorText.Length > 0 ? _errorText : outcome.ErrorText;
                return outcome;
            }
            finally
            {
                Leave(isHeld);
            }
        }

        error = _isReady ? "" : _errorText.Length > 0 ? _errorText : "the connection is closed";
        return _isReady ? IoResult.Done(0) : _failure.IsOk ? IoResult.ProtocolFailed : _failure;
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> buffer)
    {
        if (_hasEnded || !TryBegin(out bool isHeld, out IoResult outcome))
        {
            return _failure;
        }

        try
        {
            // SAFETY: the buffer is pinned for the call.
            fixed (byte* room = buffer)
            {
                int count = 0;
                outcome = ReceiveInto(room, buffer.Length, ref count);
                return Finish(outcome, count);
            }
        }
        finally
        {
            Leave(isHeld);
        }
    }

    /// <inheritdoc/>
    public override IoResult Receive(ReadOnlySpan<MemoryBuffer> buffers)
    {
        if (_hasEnded || !TryBegin(out bool isHeld, out IoResult outcome))
        {
            return _failure;
        }

        try
        {
            int count = 0;
            foreach (ref readonly MemoryBuffer buffer in buffers)
            {
                int wanted = (int)Math.Min(buffer.SizeBytes, int.MaxValue - count);
                int before = count;
                // SAFETY: the caller keeps the range valid for the call.
                outcome = ReceiveInto((byte*)buffer.Address, wanted, ref count);
                if (!outcome.IsOk || count - before < buffer.SizeBytes)
                {
                    break;
                }
            }

            return Finish(outcome, count);
        }
        finally
        {
            Leave(isHeld);
        }
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> buffer)
    {
        // SAFETY: the buffer is pinned for the call.
        fixed (byte* bytes = buffer)
        {
            return Send([new MemoryBuffer((nuint)bytes, buffer.Length)]);
        }
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<MemoryBuffer> buffers)
    {
        if (!TryBegin(out bool isHeld, out IoResult outcome))
        {
            return _failure;
        }

        try
        {
            if (!FlushCollected(out outcome))
            {
                return outcome;
            }

            Collect(IsLarge(buffers));
            var cursor = new TlsSendCursor(buffers);
            int count = _isWithholding ? cursor.Skip(1) : 0;
            _isWithholding = false;
            outcome = SendFrom(ref cursor, ref count);
            bool isFlushed = TlsBio.Flush(_state);
            Collect(false);
            return isFlushed ? Finish(outcome, count) : Withhold(count);
        }
        finally
        {
            Leave(isHeld);
        }
    }

    /// <summary>Tells the peer that nothing follows, as far as that goes at once; the socket's own end is another
    /// call.</summary>
    public void SendEnd()
    {
        if (_isReady && TryBegin(out bool isHeld, out _))
        {
            _ = _calls.SslShutdown(_ssl);
            _calls.ErrClearError();
            Leave(isHeld);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // A call that runs on another thread holds the socket, and with it the memory behind this channel.
        Free();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint ssl = Interlocked.Exchange(ref _ssl, 0);
        if (ssl == 0)
        {
            return;
        }

        // SAFETY: one thread at a time uses a channel, and a finalizer runs when nobody does.
        TlsBioState* state = _state;
        _state = null;
        _calls.SslFree(ssl);
        NativeMemory.Free(state->Output);
        NativeMemory.Free(state);
    }

    private bool TryBegin(out bool isHeld, out IoResult outcome)
    {
        isHeld = false;
        outcome = _failure;
        if (!_failure.IsOk)
        {
            return false;
        }

        if (_isReady && TryEnter(out isHeld))
        {
            return true;
        }

        outcome = Fail(IoResult.ProtocolFailed, "the connection has had no handshake, or is closed");
        return false;
    }

    private bool TryEnter(out bool isHeld)
    {
        isHeld = false;
        if (_ssl == 0 || Socket.IsClosed)
        {
            return false;
        }

        Socket.DangerousAddRef(ref isHeld);
        // What other code left in this thread's queue would be taken for our error.
        _calls.ErrClearError();
        return true;
    }

    private void Leave(bool isHeld)
    {
        if (isHeld)
        {
            Socket.DangerousRelease();
        }
    }

    // Ok also when the peer has ended its stream; that is remembered.
    private IoResult ReceiveInto(byte* room, int wanted, ref int count)
    {
        int done = 0;
        while (done < wanted)
        {
            int received = _calls.SslRead(_ssl, room + done, wanted - done);
            if (received <= 0)
            {
                _mayHaveBuffered = false;
                IoResult outcome = Judge(received);
                count += done;
                return outcome;
            }

            done += received;
        }

        count += done;
        _mayHaveBuffered = _calls.SslHasPending(_ssl) == 1;
        return IoResult.Done(done);
    }

    private IoResult SendFrom(ref TlsSendCursor cursor, ref int count)
    {
        while (cursor.HasMore && count < int.MaxValue - RecordBytes)
        {
            int size = cursor.Peek(RecordBytes, out byte* bytes);
            int sent;
            if (size > 0)
            {
                sent = _calls.SslWrite(_ssl, bytes, size);
            }
            else
            {
                byte[] gathered = _gathered ??= new byte[RecordBytes];
                size = cursor.Gather(gathered);
                // SAFETY: pinned for the call; what is encrypted is OpenSSL's own copy.
                fixed (byte* start = gathered)
                {
                    sent = _calls.SslWrite(_ssl, start, size);
                }
            }

            if (sent <= 0)
            {
                IoResult outcome = Judge(sent);
                return outcome.IsOk ? Fail(IoResult.Failed(ErrnoBrokenPipe), "") : outcome;
            }

            count += cursor.Skip(sent);
        }

        return IoResult.Done(count);
    }

    private static bool IsLarge(ReadOnlySpan<MemoryBuffer> buffers)
    {
        long total = 0;
        for (int i = 0; i < buffers.Length && total <= CollectBytesMin; i++)
        {
            total += buffers[i].SizeBytes;
        }

        return total > CollectBytesMin;
    }

    private void Collect(bool isWanted)
    {
        if (isWanted && _state->Output == null)
        {
            _state->Output = (byte*)NativeMemory.Alloc(TlsBio.OutputBytes);
        }

        _state->IsCollecting = isWanted ? 1 : 0;
    }

    private bool FlushCollected(out IoResult outcome)
    {
        outcome = default;
        if (TlsBio.Flush(_state))
        {
            return true;
        }

        outcome = SocketOutcome();
        return false;
    }

    // All was encrypted but the socket did not take it: the last byte is reported as sent when it is, so that the
    // caller comes back.
    private IoResult Withhold(int count)
    {
        IoResult outcome = SocketOutcome();
        if (!outcome.IsNotReady)
        {
            return outcome;
        }

        _isWithholding = count > 0;
        return count > 1 ? IoResult.Done(count - 1) : IoResult.NotReady;
    }

    private IoResult SocketOutcome()
    {
        IoResult result = IoResult.Failed(_state->ErrorNumber);
        _awaits = SocketReadiness.Writable;
        return result.IsNotReady ? IoResult.NotReady : Fail(result, "");
    }

    private static IoResult Finish(IoResult outcome, int count) => count > 0 ? IoResult.Done(count) : outcome;

    // What a result of 0 or less means.
    private IoResult Judge(int result)
    {
        int error = _calls.SslGetError(_ssl, result);
        switch (error)
        {
            case ErrorWantRead:
                _awaits = SocketReadiness.Readable;
                return IoResult.NotReady;
            case ErrorWantWrite:
                _awaits = SocketReadiness.Writable;
                return IoResult.NotReady;
            case ErrorZeroReturn:
                _hasEnded = true;
                return IoResult.Done(0);
        }

        nuint code = _calls.ErrGetError();
        _calls.ErrClearError();
        bool isEnd = _state->HasEnded != 0 && (code == 0 || TlsErrors.IsUnexpectedEnd(code));
        if (isEnd)
        {
            _hasEnded = _isReady;
            return IoResult.Done(0);
        }

        if (code == 0 && _state->ErrorNumber != 0)
        {
            return Fail(IoResult.Failed(_state->ErrorNumber), "");
        }

        if (!_isReady && TlsErrors.IsPlainText(code))
        {
            // OpenSSL says nothing to a peer that does not begin with TLS; ours understand this much.
            _ = Socket.Send(AlertProtocolVersion);
        }

        return Fail(IoResult.ProtocolFailed, TlsErrors.Describe(_calls, code, _state, _host));
    }

    private IoResult Fail(IoResult result, string text)
    {
        _failure = result;
        _errorText = text;
        _mayHaveBuffered = false;
        return result;
    }
}
