using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MemCache.Cli;

/// <summary>
/// The other end of a bare round trip: a process with one thread a connection, which blocks on its socket, reads a
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
    /// <param name="address">Path of a Unix socket, or <c>address:port</c> of TCP.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="output">Its standard output.</param>
    public static int Run(string address, TextReader input, TextWriter output)
    {
        EndPoint endpoint = BareSocket.Parse(address);
        using Socket listener = BareSocket.Create(endpoint);
        listener.Bind(endpoint);
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
            BareSocket.SendAtOnce(connection);
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
            BareSocket.Send(connection, reply);
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
