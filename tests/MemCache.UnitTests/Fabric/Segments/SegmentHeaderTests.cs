using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Fabric;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SegmentHeaderTests
{
    private static readonly SegmentUuid Uuid = new(new UInt128(0x1112131415161718, 0x2122232425262728));
    private static readonly SegmentLayout Layout = new(4 << 20);

    [Fact]
    public void The_bytes_of_a_header_are_these()
    {
        byte[] expected = Convert.FromHexString(
            "4D4D435345474D54" + // magic "MMCSEGMT"
            "02000000" + // layout version
            "00100000" + // page bytes
            "28272625242322211817161514131211" + // uuid, little-endian
            "0000400000000000" + // data bytes: 4 MiB
            "0010000000000000" + // stamps behind the header
            "0000200000000000" + // directory at 2 MiB
            "0000400000000000" + // data at 4 MiB
            "00040000" + // 1,024 slots
            "40010000"); // of 320 bytes
        byte[] actual = Bytes(SegmentHeader.Create(Uuid, Layout));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual, 0, expected.Length));
        Assert.Equal(208, actual.Length);
        Assert.Equal("MMCSEGMT"u8, actual.AsSpan(0, 8));
        Assert.NotEqual(0u, BitConverter.ToUInt32(actual, 72));
        Assert.False(actual.AsSpan(76).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_header_that_nobody_changed_is_valid()
    {
        Assert.True(SegmentHeader.Create(Uuid, Layout).TryValidate(Uuid, Layout.FileBytes, out string problem));
        Assert.Equal("", problem);
    }

    [Fact]
    public void Any_changed_bit_is_found()
    {
        byte[] bytes = Bytes(SegmentHeader.Create(Uuid, Layout));
        for (int bit = 0; bit < 76 * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            bool isValid = MemoryMarshal.Read<SegmentHeader>(bytes).TryValidate(Uuid, Layout.FileBytes, out string problem);
            Assert.False(isValid, $"bit {bit}");
            Assert.NotEmpty(problem);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4095)]
    [InlineData((2 << 20) + 4096)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 40) + (2 << 20))]
    public void A_data_size_that_no_segment_can_have_is_refused_although_the_checksum_fits(long dataBytes)
    {
        SegmentHeader header = SegmentHeader.Create(Uuid, new SegmentLayout(dataBytes));
        Assert.False(header.TryValidate(Uuid, new SegmentLayout(dataBytes).FileBytes, out string problem));
        Assert.Contains("not legal", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_file_of_another_length_is_refused(long difference)
    {
        SegmentHeader header = SegmentHeader.Create(Uuid, Layout);
        Assert.False(header.TryValidate(Uuid, Layout.FileBytes + difference, out string problem));
        Assert.Contains("length", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_segment_is_refused_and_named()
    {
        SegmentHeader header = SegmentHeader.Create(SegmentUuid.New(), Layout);
        Assert.False(header.TryValidate(Uuid, Layout.FileBytes, out string problem));
        Assert.Contains(new SegmentUuid(header.Uuid).ToString(), problem, StringComparison.Ordinal);
    }

    private static byte[] Bytes(SegmentHeader header) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentHeader>(in header)).ToArray();
}
