using System.Text;
using MemCache.Core;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out() =>
        Assert.Equal(0xE3069283u, Checksum(Encoding.ASCII.GetBytes("123456789")));

    /// <summary>RFC 3720, B.4.</summary>
    [Fact]
    public void The_vectors_of_iSCSI_come_out()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.Equal(0x8A9136AAu, Checksum(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Checksum(ascending));
        Assert.Equal(0x113FDB5Cu, Checksum([.. ascending.Reverse()]));
        Assert.Equal(0u, Checksum([]));
    }

    [Fact]
    public void Every_length_and_alignment_agrees_with_the_definition()
    {
        SplitMix64 random = new(7);
        byte[] bytes = Bytes(random, 30_000);
        for (int i = 0; i < 400; i++)
        {
            int offset = (int)random.Below(64);
            int length = i < 200 ? i : (int)random.Below(bytes.Length - offset);
            Assert.Equal(BitByBit(bytes.AsSpan(offset, length)), Checksum(bytes.AsSpan(offset, length)));
        }
    }

    [Fact]
    public void It_does_not_matter_how_the_bytes_are_cut()
    {
        SplitMix64 random = new(8);
        byte[] bytes = Bytes(random, 300_000);
        uint whole = Checksum(bytes);
        for (int i = 0; i < 20; i++)
        {
            uint state = Crc32C.Begin;
            for (int done = 0; done < bytes.Length;)
            {
                int count = (int)Math.Min(bytes.Length - done, random.Below(70_000));
                state = Crc32C.Append(state, bytes.AsSpan(done, count));
                done += count;
            }

            Assert.Equal(whole, Crc32C.Finish(state));
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32C.Finish(Crc32C.Append(Crc32C.Begin, bytes));

    private static byte[] Bytes(SplitMix64 random, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
            }
        }

        return ~state;
    }
}
