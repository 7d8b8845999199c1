using System.Buffers.Binary;
using MemCache.Core;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.Protocol;

/// <summary>The bytes of the data port: as documented, and refused when they are anything else.</summary>
public class DataHeaderTests
{
    private static readonly SegmentUuid Uuid = new(new UInt128(0x1716151413121110, 0x0F0E0D0C0B0A0908));

    private static readonly DataRequest Put = new()
    {
        Opcode = DataOpcode.Put,
        KeyBytes = 0x0100,
        RequestId = 0x0102030405060708,
        Offset = 0x1112131415,
        RangeBytes = 0x2122232425,
        Token = 0x3132333435363738,
        Slot = 0x41424344,
        Flags = 1,
        BlobOffset = 0x5152535455565758,
        BlobSizeBytes = 0x6162636465666768,
        PutGeneration = 0x7172737475767778,
        Checksum = 0x81828384,
        ReplicaCount = 0x91,
        ReplicaIndex = 0x92,
    };

    [Fact]
    public void Bytes_are_those_of_version_1()
    {
        Assert.Equal(
            "4D4D4431" + "0100" + "0000" + "08090A0B0C0D0E0F1011121314151617" + "0000000000000000",
            Hex(DataHello.SizeBytes, new DataHello(1, Uuid).Write));
        Assert.Equal(
            "4D4D4431" + "0100" + "0000" + "44F4FFFF" + "00000000" + "0403020100000000" + "0000000000000000",
            Hex(DataHelloReply.SizeBytes, new DataHelloReply(1, MmcStatus.Timeout, 0x01020304).Write));
        Assert.Equal(
            "4D4D4451" + "0300" + "0001" + "0807060504030201" + "1514131211000000" + "2524232221000000" + "3837363534333231"
            + "44434241" + "01000000" + "5857565554535251" + "6867666564636261" + "7877767574737271" + "84838281" + "91" + "92" + "0000",
            Hex(DataRequest.SizeBytes, Put.Write));
        Assert.Equal(
            "4D4D4452" + "0100" + "0000" + "0807060504030201" + "00000000" + "00000000" + "1413121100000000",
            Hex(DataReply.SizeBytes, new DataReply(DataOpcode.Read, 0x0102030405060708, MmcStatus.Ok, 0x11121314).Write));
        Assert.Equal(
            "4D4D4454" + "80F3FFFF" + "01000000" + "04030201",
            Hex(DataTrailer.SizeBytes, new DataTrailer(MmcStatus.BlobChanged, 0x01020304).Write));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        byte[] bytes = new byte[DataRequest.SizeBytes];
        new DataHello(1, Uuid).Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataHello.Read(bytes, out DataHello hello));
        Assert.Equal(new DataHello(1, Uuid), hello);
        new DataHelloReply(1, MmcStatus.NotConnectedToLocal, 5).Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataHelloReply.Read(bytes, out DataHelloReply greeted));
        Assert.Equal(new DataHelloReply(1, MmcStatus.NotConnectedToLocal, 5), greeted);
        Put.Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataRequest.Read(bytes, out DataRequest request));
        Assert.Equal(Put, request);
        new DataReply(DataOpcode.End, 7, MmcStatus.StateMismatch, 0).Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataReply.Read(bytes, out DataReply reply));
        Assert.Equal(new DataReply(DataOpcode.End, 7, MmcStatus.StateMismatch, 0), reply);
        new DataTrailer(MmcStatus.Ok, null).Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataTrailer.Read(bytes, out DataTrailer trailer));
        Assert.Equal(new DataTrailer(MmcStatus.Ok, null), trailer);
    }

    [Fact]
    public void Every_shorter_prefix_needs_more()
    {
        byte[] bytes = new byte[DataRequest.SizeBytes];
        Put.Write(bytes);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(FrameVerdict.NeedMore, DataRequest.Read(bytes.AsSpan(0, length), out _));
        }

        new DataHello(1, Uuid).Write(bytes);
        for (int length = 0; length < DataHello.SizeBytes; length++)
        {
            Assert.Equal(FrameVerdict.NeedMore, DataHello.Read(bytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_stranger_is_known_by_its_first_byte()
    {
        Assert.Equal(FrameVerdict.Malformed, DataHello.Read("G"u8, out _));
        Assert.Equal(FrameVerdict.Malformed, DataHelloReply.Read("H"u8, out _));
        Assert.Equal(FrameVerdict.Malformed, DataRequest.Read("MMD1"u8, out _));
        Assert.Equal(FrameVerdict.Malformed, DataReply.Read("MMDQ"u8, out _));
        Assert.Equal(FrameVerdict.Malformed, DataTrailer.Read("MMDR"u8, out _));
    }

    [Fact]
    public void Another_version_is_told_apart()
    {
        byte[] bytes = new byte[DataHello.SizeBytes];
        new DataHello(2, Uuid).Write(bytes);
        Assert.Equal(FrameVerdict.OtherVersion, DataHello.Read(bytes, out DataHello hello));
        Assert.Equal(2, hello.Version);
    }

    public static TheoryData<DataOpcode, int, long, bool> Requests => new()
    {
        { DataOpcode.Read, 0, 1, true },
        { DataOpcode.Read, 0, Limits.SegmentBytesMax, true },
        { DataOpcode.Read, 0, Limits.SegmentBytesMax + 1, false },
        { DataOpcode.Read, 0, 0, false },
        { DataOpcode.Read, 0, -1, false },
        { DataOpcode.Read, 1, 1, false },
        { DataOpcode.ReadAddress, 0, long.MinValue, false },
        { DataOpcode.Put, 0, 1, false },
        { DataOpcode.Put, 256, 1, true },
        { DataOpcode.Put, 257, 1, false },
        { DataOpcode.Write, 0, long.MaxValue, false },
        { DataOpcode.Begin, 0, 0, true },
        { DataOpcode.Begin, 0, 1, false },
        { DataOpcode.End, 1, 0, true },
        { DataOpcode.End, 0, 0, false },
        { DataOpcode.Abort, 0, 0, true },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Every_number_has_its_bounds(DataOpcode opcode, int keyBytes, long rangeBytes, bool isLegal)
    {
        byte[] bytes = new byte[DataRequest.SizeBytes];
        new DataRequest { Opcode = opcode, KeyBytes = (ushort)keyBytes, RangeBytes = rangeBytes }.Write(bytes);
        Assert.Equal(isLegal ? FrameVerdict.Complete : FrameVerdict.Malformed, DataRequest.Read(bytes, out _));
        new DataRequest { Opcode = opcode, KeyBytes = (ushort)keyBytes, RangeBytes = rangeBytes, Flags = 6 }.Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataRequest.Read(bytes, out _));
    }

    [Fact]
    public void Pin_and_end_travel_with_a_put_and_not_with_a_read()
    {
        StoredTerms terms = StoredTerms.Of(ObjectPin.Hard, 90_000, TimeProvider.System);
        uint flags = DataRequest.FlagsOf(hasChecksum: true, terms);
        byte[] bytes = new byte[DataRequest.SizeBytes];
        new DataRequest { Opcode = DataOpcode.Put, KeyBytes = 3, RangeBytes = 1, Flags = flags }.Write(bytes);
        Assert.Equal(FrameVerdict.Complete, DataRequest.Read(bytes, out DataRequest request));
        Assert.Equal((terms, DataRequest.FlagChecksum), (request.Terms, request.Flags & DataRequest.FlagChecksum));
        new DataRequest { Opcode = DataOpcode.Read, RangeBytes = 1, Flags = flags }.Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataRequest.Read(bytes, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(ushort.MaxValue)]
    public void An_operation_that_is_not_known_is_told_apart(int opcode)
    {
        byte[] bytes = new byte[DataRequest.SizeBytes];
        new DataRequest { Opcode = (DataOpcode)opcode }.Write(bytes);
        Assert.Equal(FrameVerdict.OtherVersion, DataRequest.Read(bytes, out _));
    }

    [Fact]
    public void A_reply_can_only_be_what_a_server_sends()
    {
        byte[] bytes = new byte[DataReply.SizeBytes];
        new DataReply(DataOpcode.Read, 1, MmcStatus.Ok, 0).Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataReply.Read(bytes, out _));
        new DataReply(DataOpcode.Read, 1, MmcStatus.BlobChanged, 5).Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataReply.Read(bytes, out _));
        new DataReply(DataOpcode.Put, 1, MmcStatus.Ok, 5).Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataReply.Read(bytes, out _));
        new DataReply(DataOpcode.Put, 1, (MmcStatus)1, 0).Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, DataReply.Read(bytes, out _));
        new DataTrailer(MmcStatus.Ok, 3).Write(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 0); // a checksum that is not there
        Assert.Equal(FrameVerdict.Malformed, DataTrailer.Read(bytes, out _));
    }

    private delegate void Writer(Span<byte> destination);

    private static string Hex(int sizeBytes, Writer write)
    {
        byte[] bytes = new byte[sizeBytes];
        bytes.AsSpan().Fill(0xEE);
        write(bytes);
        return Convert.ToHexString(bytes);
    }
}
