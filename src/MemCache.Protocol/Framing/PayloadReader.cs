using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemCache.Protocol;

/// <summary>
/// Reads a payload from front to back. After the first read that does not fit every later one fails too, so a decoder may read all it
/// wants and ask <see cref="HasFailed"/> once. Never throws, never reads outside, never allocates.
/// </summary>
public ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _offset;

    /// <summary>Whether some read did not fit.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether everything fitted and nothing is left over.</summary>
    public readonly bool IsAtEnd => !HasFailed && _offset == _payload.Length;

    /// <summary>One byte, or 0 after a failure.</summary>
    public byte ReadByte() => TryTake(1, out ReadOnlySpan<byte> bytes) ? bytes[0] : (byte)0;

    /// <summary>Two bytes, or 0 after a failure.</summary>
    public ushort ReadUInt16() =>
        TryTake(sizeof(ushort), out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    /// <summary>Four bytes, or 0 after a failure.</summary>
    public uint ReadUInt32() =>
        TryTake(sizeof(uint), out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    /// <summary>Four bytes, or 0 after a failure.</summary>
    public int ReadInt32() => (int)ReadUInt32();

    /// <summary>Eight bytes, or 0 after a failure.</summary>
    public ulong ReadUInt64() =>
        TryTake(sizeof(ulong), out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    /// <summary>Eight bytes, or 0 after a failure.</summary>
    public long ReadInt64() => (long)ReadUInt64();

    /// <summary>Sixteen bytes, or the empty id after a failure.</summary>
    public Guid ReadGuid() => TryTake(16, out ReadOnlySpan<byte> bytes) ? new Guid(bytes) : Guid.Empty;

    /// <summary><paramref name="count"/> elements as a view, or none after a failure.</summary>
    public ReadOnlySpan<T> ReadSpan<T>(uint count, int countMax)
        where T : unmanaged
    {
        if (count > countMax)
        {
            HasFailed = true;
            return default;
        }

        return TryTake((long)count * ElementSize<T>.Bytes, out ReadOnlySpan<byte> bytes)
            ? MemoryMarshal.Cast<byte, T>(bytes)
            : default;
    }

    /// <summary>A length-prefixed text of at most <paramref name="bytesMax"/> bytes, padded to the next boundary.</summary>
    public ReadOnlySpan<byte> ReadText(int bytesMax)
    {
        ReadOnlySpan<byte> text = ReadSpan<byte>(ReadUInt32(), bytesMax);
        Align();
        return text;
    }

    /// <summary>Steps to the next 8-byte boundary.</summary>
    public void Align() => TryTake(-_offset & 7, out _);

    private bool TryTake(long sizeBytes, out ReadOnlySpan<byte> bytes)
    {
        if (HasFailed || sizeBytes > _payload.Length - _offset)
        {
            HasFailed = true;
            bytes = default;
            return false;
        }

        bytes = _payload.Slice(_offset, (int)sizeBytes);
        _offset += (int)sizeBytes;
        return true;
    }
}
