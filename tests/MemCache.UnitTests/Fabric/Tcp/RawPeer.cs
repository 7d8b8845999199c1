using System.Net.Sockets;
using MemCache.Core;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>A client of the data port that sends exactly what a test wants, byte by byte if need be.</summary>
internal sealed class RawPeer
{
    private readonly Socket _socket;
    private ulong _requestId;

    public RawPeer(TcpFixture fixture, bool greets = true)
    {
        _socket = fixture.ConnectRaw();
        if (greets)
        {
            Assert.Equal(MmcStatus.Ok, Greet(fixture.View.Uuid));
        }
    }

    public MmcStatus Greet(SegmentUuid uuid, ushort version = DataHello.CurrentVersion)
    {
        byte[] hello = new byte[DataHello.SizeBytes];
        new DataHello(version, uuid).Write(hello);
        Send(hello);
        Assert.NotEqual(FrameVerdict.Malformed, DataHelloReply.Read(Receive(DataHelloReply.SizeBytes), out DataHelloReply reply));
        return reply.Status;
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    public void Send(DataRequest request, ReadOnlySpan<byte> rest = default) => Send(Bytes(request, rest));

    public byte[] Bytes(DataRequest request, ReadOnlySpan<byte> rest = default)
    {
        request.RequestId = ++_requestId;
        byte[] bytes = new byte[DataRequest.SizeBytes + rest.Length];
        request.Write(bytes);
        rest.CopyTo(bytes.AsSpan(DataRequest.SizeBytes));
        return bytes;
    }

    public static DataRequest Read(in BlobLocation blob) => new()
    {
        Opcode = DataOpcode.Read,
        Offset = blob.Offset,
        RangeBytes = blob.SizeBytes,
        Token = blob.Generation,
        Slot = DataRequest.NoSlot,
    };

    public static DataRequest Put(in BlobLocation blob) => new()
    {
        Opcode = DataOpcode.Put,
        KeyBytes = 1,
        Offset = blob.Offset,
        RangeBytes = blob.SizeBytes,
        Token = blob.Generation,
        Slot = blob.Slot,
        BlobOffset = blob.Offset,
        BlobSizeBytes = blob.SizeBytes,
        PutGeneration = 1,
        ReplicaCount = 1,
    };

    public static DataRequest Of(DataOpcode opcode, in BlobLocation blob) => new()
    {
        Opcode = opcode,
        Token = blob.Generation,
        Slot = blob.Slot,
        BlobOffset = blob.Offset,
        BlobSizeBytes = blob.SizeBytes,
    };

    public byte[] Receive(int sizeBytes)
    {
        byte[] bytes = new byte[sizeBytes];
        for (int received = 0; received < sizeBytes;)
        {
            int count = _socket.Receive(bytes.AsSpan(received));
            Assert.True(count > 0, "the server closed");
            received += count;
        }

        return bytes;
    }

    public DataReply ReceiveReply()
    {
        Assert.Equal(FrameVerdict.Complete, DataReply.Read(Receive(DataReply.SizeBytes), out DataReply reply));
        return reply;
    }

    public DataTrailer ReceiveTrailer()
    {
        Assert.Equal(FrameVerdict.Complete, DataTrailer.Read(Receive(DataTrailer.SizeBytes), out DataTrailer trailer));
        return trailer;
    }

    /// <summary>Reads to the end of the stream, or to the reset that stands for it.</summary>
    public void ExpectEnd()
    {
        byte[] room = new byte[4096];
        try
        {
            while (_socket.Receive(room) > 0)
            {
                // What was sent before the end.
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return;
        }
    }

    public void Close() => _socket.Dispose();
}
