using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.LocalService;

/// <summary>Native memory for one block of each key, in two layers.</summary>
internal sealed class Blocks : IDisposable
{
    private readonly KeyBatch _keys;
    private readonly int _sizeBytes;
    private readonly NativeBuffer _memory;
    private readonly BufferBatch _buffers = new();

    public Blocks(KeyBatch keys, int sizeBytes)
    {
        _keys = keys;
        _sizeBytes = sizeBytes;
        _memory = NativeBuffer.Allocate(keys.Count * sizeBytes);
        for (int i = 0; i < keys.Count; i++)
        {
            nuint address = _memory.Address + (nuint)(i * sizeBytes);
            _buffers.Add(address, 1000);
            _buffers.Add(address + 1000, sizeBytes - 1000);
            _buffers.EndObject();
        }
    }

    /// <summary>The buffers, with each key's content.</summary>
    public BufferBatch Filled()
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            KeyedContent.Fill(_keys.KeyText(i), Block(i));
        }

        return _buffers;
    }

    /// <summary>The buffers, empty.</summary>
    public BufferBatch Cleared()
    {
        _memory.Slice(0, _keys.Count * _sizeBytes).Clear();
        return _buffers;
    }

    public void AssertFilled(params int[] indexes)
    {
        foreach (int i in indexes)
        {
            Assert.Equal(-1, KeyedContent.FirstWrong(_keys.KeyText(i), Block(i)));
        }
    }

    public void Dispose() => _memory.Dispose();

    private Span<byte> Block(int index) => _memory.Slice(index * _sizeBytes, _sizeBytes);
}
