using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>The far side: a segment behind a data port, and a bare echo of the same bytes.</summary>
internal static class TcpServeProcess
{
    /// <summary>Bytes of a small request and of its reply, as the data port has them.</summary>
    public const int PingBytes = 80;

    /// <summary>Header, 4 KiB, trailer.</summary>
    public const int PongBytes = 32 + 4096 + 16;

    private const int Port = 45_400;

    public static int Run(string[] arguments)
    {
        string directory = Path.Combine("/dev/shm", "mmc-tcp-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(directory);
        var segmentOptions = new SegmentOptions { Directory = directory, SizeBytes = TcpRunProcess.SegmentBytes };
        Require(OwnedSegment.Create(segmentOptions, NullLogger.Instance, out OwnedSegment? segment, out string error), error);
        // The mapping stays; the name need not, and this process is going to be killed.
        Directory.Delete(directory, recursive: true);
        var options = new TcpServerOptions
        {
            Address = string.Create(CultureInfo.InvariantCulture, $"tcp://{arguments[0]}:{Port}"),
            ThreadCount = TcpBenchmark.Option(arguments, "--threads", 0),
            TurnBytesMax = TcpBenchmark.Option(arguments, "--turn", 128 << 10),
            SendBufferBytes = TcpBenchmark.Option(arguments, "--buffer", 0),
            ReceiveBufferBytes = TcpBenchmark.Option(arguments, "--buffer", 0),
        };
        Require(TcpDataServer.Start(options, NullLogger.Instance, out TcpDataServer? server, out error), error);
        server!.Serve(segment!.View);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(arguments[0]), 0));
        listener.Listen();
        Console.WriteLine($"{server.Address} {segment.View.Uuid} {((IPEndPoint)listener.LocalEndPoint!).Port}");
        while (true)
        {
            Socket peer = listener.Accept();
            new Thread(() => Echo(peer)) { IsBackground = true }.Start();
        }
    }

    private static void Echo(Socket peer)
    {
        peer.NoDelay = true;
        byte[] ping = new byte[PingBytes];
        byte[] pong = new byte[PongBytes];
        while (peer.Receive(ping) > 0)
        {
            _ = peer.Send(pong);
        }
    }

    private static void Require(MmcStatus status, string error)
    {
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException($"{status}: {error}");
        }
    }
}
