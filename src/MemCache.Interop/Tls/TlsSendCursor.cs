using MemCache.Core;

namespace MemCache.Interop;

/// <summary>Walks a list of buffers in pieces of a record.</summary>
internal unsafe ref struct TlsSendCursor
{
    private readonly ReadOnlySpan<MemoryBuffer> _buffers;
    private int _index;
    private long _offset;

    public TlsSendCursor(ReadOnlySpan<MemoryBuffer> buffers)
    {
        _buffers = buffers;
        SkipEmpty();
    }

    /// <summary>Whether bytes are left.</summary>
    public readonly bool HasMore => _index < _buffers.Length;

    /// <summary>The next bytes where they lie, if they make a whole record or are the last.</summary>
    /// <param name="recordBytes">Size of a record.</param>
    /// <param name="bytes">First byte.</param>
    /// <returns>How many; 0: take <see cref="Gather"/>, the next ones lie in several buffers.</returns>
    public readonly int Peek(int recordBytes, out byte* bytes)
    {
        long left = _buffers[_index].SizeBytes - _offset;
        // SAFETY: the caller of the channel keeps its buffers valid for the call.
        bytes = (byte*)_buffers[_index].Address + _offset;
        return left >= recordBytes || _index == _buffers.Length - 1 ? (int)Math.Min(left, recordBytes) : 0;
    }

    /// <summary>Copies the next bytes, at most <paramref name="room"/>, without moving on.</summary>
    public readonly int Gather(Span<byte> room)
    {
        int done = 0;
        long offset = _offset;
        for (int i = _index; i < _buffers.Length && done < room.Length; i++, offset = 0)
        {
            int piece = (int)Math.Min(_buffers[i].SizeBytes - offset, room.Length - done);
            // SAFETY: as above, and the piece ends inside the buffer.
            new ReadOnlySpan<byte>((byte*)_buffers[i].Address + offset, piece).CopyTo(room[done..]);
            done += piece;
        }

        return done;
    }

    /// <summary>Moves on by as many bytes; returns the number.</summary>
    public int Skip(int count)
    {
        int left = count;
        while (left > 0 && HasMore)
        {
            int piece = (int)Math.Min(_buffers[_index].SizeBytes - _offset, left);
            _offset += piece;
            left -= piece;
            SkipEmpty();
        }

        return count - left;
    }

    private void SkipEmpty()
    {
        while (_index < _buffers.Length && _offset >= _buffers[_index].SizeBytes)
        {
            _index++;
            _offset = 0;
        }
    }
}
