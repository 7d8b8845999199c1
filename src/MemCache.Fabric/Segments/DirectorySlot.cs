using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>One entry of a segment's directory, little-endian, as it lies in the file.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct DirectorySlot
{
    /// <summary>Five cache lines.</summary>
    public const int SizeOf = 320;

    /// <summary><see cref="Flags"/>: <see cref="Checksum"/> holds the object's CRC-32C.</summary>
    public const byte FlagChecksum = 1;

    internal const int KeyOffset = 64;

    /// <summary>A <see cref="SlotWord"/>.</summary>
    [FieldOffset(0)] public ulong Word;

    /// <summary>The blob's first byte, from the start of the data.</summary>
    [FieldOffset(8)] public long Offset;

    /// <summary>The object's size.</summary>
    [FieldOffset(16)] public long SizeBytes;

    /// <summary>The generation that the fields here belong to: written before the word says ready.</summary>
    [FieldOffset(24)] public ulong Generation;

    /// <summary>CRC-32C of the object, if <see cref="Flags"/> says so.</summary>
    [FieldOffset(32)] public uint Checksum;

    /// <summary>Bytes of the key, 1 .. <see cref="Limits.KeyBytesMax"/>.</summary>
    [FieldOffset(36)] public ushort KeyLength;

    /// <summary><see cref="FlagChecksum"/> or 0.</summary>
    [FieldOffset(38)] public byte Flags;

    /// <summary>Replicas that the object was put with, 1 .. <see cref="Limits.ReplicaCountMax"/>.</summary>
    [FieldOffset(39)] public byte ReplicaCount;

    /// <summary>Generation of the object's first replica when it was put: tells replicas of one put from those of another.</summary>
    [FieldOffset(40)] public ulong PutGeneration;

    /// <summary>Which of the object's replicas this is, 0-based.</summary>
    [FieldOffset(48)] public byte ReplicaIndex;

    [FieldOffset(KeyOffset)] private KeyBytes _key;

    /// <summary>The key. Only as long as <see cref="KeyLength"/> is legal.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Key =>
        ((ReadOnlySpan<byte>)_key)[..Math.Min((int)KeyLength, Limits.KeyBytesMax)];

    [InlineArray(Limits.KeyBytesMax)]
    private struct KeyBytes
    {
        private byte _first;
    }
}
