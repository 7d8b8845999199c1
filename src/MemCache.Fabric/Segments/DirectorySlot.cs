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

    /// <summary><see cref="Flags"/>: <see cref="Terms"/> say something.</summary>
    public const byte FlagTerms = 2;

    /// <summary>
    /// <see cref="Flags"/>: the object has an end that there is no room for beside its key; so it does not outlive its
    /// MetaService.
    /// </summary>
    public const byte FlagUnkept = 4;

    internal const int KeyOffset = 64;

    // The last bytes of the longest keys.
    private const int TermsOffset = SizeOf - 4;
    private const int KeyBytesMaxWithTerms = TermsOffset - KeyOffset;

    /// <summary>A <see cref="SlotWord"/>.</summary>
    [FieldOffset(0)] public ulong Word;

    /// <summary>The blob's first byte, from the start of the data.</summary>
    [FieldOffset(8)] public long Offset;

    /// <summary>The object's size.</summary>
    [FieldOffset(16)] public long SizeBytes;

    /// <summary>
    /// The generation that offset, size and writer belong to: written behind them, when the slot was taken. The other
    /// fields belong to it once the word says ready.
    /// </summary>
    [FieldOffset(24)] public ulong Generation;

    /// <summary>CRC-32C of the object, if <see cref="Flags"/> says so.</summary>
    [FieldOffset(32)] public uint Checksum;

    /// <summary>Bytes of the key, 1 .. <see cref="Limits.KeyBytesMax"/>.</summary>
    [FieldOffset(36)] public ushort KeyLength;

    /// <summary><see cref="FlagChecksum"/>, <see cref="FlagTerms"/>, <see cref="FlagUnkept"/>, or 0.</summary>
    [FieldOffset(38)] public byte Flags;

    [FieldOffset(39)] private byte _replicas;

    /// <summary>Generation of the object's first replica when it was put: tells replicas of one put from those of another.</summary>
    [FieldOffset(40)] public ulong PutGeneration;

    /// <summary>
    /// The liveness file of the process that writes the blob: <see cref="SegmentUuid"/> of its name, 0 if it is not
    /// known. Written before <see cref="Generation"/>, as offset and size are.
    /// </summary>
    [FieldOffset(48)] public UInt128 Writer;

    [FieldOffset(KeyOffset)] private KeyBytes _key;

    [FieldOffset(TermsOffset)] private uint _terms;

    /// <summary>
    /// Pin and end of life. Beside a key of more than 252 bytes there is no room: then none, and an object with an end is
    /// <see cref="FlagUnkept"/>.
    /// </summary>
    public readonly StoredTerms Terms =>
        (Flags & FlagTerms) != 0 && KeyLength <= KeyBytesMaxWithTerms ? new StoredTerms(_terms) : default;

    /// <summary>
    /// Replicas that the object was put with, 0 .. 15; 1 .. <see cref="Limits.ReplicaCountMax"/> are legal.
    /// </summary>
    public readonly int ReplicaCount => _replicas & 0xF;

    /// <summary>Which of the object's replicas this is, 0-based.</summary>
    public readonly int ReplicaIndex => _replicas >> 4;

    /// <summary>The key. Only as long as <see cref="KeyLength"/> is legal.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Key =>
        ((ReadOnlySpan<byte>)_key)[..Math.Min((int)KeyLength, Limits.KeyBytesMax)];

    /// <summary>Says which replica this is, and of how many.</summary>
    public void SetReplica(int index, int count) => _replicas = (byte)(index << 4 | count);

    /// <summary>Writes <see cref="Terms"/> and their flags, behind <see cref="KeyLength"/> and before the key.</summary>
    public void SetTerms(StoredTerms terms)
    {
        if (terms.Value == 0 || KeyLength > KeyBytesMaxWithTerms)
        {
            Flags |= terms.HasEnd ? FlagUnkept : (byte)0;
            return;
        }

        Flags |= FlagTerms;
        _terms = terms.Value;
    }

    [InlineArray(Limits.KeyBytesMax)]
    private struct KeyBytes
    {
        private byte _first;
    }
}
