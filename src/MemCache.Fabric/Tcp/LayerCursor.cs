using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>Goes through the bytes of a list of buffers, some at a time.</summary>
internal struct LayerCursor
{
    private int _layer;
    private long _offset;

    /// <summary>
    /// A cursor at byte <paramref name="begin"/> of the buffers from <paramref name="firstLayer"/> on.
    /// </summary>
    public LayerCursor(ReadOnlySpan<MemoryBuffer> layers, int firstLayer, long begin)
    {
        _layer = firstLayer;
        _offset = begin;
        while (_offset > 0 && _offset >= layers[_layer].SizeBytes)
        {
            _offset -= layers[_layer++].SizeBytes;
        }
    }

    /// <summary>The next contiguous bytes, at most this many.</summary>
    public readonly MemoryBuffer Peek(ReadOnlySpan<MemoryBuffer> layers, long sizeBytesMax)
    {
        MemoryBuffer layer = layers[_layer];
        return new MemoryBuffer(layer.Address + (nuint)_offset, Math.Min(layer.SizeBytes - _offset, sizeBytesMax));
    }

    /// <summary>Goes on.</summary>
    public void Advance(ReadOnlySpan<MemoryBuffer> layers, long sizeBytes)
    {
        _offset += sizeBytes;
        while (_layer < layers.Length && _offset >= layers[_layer].SizeBytes)
        {
            _offset -= layers[_layer++].SizeBytes;
        }
    }

    /// <summary>Lists the next bytes without going on.</summary>
    /// <param name="layers">All buffers.</param>
    /// <param name="sizeBytes">How many bytes.</param>
    /// <param name="vector">Filled from its beginning.</param>
    /// <param name="listedBytes">How many of them it has room for.</param>
    /// <returns>Entries filled.</returns>
    public readonly int List(
        ReadOnlySpan<MemoryBuffer> layers, long sizeBytes, Span<MemoryBuffer> vector, out long listedBytes)
    {
        LayerCursor cursor = this;
        int count = 0;
        listedBytes = 0;
        while (count < vector.Length && listedBytes < sizeBytes)
        {
            MemoryBuffer next = cursor.Peek(layers, sizeBytes - listedBytes);
            vector[count++] = next;
            listedBytes += next.SizeBytes;
            cursor.Advance(layers, next.SizeBytes);
        }

        return count;
    }
}
