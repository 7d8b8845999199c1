using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.FuzzTests;

/// <summary>Changes bytes in the ways that find mistakes in parsers.</summary>
internal static class Mutation
{
    private static readonly uint[] Interesting =
        [0, 1, 2, 7, 255, 256, 16_383, 16_384, 16_385, 65_535, 1 << 20, 8 << 20, int.MaxValue, 0x8000_0000, uint.MaxValue];

    /// <summary>A changed copy of <paramref name="source"/>, from the byte <paramref name="from"/> on.</summary>
    public static byte[] Of(ReadOnlySpan<byte> source, int from, SplitMix64 random)
    {
        byte[] bytes = source.ToArray();
        int changes = 1 + (int)random.Below(4);
        for (int i = 0; i < changes && bytes.Length > from; i++)
        {
            bytes = Change(bytes, from + (int)random.Below(bytes.Length - from), random);
        }

        return bytes;
    }

    /// <summary>Nothing but random bytes.</summary>
    public static byte[] Noise(int lengthMax, SplitMix64 random)
    {
        byte[] bytes = new byte[random.Below(lengthMax + 1)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }

    private static byte[] Change(byte[] bytes, int at, SplitMix64 random)
    {
        switch (random.Below(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << (int)random.Below(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next();
                return bytes;
            case 2 when bytes.Length - at >= 4:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Interesting[random.Below(Interesting.Length)]);
                return bytes;
            case 3:
                return bytes[..at];
            default:
                return [.. bytes[..at], .. Noise(24, random), .. bytes[at..]];
        }
    }
}
