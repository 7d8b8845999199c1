using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MemCache.Core;
using Microsoft.Win32.SafeHandles;

namespace MemCache.Interop;

/// <summary>
/// A stream socket, TCP or Unix, without anything between it and the kernel: a call is one system call and its outcome a value. Send never
/// raises SIGPIPE. Several threads may use one handle if they do not send or receive at the same time; closing waits for running calls.
/// </summary>
public sealed class SocketHandle : SafeHandleMinusOneIsInvalid
{
    private SocketHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Opens a socket for addresses like <paramref name="address"/>.</summary>
    /// <param name="address">Its family counts.</param>
    /// <param name="nonBlocking">Whether calls return at once also without <c>dontWait</c>.</param>
    /// <param name="socket">The socket, or <see langword="null"/>.</param>
    public static IoResult Open(SocketAddress address, bool nonBlocking, out SocketHandle? socket)
    {
        // The address holds the family as the kernel numbers it, in its first two bytes.
        int family = BitConverter.ToUInt16(address.Buffer.Span);
        int type = SocketCalls.SocketStream | SocketCalls.SocketCloseOnExec
            | (nonBlocking ? SocketCalls.SocketNonBlocking : 0);
        int descriptor = SocketCalls.Socket(family, type, 0);
        if (descriptor < 0)
        {
            socket = null;
            return LastError();
        }

        socket = new SocketHandle(descriptor);
        if (family != SocketCalls.AddressFamilyUnix)
        {
            // Without it a small reply waits for the acknowledgement of the one before.
            _ = socket.SetOption(SocketCalls.LevelTcp, SocketCalls.OptionNoDelay, 1);
        }

        return IoResult.Done(0);
    }

    /// <summary>Begins to connect; on a non-blocking socket see <see cref="IoResult.IsInProgress"/>.</summary>
    public unsafe IoResult Connect(SocketAddress address)
    {
        // SAFETY: the span is pinned for the call, and its length is what the kernel is told.
        fixed (byte* bytes = address.Buffer.Span)
        {
            return Check(SocketCalls.Connect(this, bytes, (uint)address.Size));
        }
    }

    /// <summary>Binds to <paramref name="address"/>. Nothing else may be bound there; old connections that linger may.</summary>
    public unsafe IoResult Bind(SocketAddress address)
    {
        _ = SetOption(SocketCalls.LevelSocket, SocketCalls.OptionReuseAddress, 1);

        // SAFETY: the span is pinned for the call, and its length is what the kernel is told.
        fixed (byte* bytes = address.Buffer.Span)
        {
            return Check(SocketCalls.Bind(this, bytes, (uint)address.Size));
        }
    }

    /// <summary>Lets connections come; at most <paramref name="backlog"/> wait to be accepted.</summary>
    public IoResult Listen(int backlog) => Check(SocketCalls.Listen(this, backlog));

    /// <summary>Takes one waiting connection; the new socket is non-blocking and sends without delay.</summary>
    public unsafe IoResult Accept(out SocketHandle? connection)
    {
        // SAFETY: no address is asked for.
        int descriptor = SocketCalls.Accept(
            this, null, null, SocketCalls.SocketNonBlocking | SocketCalls.SocketCloseOnExec);
        if (descriptor < 0)
        {
            connection = null;
            return LastError();
        }

        connection = new SocketHandle(descriptor);
        // Fails on a Unix socket, which needs neither.
        _ = connection.SetOption(SocketCalls.LevelTcp, SocketCalls.OptionNoDelay, 1);
        connection.KeepAlive();
        return IoResult.Done(0);
    }

    /// <summary>The port that a TCP socket is bound to, or 0.</summary>
    public unsafe int ReadLocalPort()
    {
        const int AddressBytesMax = 128;
        byte* address = stackalloc byte[AddressBytesMax];
        uint addressBytes = AddressBytesMax;
        // SAFETY: the kernel writes at most addressBytes bytes; family is the first two, the port the next two in network order.
        if (SocketCalls.LocalName(this, address, &addressBytes) != 0 || *(ushort*)address == SocketCalls.AddressFamilyUnix)
        {
            return 0;
        }

        return (address[2] << 8) | address[3];
    }

