using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MemCache.Core;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace MemCache.Meta;

/// <summary>
/// 64-bit seeded hash of a key. Where the processor has AES: 16 bytes are one round of it, keyed by the seed, and two rounds more mix the end.
/// Elsewhere, and for keys below 16 bytes, 16 bytes are folded by a 64 x 64 -> 128 bit multiply whose halves are combined. Not for secrets; the
/// seed makes it hard to choose keys that collide. About 5 ns for 64 bytes. The numbers are never stored, so processors may differ.
/// The idea of rounds of AES is that of Go's memhash and of "aHash"; that of folding multiplies Vladimir Makarov's "mum-hash" (2016) and
/// Wang Yi's "wyhash" (2019). The code is ours.
/// </summary>
internal readonly struct KeyHash
{
    private const int StepBytes = 16;

    // Odd, with half of their bits set: the fractional parts of the square roots of 3 and 5.
    private const ulong Second = 0xBB67AE8584CAA73B;
    private const ulong Third = 0x3C6EF372FE94F82B;

    private readonly Vector128<byte> _first;
    private readonly Vector128<byte> _second;

    /// <summary>Hashes of this seed.</summary>
    public KeyHash(ulong seed)
    {
        _first = Vector128.Create(SplitMix64.Mix(seed), SplitMix64.Mix(seed ^ Second)).AsByte();
        _second = Vector128.Create(SplitMix64.Mix(seed ^ Third), SplitMix64.Mix(seed + Second)).AsByte();
    }

    private static bool HasRounds => X86Aes.IsSupported || ArmAes.IsSupported;

    /// <summary>Hash of <paramref name="key"/>, any length.</summary>
    public ulong Compute(ReadOnlySpan<byte> key) =>
        HasRounds && key.Length >= StepBytes ? ComputeByRounds(key) : ComputeByFolds(key);

    /// <summary>As <see cref="Compute"/> on a processor without AES.</summary>
    internal ulong ComputeByFolds(ReadOnlySpan<byte> key)
    {
        ulong lowSecret = _first.AsUInt64()[0];
        ulong highSecret = _first.AsUInt64()[1];
        ulong state = highSecret ^ (ulong)key.Length * Third;
        // Whole steps, all but the last one. Little-endian, like all of MemCache.
        int stepCount = key.IsEmpty ? 0 : (key.Length - 1) / StepBytes;
        foreach (ref readonly Words step in MemoryMarshal.Cast<byte, Words>(key)[..stepCount])
        {
            state = Fold(step.Low ^ lowSecret, step.High ^ state);
        }

        // The last 16 bytes, overlapping what was already read when there are fewer.
        (ulong low, ulong high) = key.Length >= StepBytes
            ? (Read64(key[^StepBytes..]), Read64(key[^8..]))
            : ReadShort(key);
        return Fold(Fold(low ^ Second, high ^ state) ^ Third, state ^ lowSecret);
    }

    private ulong ComputeByRounds(ReadOnlySpan<byte> key)
    {
        Vector128<byte> first = _first;
        Vector128<byte> second = _second;
        Vector128<byte> state = first ^ Vector128.CreateScalar((uint)key.Length).AsByte();
        foreach (ref readonly Vector128<byte> step in MemoryMarshal.Cast<byte, Vector128<byte>>(key))
        {
            state = Round(state ^ step, second);
        }

        if (key.Length % StepBytes != 0)
        {
            // The last 16 bytes overlap what was already read.
            state = Round(state ^ Vector128.Create(key[^StepBytes..]), second);
        }

        return Round(Round(state, first), second).AsUInt64()[0];
    }

    // Both compute MixColumns(ShiftRows(SubBytes(state))) ^ key.
    private static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) => X86Aes.IsSupported
        ? X86Aes.Encrypt(state, key)
        : ArmAes.MixColumns(ArmAes.Encrypt(state, Vector128<byte>.Zero)) ^ key;

    private static (ulong Low, ulong High) ReadShort(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8)
        {
            return (Read64(key), Read64(key[^8..]));
        }

        if (key.Length >= 4)
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(key), BinaryPrimitives.ReadUInt32LittleEndian(key[^4..]));
        }

        return key.IsEmpty ? (0UL, 0UL) : ((ulong)key[0] | (ulong)key[key.Length / 2] << 8, key[^1]);
    }

    private static ulong Read64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private readonly record struct Words(ulong Low, ulong High);
}
