using MemCache.Core;
using MemCache.Interop;

namespace MemCache.UnitTests;

/// <summary>
/// Behaves as an encrypted channel may: shakes hands first, takes more from the socket than it was asked for, gives it out in small pieces, and
/// sends less than it was given.
/// </summary>
internal sealed class BufferingChannel(SocketHandle socket, bool isServer) : SocketChannel(socket)
{
    private readonly byte[] _buffered = new byte[30_000];
    private readonly NativeBuffer _staging = NativeBuffer.Allocate(7000);
    private SocketReadiness _awaits = SocketReadiness.Readable;
    private int _begin;
    private int _end;
    private int _handshakeStep;

    public override SocketReadiness Awaits => _awaits;

    public override bool HasBuffered => _end > _begin;

    // One byte there, one byte back.
    public override IoResult Handshake(out string error)
    {
        error = "";
        IoResult result = default;
        while (_handshakeStep < 2)
        {
            bool sends = _handshakeStep == 0 != isServer;
            _awaits = sends ? SocketReadiness.Writable : SocketReadiness.Readable;
            byte[] room = [42];
            result = sends ? Socket.Send(room) : Socket.Receive(room, dontWait: true);
            if (result.Count == 0)
            {
                return result;
            }

            _handshakeStep++;
        }

        return result;
    }

    public override IoResult Receive(Span<byte> buffer)
    {
        if (_begin == _end)
        {
            _awaits = SocketReadiness.Readable;
            IoResult result = Socket.Receive(_buffered, dontWait: true);
            if (result.Count == 0)
            {
                return result;
            }

            (_begin, _end) = (0, result.Count);
        }

        int count = Math.Min(Math.Min(buffer.Length, _end - _begin), 5000);
        _buffered.AsSpan(_begin, count).CopyTo(buffer);
        _begin += count;
        return IoResult.Done(count);
    }

    public override IoResult Send(ReadOnlySpan<byte> buffer)
    {
        _awaits = SocketReadiness.Writable;
        return Socket.Send(buffer[..Math.Min(buffer.Length, 7000)]);
    }

    public override IoResult Receive(ReadOnlySpan<MemoryBuffer> buffers)
    {
        int room = (int)Math.Min(buffers[0].SizeBytes, _staging.SizeBytes);
        IoResult result = Receive(_staging.Slice(0, room));
        CopyKernels.Copy(buffers[0].Address, _staging.Address, result.Count, CopyKernel.Temporal);
        return result;
    }

    public override IoResult Send(ReadOnlySpan<MemoryBuffer> buffers)
    {
        int count = (int)Math.Min(buffers[0].SizeBytes, _staging.SizeBytes);
        CopyKernels.Copy(_staging.Address, buffers[0].Address, count, CopyKernel.Temporal);
        return Send(_staging.Slice(0, count));
    }

    public override void Dispose()
    {
        _staging.Dispose();
        base.Dispose();
    }
}