    /// <summary>The peer's address for people: "10.0.0.2:41234", "[::1]:41234" or "unix".</summary>
    public unsafe string ReadPeerText()
    {
        const int AddressBytesMax = 128;
        byte* address = stackalloc byte[AddressBytesMax];
        uint addressBytes = AddressBytesMax;
        // SAFETY: the kernel writes at most addressBytes bytes; family is the first two, the port the next two in
        // network order, the
        // address follows, behind four bytes of flow number in IPv6.
        if (SocketCalls.PeerName(this, address, &addressBytes) != 0)
        {
            return "a peer that has gone";
        }

        ushort family = *(ushort*)address;
        int port = (address[2] << 8) | address[3];
        return family == SocketCalls.AddressFamilyUnix ? "unix"
            : family == SocketCalls.AddressFamilyIPv4 ? new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port).ToString()
            : new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 8, 16)), port).ToString();
    }

    /// <summary>The user at the other end of a Unix socket.</summary>
    public unsafe IoResult ReadPeerUser(out uint userId)
    {
        SocketCalls.Credentials credentials;
        uint bytes = (uint)sizeof(SocketCalls.Credentials);
        // SAFETY: the kernel writes at most the size of the local.
        int result = SocketCalls.GetOption(
            this, SocketCalls.LevelSocket, SocketCalls.OptionPeerCredentials, &credentials, &bytes);
        userId = result == 0 ? credentials.UserId : uint.MaxValue;
        return Check(result);
    }

    /// <summary>
    /// Fixes the size of the kernel's buffers, which otherwise grow by themselves; before connect or listen. What is
    /// too large is cut by the system's limits.
    /// </summary>
    /// <param name="sendBytes">0: leave it.</param>
    /// <param name="receiveBytes">0: leave it.</param>
    public void SetBufferBytes(int sendBytes, int receiveBytes)
    {
        // Advice: a refusal leaves the system's own sizes.
        if (sendBytes > 0)
        {
            _ = SetOption(SocketCalls.LevelSocket, SocketCalls.OptionSendBuffer, sendBytes);
        }

        if (receiveBytes > 0)
        {
            _ = SetOption(SocketCalls.LevelSocket, SocketCalls.OptionReceiveBuffer, receiveBytes);
        }
    }

    /// <summary>
    /// Has the kernel give a connection up whose sent bytes nobody acknowledges for this long, in place of its
    /// quarter of an hour.
    /// </summary>
    public IoResult SetUserTimeout(int timeoutMs) =>
        SetOption(SocketCalls.LevelTcp, SocketCalls.OptionUserTimeout, timeoutMs);

    /// <summary>Receives into several buffers without waiting.</summary>
    internal unsafe IoResult Receive(ReadOnlySpan<MemoryBuffer> buffers)
    {
        // SAFETY: the list is pinned for the call; a MemoryBuffer lies like a struct iovec, which PlainChannel
        // checks; the caller vouches for
        // the memory that it names.
        fixed (MemoryBuffer* first = buffers)
        {
            var message = new SocketCalls.MessageHeader { Buffers = first, BufferCount = (nuint)buffers.Length };
            nint count = SocketCalls.ReceiveMessage(this, &message, SocketCalls.MessageDontWait);
            return count >= 0 ? IoResult.Done((int)count) : LastError();
        }
    }

    /// <summary>Sends from several buffers without waiting.</summary>
    internal unsafe IoResult Send(ReadOnlySpan<MemoryBuffer> buffers)
    {
        // SAFETY: as for receiving.
        fixed (MemoryBuffer* first = buffers)
        {
            var message = new SocketCalls.MessageHeader { Buffers = first, BufferCount = (nuint)buffers.Length };
            nint count = SocketCalls.SendMessage(
                this, &message, SocketCalls.MessageDontWait | SocketCalls.MessageNoSignal);
            return count >= 0 ? IoResult.Done((int)count) : LastError();
        }
    }

    /// <summary>Receives what has arrived, at most the buffer.</summary>
    /// <param name="buffer">Not empty.</param>
    /// <param name="dontWait">Return <see cref="IoResult.IsNotReady"/> at once if nothing has arrived.</param>
    public unsafe IoResult Receive(Span<byte> buffer, bool dontWait)
    {
        // SAFETY: the buffer is pinned for the call, and its length is what the kernel is told.
        fixed (byte* bytes = buffer)
        {
            nint count = SocketCalls.Receive(
                this, bytes, (nuint)buffer.Length, dontWait ? SocketCalls.MessageDontWait : 0);
            return count >= 0 ? IoResult.Done((int)count) : LastError();
        }
    }

    /// <summary>Sends as much as the kernel takes at once, which may be less than the buffer.</summary>
    public unsafe IoResult Send(ReadOnlySpan<byte> buffer)
    {
        // SAFETY: the buffer is pinned for the call, and its length is what the kernel is told.
        fixed (byte* bytes = buffer)
        {
            nint count = SocketCalls.Send(
                this, bytes, (nuint)buffer.Length, SocketCalls.MessageDontWait | SocketCalls.MessageNoSignal);
            return count >= 0 ? IoResult.Done((int)count) : LastError();
        }
    }

    /// <summary>Waits until one of <paramref name="wanted"/> holds, the socket failed or the time is over.</summary>
    /// <param name="wanted">Readable, writable or both.</param>
    /// <param name="timeoutMs">0 or more.</param>
    /// <param name="happened">What holds; none after a timeout or a signal.</param>
    public unsafe IoResult Poll(SocketReadiness wanted, int timeoutMs, out SocketReadiness happened)
    {
        bool added = false;
        try
        {
            DangerousAddRef(ref added);
            var entry = new SocketCalls.PollEntry { Descriptor = (int)handle, Events = (short)wanted };
            // SAFETY: one entry on this stack.
            int count = SocketCalls.Poll(&entry, 1, timeoutMs);
            happened = count > 0 ? (SocketReadiness)entry.Returned : SocketReadiness.None;
            return count >= 0 ? IoResult.Done(count) : LastError();
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>The pending error of a socket, such as the outcome of a connect that was in progress.</summary>
    public unsafe IoResult TakeError()
    {
        int error = 0;
        uint bytes = sizeof(int);
        // SAFETY: the kernel writes at most four bytes into a local.
        int result = SocketCalls.GetOption(this, SocketCalls.LevelSocket, SocketCalls.OptionError, &error, &bytes);
        return result != 0 ? LastError() : error == 0 ? IoResult.Done(0) : IoResult.Failed(error);
    }

    /// <summary>Bounds a blocking receive, and a blocking connect, which ends as <see cref="IoResult.IsInProgress"/> then.</summary>
    public IoResult SetTimeouts(int receiveMs, int connectMs)
    {
        IoResult result = SetTimeout(SocketCalls.OptionReceiveTimeout, receiveMs);
        return result.IsOk ? SetTimeout(SocketCalls.OptionSendTimeout, connectMs) : result;
    }

    /// <summary>Ends the sending direction: the peer reads an end of stream behind what was sent.</summary>
    public IoResult ShutdownSend() => Check(SocketCalls.Shutdown(this, (int)SocketShutdown.Send));

    /// <summary>Ends both directions: the peer reads an end of stream, waiting calls return.</summary>
    public IoResult Shutdown() => Check(SocketCalls.Shutdown(this, (int)SocketShutdown.Both));

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => SocketCalls.Close(handle) == 0;

    // A host that is cut off is noticed after a minute, not after the kernel's two hours.
    private void KeepAlive()
    {
        _ = SetOption(SocketCalls.LevelSocket, SocketCalls.OptionKeepAlive, 1);
        _ = SetOption(SocketCalls.LevelTcp, SocketCalls.OptionKeepAliveIdle, 30);
        _ = SetOption(SocketCalls.LevelTcp, SocketCalls.OptionKeepAliveInterval, 10);
        _ = SetOption(SocketCalls.LevelTcp, SocketCalls.OptionKeepAliveCount, 3);
    }

    internal static IoResult LastError() => IoResult.Failed(Marshal.GetLastPInvokeError());

    private static IoResult Check(int result) => result == 0 ? IoResult.Done(0) : LastError();

    private unsafe IoResult SetOption(int level, int option, int value) =>
        // SAFETY: four bytes of a parameter.
        Check(SocketCalls.SetOption(this, level, option, &value, sizeof(int)));

    private unsafe IoResult SetTimeout(int option, int timeoutMs)
    {
        var time = new SocketCalls.TimeValue { Seconds = timeoutMs / 1000, Microseconds = timeoutMs % 1000 * 1000L };
        // SAFETY: a local of the size that the kernel is told.
        return Check(SocketCalls.SetOption(
            this, SocketCalls.LevelSocket, option, &time, (uint)sizeof(SocketCalls.TimeValue)));
    }
}
