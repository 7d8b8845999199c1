using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// The buffers of a batch call: for each object the layers that, one behind the other, are its bytes. Reusable: <see cref="Clear"/> keeps
/// the memory, so a warm batch allocates nothing. Not thread-safe. An object with an illegal buffer fails alone.
/// </summary>
public sealed class BufferBatch
{
    private MemoryBuffer[] _buffers = [];
    private int[] _ends = [];
    private long[] _sizes = [];
    private int _bufferCount;
    private long _openSizeBytes;
    private bool _openIllegal;

    /// <summary>Objects ended with <see cref="EndObject"/>.</summary>
    public int ObjectCount { get; private set; }

    /// <summary>Size in bytes of each ended object, shape [n]; 0 stands for an object with an illegal buffer.</summary>
    public ReadOnlySpan<long> SizesBytes => _sizes.AsSpan(0, ObjectCount);

    /// <summary>Adds a layer to the object that is open.</summary>
    /// <param name="address">First byte, not 0; the memory stays valid and unchanged until the call that uses this batch has returned.</param>
    /// <param name="sizeBytes">1 or more.</param>
    public void Add(nuint address, long sizeBytes)
    {
        if (_bufferCount == _buffers.Length)
        {
            Array.Resize(ref _buffers, Math.Max(16, 2 * _buffers.Length));
        }

        // A layer must not wrap around the address space, nor the object's size overflow.
        _openIllegal |= address == 0 || sizeBytes is <= 0 or > Limits.SegmentBytesMax
            || address + (nuint)sizeBytes < address;
        _openSizeBytes += _openIllegal ? 0 : sizeBytes;
        _buffers[_bufferCount++] = new MemoryBuffer(address, sizeBytes);
    }

    /// <summary>Ends the object that is open: no layer, more than <see cref="Limits.LayerCountMax"/>, or an illegal one makes it illegal.</summary>
    public void EndObject()
    {
        if (ObjectCount == _ends.Length)
        {
            int length = Math.Max(16, 2 * _ends.Length);
            Array.Resize(ref _ends, length);
            Array.Resize(ref _sizes, length);
        }

        int begin = ObjectCount == 0 ? 0 : _ends[ObjectCount - 1];
        bool legal = !_openIllegal && _bufferCount - begin <= Limits.LayerCountMax;
        _sizes[ObjectCount] = legal ? _openSizeBytes : 0;
        _ends[ObjectCount++] = _bufferCount;
        _openSizeBytes = 0;
        _openIllegal = false;
    }

    /// <summary>Adds an object of one buffer.</summary>
    public void AddObject(nuint address, long sizeBytes)
    {
        Add(address, sizeBytes);
        EndObject();
    }

    /// <summary>The layers of object <paramref name="index"/>.</summary>
    public ReadOnlySpan<MemoryBuffer> Layers(int index)
    {
        int begin = index == 0 ? 0 : _ends[index - 1];
        return _buffers.AsSpan(begin, _ends[index] - begin);
    }

    /// <summary>Removes all objects and keeps the memory.</summary>
    public void Clear()
    {
        ObjectCount = 0;
        _bufferCount = 0;
        _openSizeBytes = 0;
        _openIllegal = false;
    }
}
