using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Protocol;
using MemCache.Testing;
using MemCache.UnitTests;
using Xunit;

namespace MemCache.FuzzTests.Data;

/// <summary>
/// Garbage at a live data port: a healthy peer beside it never notices, blobs that nobody named stay what they are, and at the end no slot is left
/// being received into.
/// </summary>
public sealed class DataPortFuzzTests : IDisposable
{
    private const int Rounds = 1500;
    private const int SizeBytes = 30_000;

    private readonly TcpFixture _f = new(
        4 << 20, options => options with { HelloDeadlineMs = 300, StallDeadlineMs = 300, LingerMs = 30, ThreadCount = 1 });

    private readonly BlobLocation _kept;
    private readonly NativeBuffer _memory;

    public DataPortFuzzTests()
    {
        // Its slot and its generation are no number that a mutation brings about, its stamps do not fit any other blob's.
        _kept = _f.Store(700, 0xABCDEF012345, 900, SizeBytes, seed: 1);
        _memory = _f.Memory(SizeBytes);
    }

    public void Dispose() => _f.Dispose();

    [Fact]
    public void Noise_disturbs_nobody()
    {
        SplitMix64 random = FuzzSeed.Random(51);
        Run(random, () => Mutation.Noise(3000, random));
    }

    [Fact]
    public void Noise_behind_a_hello_disturbs_nobody()
    {
        SplitMix64 random = FuzzSeed.Random(52);
        byte[] hello = Hello();
        Run(random, () => [.. hello, .. Mutation.Noise(3000, random)]);
    }

    [Fact]
    public void Changed_requests_disturb_nobody()
    {
        SplitMix64 random = FuzzSeed.Random(53);
        byte[] hello = Hello();
        byte[][] requests = Requests();
        Run(random, () =>
        {
            var bytes = new List<byte>(hello);
            for (int i = 0; i < 6; i++)
            {
                // Those that are whole get the next one read.
                byte[] request = requests[random.Below(requests.Length)];
                bytes.AddRange(random.Below(2) == 0 ? request : Mutation.Of(request, 4, random));
            }

            return [.. bytes];
        });
    }

    [Fact]
    public void Every_truncation_of_every_request_disturbs_nobody()
    {
        byte[] hello = Hello();
        foreach (byte[] request in (byte[][])[hello, .. Requests()])
        {
            for (int length = 1; length < request.Length; length += 1 + (length / 8))
            {
                Throw(request == hello ? request[..length] : [.. hello, .. request[..length]], reads: false);
            }
        }

        Check();
    }

    [Fact]
    public void No_decoder_throws_or_allocates()
    {
        SplitMix64 random = FuzzSeed.Random(54);
        byte[][] sources = [Hello(), .. Requests(), Bytes(new DataReply(DataOpcode.Read, 1, MmcStatus.Ok, 5).Write, 32),
            Bytes(new DataTrailer(MmcStatus.Ok, 5).Write, 16), Bytes(new DataHelloReply(1, MmcStatus.Ok, 5).Write, 32)];
        for (int i = 0; i < 20_000 * FuzzSeed.Effort; i++)
        {
            byte[] bytes = Mutation.Of(sources[random.Below(sources.Length)], 0, random);
            Assert.Equal(0, SteadyState.AllocatedBytes(1, _ => Decode(bytes)));
        }
    }

    private static void Decode(ReadOnlySpan<byte> bytes)
    {
        _ = DataHello.Read(bytes, out _);
        _ = DataHelloReply.Read(bytes, out _);
        _ = DataReply.Read(bytes, out _);
        _ = DataTrailer.Read(bytes, out _);
        if (DataRequest.Read(bytes, out DataRequest request) == FrameVerdict.Complete
            && (request.PayloadBytes is < 0 or > Limits.SegmentBytesMax || request.KeyBytes > Limits.KeyBytesMax))
        {
            throw new InvalidOperationException("a number out of its bounds was let through");
        }
    }

    private byte[] Hello() => Bytes(new DataHello(1, _f.View.Uuid).Write, DataHello.SizeBytes);

    private static byte[][] Requests()
    {
        BlobLocation blob = TcpFixture.Blob(1, 5, 3, 500);
        DataRequest write = Of(DataOpcode.Write, blob, 200);
        write.Offset = blob.Offset + 100;
        DataRequest put = Of(DataOpcode.Put, blob with { Slot = 2, Generation = 6 }, 500);
        (put.KeyBytes, put.Offset) = (3, blob.Offset);
        DataRequest end = Of(DataOpcode.End, blob, 0);
        end.KeyBytes = 3;
        return
        [
            Request(Of(DataOpcode.Read, blob, 500)), Request(Of(DataOpcode.ReadAddress, blob, 500)), Request(put, 503),
            Request(Of(DataOpcode.Begin, blob, 0)), Request(write, 200), Request(end, 3), Request(Of(DataOpcode.Abort, blob, 0)),
        ];
    }

    private static DataRequest Of(DataOpcode opcode, in BlobLocation blob, long rangeBytes) => new()
    {
        Opcode = opcode,
        RangeBytes = rangeBytes,
        Token = blob.Generation,
        Slot = blob.Slot,
        BlobOffset = blob.Offset,
        BlobSizeBytes = blob.SizeBytes,
        PutGeneration = 1,
        ReplicaCount = 1,
    };

    private static byte[] Request(DataRequest request, int restBytes = 0) =>
        [.. Bytes(request.Write, DataRequest.SizeBytes), .. new byte[restBytes]];

    private delegate void Writer(Span<byte> destination);

    private static byte[] Bytes(Writer write, int sizeBytes)
    {
        byte[] bytes = new byte[sizeBytes];
        write(bytes);
        return bytes;
    }

    private void Run(SplitMix64 random, Func<byte[]> next)
    {
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            Throw(next(), reads: random.Below(4) == 0);
            if (i % 50 == 0)
            {
                ReadKept();
            }
        }

        Check();
    }

    private void Throw(ReadOnlySpan<byte> bytes, bool reads)
    {
        using Socket socket = _f.ConnectRaw();
        try
        {
            _ = socket.Send(bytes);
            socket.ReceiveTimeout = 5;
            for (byte[] room = new byte[4096]; reads && socket.Receive(room) > 0;)
            {
                // Until the server closes or has no more to say.
            }
        }
        catch (SocketException)
        {
            return; // closed already, as it should be
        }
    }

    private void ReadKept()
    {
        _f.Batch.AddRead(_f.Remote, _kept.Offset, _kept.Generation, TcpFixture.Layers(_memory, 3));
        MmcStatus status = _f.Run()[0];
        Assert.True(status == MmcStatus.Ok, $"{status}; {FuzzSeed.Hint}");
        Assert.True(_memory.Slice(0, SizeBytes).SequenceEqual(TcpFixture.Bytes(SizeBytes, 1)), FuzzSeed.Hint);
    }

    private void Check()
    {
        ReadKept();
        TcpFixture.Eventually(() => _f.Server.Statistics.ConnectionsOpen <= 1, $"all garbage is closed; {FuzzSeed.Hint}");
        for (uint slot = 0; slot < _f.View.SlotCount; slot++)
        {
            Assert.False(_f.View.TryReadWord(slot, out SlotWord word) && _f.Server.IsReceiving(slot, word.Generation), FuzzSeed.Hint);
        }

        ReadKept();
    }
}
