using System.Runtime.CompilerServices;
using MemCache.Core;

namespace MemCache.Interop;

/// <summary>A connection in the clear: one call is one system call.</summary>
public sealed class PlainChannel : SocketChannel
{
    // UIO_MAXIOV: the kernel refuses longer lists.
    private const int BufferCountMax = 1024;

    private SocketReadiness _awaits = SocketReadiness.Readable;

    /// <summary>A channel over a connected socket, which it owns from now on.</summary>
    public PlainChannel(SocketHandle socket)
        : base(socket)
    {
        // A list of buffers goes to the kernel as it is: {address, size}, eight bytes each, is struct iovec.
        Invariant.Require(Unsafe.SizeOf<MemoryBuffer>() == 2 * sizeof(long));
    }

    /// <inheritdoc/>
    public override SocketReadiness Awaits => _awaits;

    /// <inheritdoc/>
    public override bool HasBuffered => false;

    /// <inheritdoc/>
    public override IoResult Handshake(out string error)
    {
        error = "";
        return IoResult.Done(0);
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> buffer)
    {
        _awaits = SocketReadiness.Readable;
        return Socket.Receive(buffer, dontWait: true);
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> buffer)
    {
        _awaits = SocketReadiness.Writable;
        return Socket.Send(buffer);
    }

    /// <inheritdoc/>
    public override IoResult Receive(ReadOnlySpan<MemoryBuffer> buffers)
    {
        _awaits = SocketReadiness.Readable;
        return Socket.Receive(buffers[..Math.Min(buffers.Length, BufferCountMax)]);
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<MemoryBuffer> buffers)
    {
        _awaits = SocketReadiness.Writable;
        return Socket.Send(buffers[..Math.Min(buffers.Length, BufferCountMax)]);
    }
}
