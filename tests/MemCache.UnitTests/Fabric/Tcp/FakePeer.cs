using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.UnitTests;

/// <summary>A data port that does what a test says with each connection, on a thread of its own.</summary>
internal sealed class FakePeer : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _open = [];
    private readonly Thread _thread;

    public FakePeer(Action<Socket> serve)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(() => Run(serve)) { IsBackground = true };
        _thread.Start();
    }

    public string Address => "tcp://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Reads a hello and answers it.</summary>
    public static void Greet(Socket socket, MmcStatus status = MmcStatus.Ok)
    {
        Receive(socket, DataHello.SizeBytes);
        byte[] reply = new byte[DataHelloReply.SizeBytes];
        new DataHelloReply(DataHello.CurrentVersion, status, 0).Write(reply);
        _ = socket.Send(reply);
    }

    public static byte[] Receive(Socket socket, int sizeBytes)
    {
        byte[] bytes = new byte[sizeBytes];
        int received = 0;
        while (received < sizeBytes && socket.Receive(bytes.AsSpan(received)) is var count and > 0)
        {
            received += count;
        }

        return bytes;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        _open.ForEach(socket => socket.Dispose());
    }

    private void Run(Action<Socket> serve)
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                _open.Add(socket);
                socket.ReceiveTimeout = 20_000;
                serve(socket);
            }
        }
        catch (SocketException)
        {
            return; // the listener was closed
        }
        catch (ObjectDisposedException)
        {
            return;
        }
    }
}
