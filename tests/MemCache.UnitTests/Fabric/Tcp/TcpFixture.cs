using System.Globalization;
using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>A segment with its data server, and a transport that leads there, all in this process over loopback.</summary>
internal sealed class TcpFixture : IDisposable
{
    private const int DeadlineMs = 20_000;
    private const int BasePort = 47_100;

    private readonly SegmentFixture _segments = new();
    private readonly List<IDisposable> _open = [];

    public TcpFixture(
        long dataBytes = 16 << 20, Func<TcpServerOptions, TcpServerOptions>? server = null,
        Func<TcpTransportOptions, TcpTransportOptions>? transport = null)
    {
        Segment = _segments.CreateOwned(dataBytes);
        Server = StartServer(server);
        Server.Serve(View);
        var options = new TcpTransportOptions { PeerTimeoutMs = DeadlineMs, ConnectTimeoutMs = DeadlineMs, ProbeMsMin = 5 };
        Transport = new TcpTransport(transport is null ? options : transport(options), NullLogger.Instance);
        Remote = Transport.Open(View.Uuid, new RankId(1), Server.Address);
        Batch = Transport.NewBatch();
    }

    public OwnedSegment Segment { get; }

    public SegmentView View => Segment.View;

    public TcpDataServer Server { get; private set; }

    public TcpTransport Transport { get; }

    public RemoteSegment Remote { get; }

    public RemoteBatch Batch { get; }

    public static long InTime => Deadline.In(DeadlineMs);

    public int Port => ServiceUrl.TryParse(Server.Address, out ServiceUrl? url) ? url.Port : 0;

    public static TcpDataServer StartServer(Func<TcpServerOptions, TcpServerOptions>? change = null, int port = BasePort)
    {
        var options = new TcpServerOptions { Address = string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}") };
        options = change is null ? options : change(options);
        MmcStatus status = TcpDataServer.Start(options, NullLogger.Instance, out TcpDataServer? server, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status}: {error}");
        return server!;
    }

    /// <summary>Another segment, to be served in place of the first.</summary>
    public OwnedSegment AnotherSegment(long dataBytes = 4 << 20) => _segments.CreateOwned(dataBytes);

    /// <summary>The same port, a new server.</summary>
    public void RestartServer(SegmentView view)
    {
        int port = Port;
        Server.Dispose();
        Server = StartServer(options => options with { PortCount = 1 }, port);
        Server.Serve(view);
    }

    /// <summary>A blob on the pages behind <paramref name="page"/>.</summary>
    public static BlobLocation Blob(uint slot, ulong generation, long page, long sizeBytes) =>
        new(default, slot, generation, page * Limits.BlobAlignmentBytes, sizeBytes);

    public static BlobIdentity Identity(uint? checksum = null) => new()
    {
        Key = "the key"u8,
        Checksum = checksum,
        PutGeneration = 99,
        ReplicaCount = 2,
        ReplicaIndex = 1,
    };

    /// <summary>Memory that lives as long as this.</summary>
    public NativeBuffer Memory(long sizeBytes, byte? seed = null)
    {
        NativeBuffer memory = NativeBuffer.Allocate(sizeBytes);
        _open.Add(memory);
        if (seed is { } value)
        {
            Fill(memory.Slice(0, (int)sizeBytes), value);
        }

        return memory;
    }

    /// <summary>Bytes that tell their place and their seed.</summary>
    public static void Fill(Span<byte> bytes, byte seed)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(seed + (i * 31) + (i >> 12));
        }
    }

    public static byte[] Bytes(int sizeBytes, byte seed)
    {
        byte[] bytes = new byte[sizeBytes];
        Fill(bytes, seed);
        return bytes;
    }

    /// <summary>One buffer, cut into layers.</summary>
    public static MemoryBuffer[] Layers(NativeBuffer memory, int count = 1) => Cut(memory, 0, memory.SizeBytes, count);

    public static MemoryBuffer[] Cut(NativeBuffer memory, long offset, long sizeBytes, int count)
    {
        var layers = new MemoryBuffer[count];
        long layerBytes = sizeBytes / count;
        for (int i = 0; i < count; i++)
        {
            long begin = i * layerBytes;
            layers[i] = new MemoryBuffer(
                memory.Address + (nuint)(offset + begin), i == count - 1 ? sizeBytes - begin : layerBytes);
        }

        return layers;
    }

    /// <summary>Writes a blob as its owner would.</summary>
    public BlobLocation Store(uint slot, ulong generation, long page, int sizeBytes, byte seed, uint? checksum = null)
    {
        BlobLocation blob = Blob(slot, generation, page, sizeBytes);
        Assert.Equal(MmcStatus.Ok, View.BeginWrite(blob));
        Fill(View.DataSpan(blob.Offset, sizeBytes), seed);
        Assert.Equal(MmcStatus.Ok, View.EndWrite(blob, "k"u8, checksum));
        return blob;
    }

    /// <summary>Carries out what the batch holds, and returns the statuses.</summary>
    public MmcStatus[] Run(RemoteBatch? batch = null, long? deadline = null)
    {
        batch ??= Batch;
        batch.Start(deadline ?? InTime);
        batch.Finish();
        MmcStatus[] statuses = [.. Enumerable.Range(0, batch.Count).Select(batch.StatusAt)];
        batch.Clear();
        return statuses;
    }

    public SlotWord Word(uint slot)
    {
        Assert.True(View.TryReadWord(slot, out SlotWord word));
        return word;
    }

    /// <summary>A socket to the server that says what the test makes it say.</summary>
    public Socket ConnectRaw()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = DeadlineMs };
        socket.Connect("127.0.0.1", Port);
        _open.Add(socket);
        return socket;
    }

    public static void Eventually(Func<bool> condition, string what)
    {
        long deadline = InTime;
        while (!condition())
        {
            Assert.False(Deadline.HasPassed(deadline), "in time: " + what);
            Thread.Yield();
        }
    }

    public void Dispose()
    {
        Batch.Dispose();
        Remote.Dispose();
        Transport.Dispose();
        Server.Dispose();
        _open.ForEach(thing => thing.Dispose());
        _segments.Dispose();
    }
}
