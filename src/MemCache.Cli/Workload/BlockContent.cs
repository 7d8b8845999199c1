using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// What the demo stores: bytes that follow from key and layer alone, so that whoever reads them can tell whether they
/// are right. A layer is the arithmetic sequence seed, seed + step, seed + 2 step, ... of 64-bit words. It is as fast
/// as memory, and the seed is a hash: a word of another block, of another layer or of another place in this layer is
/// never the expected one, but for a chance of 2^-64.
/// </summary>
internal static class BlockContent
{
    // Odd, so that the sequence runs through all 2^64 values before it repeats.
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>The seed that belongs to a key.</summary>
    public static ulong KeySeed(ReadOnlySpan<byte> key)
    {
        ulong hash = SplitMix64.Mix((ulong)key.Length + Step);
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..])
        {
            hash = SplitMix64.Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key)) + Step;
        }

        foreach (byte value in key)
        {
            hash = SplitMix64.Mix(hash ^ value) + Step;
        }

        return hash;
    }

    /// <summary>Writes layer <paramref name="layerIndex"/> of the block with this seed.</summary>
    public static void Fill(ulong keySeed, int layerIndex, Span<byte> layer)
    {
        ulong word = LayerSeed(keySeed, layerIndex);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(layer);
        Span<Vector<ulong>> vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        Vector<ulong> current = Ramp(word);
        var vectorStep = new Vector<ulong>(unchecked(Step * (ulong)Vector<ulong>.Count));
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = current;
            current += vectorStep;
        }

        int done = vectors.Length * Vector<ulong>.Count;
        word = unchecked(word + Step * (ulong)done);
        for (int i = done; i < words.Length; i++)
        {
            words[i] = word;
            word = unchecked(word + Step);
        }

        Tail(word, layer[(words.Length * sizeof(ulong))..]);
    }

    /// <summary>Whether <paramref name="layer"/> holds exactly what <see cref="Fill"/> writes.</summary>
    public static bool IsIntact(ulong keySeed, int layerIndex, ReadOnlySpan<byte> layer)
    {
        ulong word = LayerSeed(keySeed, layerIndex);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(layer);
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        Vector<ulong> current = Ramp(word);
        var vectorStep = new Vector<ulong>(unchecked(Step * (ulong)Vector<ulong>.Count));
        Vector<ulong> differences = Vector<ulong>.Zero;
        for (int i = 0; i < vectors.Length; i++)
        {
            differences |= vectors[i] ^ current;
            current += vectorStep;
        }

        int done = vectors.Length * Vector<ulong>.Count;
        word = unchecked(word + Step * (ulong)done);
        ulong difference = 0;
        for (int i = done; i < words.Length; i++)
        {
            difference |= words[i] ^ word;
            word = unchecked(word + Step);
        }

        Span<byte> tail = stackalloc byte[layer.Length - words.Length * sizeof(ulong)];
        Tail(word, tail);
        return differences == Vector<ulong>.Zero && difference == 0 && tail.SequenceEqual(layer[^tail.Length..]);
    }

    private static ulong LayerSeed(ulong keySeed, int layerIndex) =>
        SplitMix64.Mix(unchecked(keySeed + (ulong)(layerIndex + 1) * Step));

    private static Vector<ulong> Ramp(ulong first)
    {
        Span<ulong> ramp = stackalloc ulong[Vector<ulong>.Count];
        for (int i = 0; i < ramp.Length; i++)
        {
            ramp[i] = unchecked(first + (ulong)i * Step);
        }

        return new Vector<ulong>(ramp);
    }

    private static void Tail(ulong word, Span<byte> tail)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
        bytes[..tail.Length].CopyTo(tail);
    }
}
