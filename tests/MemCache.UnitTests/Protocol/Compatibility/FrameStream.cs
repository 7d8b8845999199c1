using System.Net;
using System.Net.Sockets;
using MemCache.Protocol;

namespace MemCache.UnitTests.Protocol.Compatibility;

/// <summary>Whole frames over a TCP connection.</summary>
internal sealed class FrameStream(Socket socket) : IDisposable
{
    public static FrameStream Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return new FrameStream(socket);
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        while (!frame.IsEmpty)
        {
            frame = frame[socket.Send(frame)..];
        }
    }

    /// <summary>The next frame; <see langword="null"/> at the end of the stream.</summary>
    public byte[]? Receive()
    {
        byte[] frame = new byte[FrameHeader.SizeBytes];
        if (!TryFill(frame))
        {
            return null;
        }

        _ = FrameHeader.Read(frame, out FrameHeader header);
        Array.Resize(ref frame, (int)header.FrameBytes);
        return TryFill(frame.AsSpan(FrameHeader.SizeBytes)) ? frame : null;
    }

    public void Dispose() => socket.Dispose();

    private bool TryFill(Span<byte> room)
    {
        try
        {
            while (!room.IsEmpty)
            {
                int count = socket.Receive(room);
                if (count == 0)
                {
                    return false;
                }

                room = room[count..];
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
