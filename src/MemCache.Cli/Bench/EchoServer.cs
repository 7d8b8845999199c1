using System.Buffers.Binary;
using System.Net.Sockets;

namespace MemCache.Cli;

/// <summary>
/// The other end of a bare round trip: a process with one thread a connection, which blocks on its Unix socket, reads a
/// request of a known length and writes a reply of a known length. The lengths are the first eight bytes of each
/// connection.
/// </summary>
internal static class EchoServer
{
    /// <summary>Bytes in which a connection announces the lengths of its requests and replies.</summary>
    public const int AnnouncementBytes = 8;

    // LIMIT: the largest request and reply that it is used with have far less; a wild announcement must not take all
    // memory.
    private const int MessageBytesMax = 16 << 20;

    /// <summary>Serves connections until its standard input ends.</summary>
    public static int Run(string socketPath, TextReader input, TextWriter output)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        listener.Listen();
        var server = new Thread(() => ServeAll(listener)) { IsBackground = true, Name = "echo" };
        server.Start();
        output.WriteLine("ready");
        output.Flush();
        while (input.ReadLine() is not (null or "quit"))
        {
            // Nothing else is said to it.
        }

        return 0;
    }

    private static void ServeAll(Socket listener)
    {
        while (true)
        {
            Socket connection = listener.Accept();
            new Thread(() => ServeUntilGone(connection)) { IsBackground = true, Name = "echo-connection" }.Start();
        }
    }

    private static void ServeUntilGone(Socket connection)
    {
        using (connection)
        {
            try
            {
                Serve(connection);
            }
            catch (SocketException)
            {
                // The client is gone, and its thread with it.
                return;
            }
        }
    }

    private static void Serve(Socket connection)
    {
        Span<byte> announcement = stackalloc byte[AnnouncementBytes];
        if (!Receive(connection, announcement))
        {
            return;
        }

        var request = new byte[Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(announcement), 1, MessageBytesMax)];
        var reply = new byte[Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(announcement[4..]), 1, MessageBytesMax)];
        while (Receive(connection, request))
        {
            connection.Send(reply);
        }
    }

    private static bool Receive(Socket connection, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = connection.Receive(buffer);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }
}
