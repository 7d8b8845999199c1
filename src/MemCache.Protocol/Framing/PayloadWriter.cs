using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemCache.Protocol;

/// <summary>
/// Writes a payload from front to back into memory of the caller's. After the first write that does not fit every later one is ignored,
/// so an encoder may write all it has and ask <see cref="Length"/> once. Never throws, never allocates.
/// </summary>
public ref struct PayloadWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private int _offset;

    /// <summary>Whether some write did not fit.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Bytes written, or -1 if something did not fit.</summary>
    public readonly int Length => HasFailed ? -1 : _offset;

    /// <summary>Writes one byte.</summary>
    public void Write(byte value) => Take<byte>(1).Fill(value);

    /// <summary>Writes two bytes.</summary>
    public void Write(ushort value)
    {
        if (TryTake(sizeof(ushort), out Span<byte> bytes))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }
    }

    /// <summary>Writes four bytes.</summary>
    public void Write(uint value)
    {
        if (TryTake(sizeof(uint), out Span<byte> bytes))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
    }

    /// <summary>Writes four bytes.</summary>
    public void Write(int value) => Write((uint)value);

    /// <summary>Writes eight bytes.</summary>
    public void Write(ulong value)
    {
        if (TryTake(sizeof(ulong), out Span<byte> bytes))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }
    }

    /// <summary>Writes eight bytes.</summary>
    public void Write(long value) => Write((ulong)value);

    /// <summary>Writes sixteen bytes.</summary>
    public void Write(Guid value)
    {
        if (TryTake(16, out Span<byte> bytes))
        {
            _ = value.TryWriteBytes(bytes);
        }
    }

    /// <summary>Writes elements as they lie in memory.</summary>
    public void Write<T>(scoped ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (TryTake((long)values.Length * ElementSize<T>.Bytes, out Span<byte> bytes))
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
        }
    }

    /// <summary>Writes a length-prefixed text and pads to the next boundary. What is longer than the reader's limit fails there.</summary>
    public void WriteText(scoped ReadOnlySpan<byte> text)
    {
        Write((uint)text.Length);
        Write(text);
        Align();
    }

    /// <summary>Leaves room for <paramref name="count"/> elements and returns it to be filled; empty if it does not fit.</summary>
    public Span<T> Take<T>(int count)
        where T : unmanaged =>
        TryTake((long)count * ElementSize<T>.Bytes, out Span<byte> bytes) ? MemoryMarshal.Cast<byte, T>(bytes) : default;

    /// <summary>Zero bytes up to the next 8-byte boundary.</summary>
    public void Align()
    {
        if (TryTake(-_offset & 7, out Span<byte> bytes))
        {
            bytes.Clear();
        }
    }

    private bool TryTake(long sizeBytes, out Span<byte> bytes)
    {
        if (HasFailed || sizeBytes > _room.Length - _offset)
        {
            HasFailed = true;
            bytes = default;
            return false;
        }

        bytes = _room.Slice(_offset, (int)sizeBytes);
        _offset += (int)sizeBytes;
        return true;
    }
}
