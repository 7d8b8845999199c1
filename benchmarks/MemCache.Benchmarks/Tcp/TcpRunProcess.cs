using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>The near side: measures iperf3, puts and gets in turns, then small reads and a bare ping-pong in turns.</summary>
internal sealed class TcpRunProcess : IDisposable
{
    public const long SegmentBytes = 256L << 20;

    private const int BlockCount = 16;
    private const int LayerCount = 122;
    private const int LayerBytes = 72 << 10; // the mean of DeepSeek-R1's 128 KiB and 16 KiB
    private const long BlockBytes = (long)LayerCount * LayerBytes;
    private const int SmallBytes = 4096;
    private const int SmallCalls = 500;

    private readonly string[] _arguments;
    private readonly string _host;
    private readonly string _iperfPort;
    private readonly int _echoPort;
    private readonly int _streams;
    private readonly double _seconds;
    private readonly NativeBuffer _memory = NativeBuffer.Allocate(BlockCount * BlockBytes);
    private readonly MemoryBuffer[] _layers = new MemoryBuffer[BlockCount * LayerCount];
    private readonly TcpTransport _transport;
    private readonly RemoteSegment _segment;
    private readonly RemoteBatch _batch;
    private ulong _generation;

    private TcpRunProcess(string[] arguments)
    {
        _arguments = arguments;
        (_host, _iperfPort) = (arguments[0], arguments[1]);
        _echoPort = int.Parse(arguments[4], CultureInfo.InvariantCulture);
        _streams = TcpBenchmark.Option(arguments, "--streams", 2);
        _seconds = TcpBenchmark.Option(arguments, "--milliseconds", 1000) / 1000.0;
        _transport = new TcpTransport(
            new TcpTransportOptions
            {
                StreamCount = _streams,
                PeerTimeoutMs = 10_000,
                SendBufferBytes = TcpBenchmark.Option(arguments, "--buffer", 0),
                ReceiveBufferBytes = TcpBenchmark.Option(arguments, "--buffer", 0),
            },
            NullLogger.Instance);
        var uuid = new SegmentUuid(UInt128.Parse(arguments[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        _segment = _transport.Open(uuid, new RankId(0), arguments[2]);
        _batch = _transport.NewBatch();
        _memory.Prefault();
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new MemoryBuffer(_memory.Address + (nuint)((long)i * LayerBytes), LayerBytes);
        }
    }

    public static int Run(string[] arguments)
    {
        using var run = new TcpRunProcess(arguments);
        run.MeasureBulk(TcpBenchmark.Option(arguments, "--rounds", 5));
        run.MeasureSmall(TcpBenchmark.Option(arguments, "--small-rounds", 21));
        return 0;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _segment.Dispose();
        _transport.Dispose();
        _memory.Dispose();
    }

    private void MeasureBulk(int rounds)
    {
        (double[] iperfPut, double[] iperfGet, double[] put, double[] get) =
            (new double[rounds], new double[rounds], new double[rounds], new double[rounds]);
        _ = Rate(Put);
        _ = Rate(Get);
        for (int i = 0; i < rounds; i++)
        {
            iperfPut[i] = Iperf(reverse: false);
            put[i] = Rate(Put);
            iperfGet[i] = Iperf(reverse: true);
            get[i] = Rate(Get);
        }

        Report("put", put, iperfPut);
        Report("get", get, iperfGet);
    }

    private void Report(string name, double[] ours, double[] iperf)
    {
        double ratio = Median([.. ours.Zip(iperf, (a, b) => a / b)]);
        Print($"{name} 16 x 8784 KiB of 122 buffers, {_streams} streams: {Median(ours):F2} GB/s, iperf3 {Median(iperf):F2} GB/s, ratio {ratio:F2} (median of {ours.Length} neighbouring pairs)");
    }

    private double Iperf(bool reverse)
    {
        if (_arguments.Contains("--no-iperf"))
        {
            return 1;
        }

        string seconds = _seconds.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            "iperf3",
            ["-c", _host, "-p", _iperfPort, "-t", seconds, "-P", _streams.ToString(CultureInfo.InvariantCulture), "-J", .. reverse ? ["-R"] : Array.Empty<string>()])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 8e9;
    }

    private double Rate(Action batch)
    {
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        do
        {
            batch();
            count++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < _seconds);
        return count * BlockCount * BlockBytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private static BlobLocation Blob(int index, ulong generation) =>
        new(default, (uint)index, generation, index * BlockBytes, BlockBytes);

    private void Put()
    {
        _generation++;
        for (int i = 0; i < BlockCount; i++)
        {
            var identity = new BlobIdentity { Key = "a key of the usual length for a block of a model"u8, PutGeneration = 1, ReplicaCount = 1 };
            _ = _batch.AddPut(_segment, Blob(i, _generation), identity, _layers.AsSpan(i * LayerCount, LayerCount));
        }

        Finish();
    }

    private void Get()
    {
        for (int i = 0; i < BlockCount; i++)
        {
            BlobLocation blob = Blob(i, _generation);
            _ = _batch.AddRead(_segment, blob.Offset, blob.Generation, _layers.AsSpan(i * LayerCount, LayerCount), blob.Slot);
        }

        Finish();
    }

    private void GetSmall()
    {
        _ = _batch.AddRead(_segment, 0, _generation, [new MemoryBuffer(_memory.Address, SmallBytes)]);
        Finish();
    }

    private void Finish()
    {
        _batch.Start(Deadline.In(10_000));
        _batch.Finish();
        for (int i = 0; i < _batch.Count; i++)
        {
            if (_batch.StatusAt(i) != MmcStatus.Ok)
            {
                throw new InvalidOperationException($"operation {i} returned {_batch.StatusAt(i)}");
            }
        }

        _batch.Clear();
    }

    private void MeasureSmall(int rounds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_host, _echoPort);
        byte[] ping = new byte[TcpServeProcess.PingBytes];
        byte[] pong = new byte[TcpServeProcess.PongBytes];
        void PingPong()
        {
            _ = socket.Send(ping);
            for (int received = 0; received < pong.Length; received += socket.Receive(pong, received, pong.Length - received, SocketFlags.None))
            {
            }
        }

        (double[] read, double[] bare) = (new double[rounds], new double[rounds]);
        _ = Microseconds(GetSmall);
        _ = Microseconds(PingPong);
        for (int i = 0; i < rounds; i++)
        {
            read[i] = Microseconds(GetSmall);
            bare[i] = Microseconds(PingPong);
        }

        double ratio = Median([.. read.Zip(bare, (a, b) => a / b)]);
        Print($"read of 4 KiB: {Median(read):F1} us, bare blocking ping-pong of the same bytes {Median(bare):F1} us, ratio {ratio:F2}");
    }

    private static double Microseconds(Action call)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < SmallCalls; i++)
        {
            call();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / SmallCalls;
    }

    private void Print(FormattableString text) =>
        Console.WriteLine((_arguments.Contains("--namespaces") ? "two namespaces, " : "loopback, ") + text.ToString(CultureInfo.InvariantCulture));

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
