using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MemCache.Benchmarks;

/// <summary>
/// The bare socket: a connection begins with {i32 requestBytes, i32 replyBytes}; from then on every so many bytes are answered with so many.
/// Blocking calls on both sides, a thread a connection.
/// </summary>
internal sealed class BareEcho : IRpcTarget
{
    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _reply;

    public BareEcho(EndPoint address, int requestBytes, int replyBytes)
    {
        _socket = Open(address);
        _socket.Connect(address);
        _request = new byte[requestBytes];
        _reply = new byte[replyBytes];
        byte[] sizes = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(sizes, requestBytes);
        BinaryPrimitives.WriteInt32LittleEndian(sizes.AsSpan(4), replyBytes);
        _socket.Send(sizes);
    }

    public static Socket Open(EndPoint address)
    {
        bool isTcp = address is IPEndPoint;
        var socket = new Socket(
            address.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (isTcp)
        {
            socket.NoDelay = true;
        }

        return socket;
    }

    public static void Listen(EndPoint address)
    {
        Socket listener = Open(address);
        listener.Bind(address);
        listener.Listen(16);
        new Thread(() =>
        {
            while (true)
            {
                Socket peer = listener.Accept();
                if (address is IPEndPoint)
                {
                    peer.NoDelay = true;
                }

                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        })
        { IsBackground = true }.Start();
    }

    public void Call()
    {
        _socket.Send(_request);
        _ = ReceiveAll(_socket, _reply);
    }

    public void Dispose() => _socket.Dispose();

    private static void Serve(Socket peer)
    {
        byte[] sizes = new byte[8];
        if (!ReceiveAll(peer, sizes))
        {
            return;
        }

        byte[] request = new byte[BinaryPrimitives.ReadInt32LittleEndian(sizes)];
        byte[] reply = new byte[BinaryPrimitives.ReadInt32LittleEndian(sizes.AsSpan(4))];
        while (ReceiveAll(peer, request))
        {
            peer.Send(reply);
        }
    }

    private static bool ReceiveAll(Socket socket, byte[] buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = socket.Receive(buffer, done, buffer.Length - done, SocketFlags.None);
            if (count == 0)
            {
                return false;
            }

            done += count;
        }

        return true;
    }
}
