using MemCache.Core;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.Protocol;

public class FrameHeaderTests
{
    [Fact]
    public void Bytes_are_those_of_version_1()
    {
        byte[] bytes = new byte[FrameHeader.SizeBytes];
        new FrameHeader(1, 0x8011, 0x01020304, MmcStatus.Timeout, 0x1112131415161718, 0x2122232425262728).Write(bytes);
        Assert.Equal(
            "4D4D4331" + "0100" + "1180" + "04030201" + "44F4FFFF" + "1817161514131211" + "2827262524232221",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_header_is_read_as_it_was_written()
    {
        byte[] bytes = new byte[FrameHeader.SizeBytes];
        FrameHeader written = FrameHeader.ForRequest(Opcode.Lookup, 77, 5, 9).ToReply(MmcStatus.ObjectNotFound, 88, 10);
        written.Write(bytes);
        Assert.Equal(FrameVerdict.Complete, FrameHeader.Read(bytes, out FrameHeader read));
        Assert.Equal(written, read);
        Assert.True(read.IsReply);
        Assert.Equal(Opcode.Lookup, read.Opcode);
        Assert.Equal(32 + 88, read.FrameBytes);
    }

    [Fact]
    public void Every_shorter_prefix_of_a_header_needs_more()
    {
        byte[] bytes = new byte[FrameHeader.SizeBytes];
        FrameHeader.ForRequest(Opcode.Exists, 0, 1, 0).Write(bytes);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(FrameVerdict.NeedMore, FrameHeader.Read(bytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_stranger_is_known_by_its_first_byte()
    {
        Assert.Equal(FrameVerdict.Malformed, FrameHeader.Read("G"u8, out _));
        Assert.Equal(FrameVerdict.Malformed, FrameHeader.Read("GET / HTTP/1.1\r\n"u8, out _));
    }

    [Fact]
    public void Another_version_is_told_after_the_stable_part()
    {
        byte[] bytes = new byte[FrameHeader.SizeBytes];
        new FrameHeader(2, (ushort)Opcode.Join, uint.MaxValue, MmcStatus.Ok, 1, 1).Write(bytes);
        Assert.Equal(
            FrameVerdict.OtherVersion, FrameHeader.Read(bytes.AsSpan(0, FrameHeader.StablePartBytes), out FrameHeader header));
        Assert.Equal(2, header.Version);
    }

    [Fact]
    public void A_payload_longer_than_the_limit_is_malformed()
    {
        byte[] bytes = new byte[FrameHeader.SizeBytes];
        new FrameHeader(1, 16, Limits.FrameBytesMax, MmcStatus.Ok, 1, 1).Write(bytes);
        Assert.Equal(FrameVerdict.Complete, FrameHeader.Read(bytes, out _));
        new FrameHeader(1, 16, Limits.FrameBytesMax + 1, MmcStatus.Ok, 1, 1).Write(bytes);
        Assert.Equal(FrameVerdict.Malformed, FrameHeader.Read(bytes, out _));
    }
}
