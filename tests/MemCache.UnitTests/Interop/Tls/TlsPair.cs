using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests.Interop.Tls;

/// <summary>Two ends of a connection over loopback, driven by one thread.</summary>
internal sealed class TlsPair : IDisposable
{
    private const int WaitMs = 10_000;

    public TlsPair(TlsContext server, TlsContext client, string host = "127.0.0.1")
    {
        (SocketHandle accepted, SocketHandle dialled) = Sockets();
        Server = server.Accept(accepted);
        Client = client.Connect(dialled, host);
    }

    public SocketChannel Server { get; }

    public SocketChannel Client { get; }

    public string ServerError { get; private set; } = "";

    public string ClientError { get; private set; } = "";

    public static TlsContext Context(TlsOptions options)
    {
        bool isMade = TlsContext.TryCreate(options, "tls", out TlsContext? context, out IReadOnlyList<string> problems);
        Assert.True(isMade, string.Join("; ", problems));
        return context!;
    }

    public static (SocketHandle Accepted, SocketHandle Dialled) Sockets()
    {
        SocketAddress any = new IPEndPoint(IPAddress.Loopback, 0).Serialize();
        Assert.True(SocketHandle.Open(any, nonBlocking: false, out SocketHandle? listener).IsOk);
        using (listener)
        {
            Assert.True(listener!.Bind(any).IsOk && listener.Listen(1).IsOk);
            SocketAddress bound = new IPEndPoint(IPAddress.Loopback, listener.ReadLocalPort()).Serialize();
            Assert.True(SocketHandle.Open(bound, nonBlocking: false, out SocketHandle? dialled).IsOk);
            Assert.True(dialled!.Connect(bound).IsOk);
            Assert.True(listener.Accept(out SocketHandle? accepted).IsOk);
            return (accepted!, dialled);
        }
    }

    /// <summary>Runs both handshakes to their end; with TLS 1.3 the client learns of a refusal with its first bytes.</summary>
    public bool Shake()
    {
        long deadline = Deadline.In(WaitMs);
        IoResult server = default, client = default;
        bool serverDone = false, clientDone = false;
        while (!(serverDone && clientDone))
        {
            Assert.False(Deadline.HasPassed(deadline), "handshake timed out");
            if (!clientDone)
            {
                client = Client.Handshake(out string error);
                clientDone = !client.IsNotReady;
                ClientError = error;
            }

            if (!serverDone)
            {
                server = Server.Handshake(out string error);
                serverDone = !server.IsNotReady;
                ServerError = error;
            }

            if (serverDone && !server.IsOk)
            {
                // Nobody answers any more: let the client see that.
                _ = Server.Socket.ShutdownSend();
            }

            if (clientDone && !client.IsOk)
            {
                _ = Client.Socket.ShutdownSend();
            }
        }

        if (client.IsOk && !server.IsOk)
        {
            byte[] one = new byte[1];
            _ = Client.Receive(one);
            ClientError = Client.ErrorText;
        }

        return server.IsOk && client.IsOk;
    }

    /// <summary>Sends all of one buffer while the other end receives.</summary>
    public static void Move(SocketChannel from, ReadOnlySpan<byte> bytes, SocketChannel to, Span<byte> room)
    {
        long deadline = Deadline.In(WaitMs);
        while (!room.IsEmpty)
        {
            Assert.False(Deadline.HasPassed(deadline), $"timed out with {room.Length} bytes to come");
            if (!bytes.IsEmpty)
            {
                IoResult sent = from.Send(bytes);
                Assert.True(sent.IsOk || sent.IsNotReady, from.ErrorText + sent.ErrorText);
                bytes = bytes[sent.Count..];
            }

            IoResult received = to.Receive(room);
            Assert.True(received.IsOk || received.IsNotReady, to.ErrorText + received.ErrorText);
            room = room[received.Count..];
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
