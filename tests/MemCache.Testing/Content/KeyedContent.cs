using System.Buffers.Binary;
using MemCache.Core;

namespace MemCache.Testing;

/// <summary>Bytes that are a function of key and size, so that a reader can check them without having seen the writer's.</summary>
public static class KeyedContent
{
    /// <summary>Fills <paramref name="destination"/> with the content of <paramref name="key"/>.</summary>
    public static void Fill(string key, Span<byte> destination)
    {
        ulong seed = Seed(key);
        int i = 0;
        for (; i + 8 <= destination.Length; i += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[i..], SplitMix64.Mix(seed + (ulong)i));
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = (byte)SplitMix64.Mix(seed + (ulong)i);
        }
    }

    /// <summary>The content of <paramref name="key"/> as an array.</summary>
    public static byte[] Of(string key, int sizeBytes)
    {
        byte[] content = new byte[sizeBytes];
        Fill(key, content);
        return content;
    }

    /// <summary>Offset of the first byte that is not the key's, or -1.</summary>
    public static int FirstWrong(string key, ReadOnlySpan<byte> content)
    {
        ulong seed = Seed(key);
        int i = 0;
        for (; i + 8 <= content.Length; i += 8)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(content[i..]) != SplitMix64.Mix(seed + (ulong)i))
            {
                return i;
            }
        }

        for (; i < content.Length; i++)
        {
            if (content[i] != (byte)SplitMix64.Mix(seed + (ulong)i))
            {
                return i;
            }
        }

        return -1;
    }

    private static ulong Seed(string key)
    {
        ulong seed = 14695981039346656037; // FNV-1a, 64 bits
        foreach (char letter in key)
        {
            seed = (seed ^ letter) * 1099511628211;
        }

        return SplitMix64.Mix(seed);
    }
}
