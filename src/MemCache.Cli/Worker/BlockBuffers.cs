using MemCache.Interop;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// Memory for a batch of blocks as an engine keeps it: for each layer one array with a place for each block, so the
/// buffers of one block lie far apart.
/// </summary>
internal sealed class BlockBuffers : IDisposable
{
    private readonly BlockShape _shape;
    private readonly NativeBuffer _memory;
    private readonly long[] _layerOffsets;

    /// <summary>Allocates and touches the memory.</summary>
    /// <exception cref="InsufficientMemoryException">There is not enough.</exception>
    public BlockBuffers(BlockShape shape, int blockCount)
    {
        _shape = shape;
        BlockCount = blockCount;
        _layerOffsets = new long[shape.LayerSizes.Count];
        long offset = 0;
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            _layerOffsets[layer] = offset;
            offset += (long)shape.LayerSizes[layer] * blockCount;
        }

        _memory = NativeBuffer.Allocate(offset);
        _memory.Prefault();
    }

    /// <summary>Blocks that fit.</summary>
    public int BlockCount { get; }

    /// <summary>First byte of all the memory: the blocks without gaps, in some order.</summary>
    public nuint Address => _memory.Address;

    /// <summary>Bytes of all blocks.</summary>
    public long SizeBytes => _memory.SizeBytes;

    /// <summary>Adds the buffers of the block at <paramref name="place"/> as one object.</summary>
    public void AddTo(BufferBatch batch, int place)
    {
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            batch.Add(_memory.Address + (nuint)Offset(layer, place), _shape.LayerSizes[layer]);
        }

        batch.EndObject();
    }

    /// <summary>Adds each buffer of the block at <paramref name="place"/> as an object of its own.</summary>
    public void AddLayersTo(BufferBatch batch, int place)
    {
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            batch.AddObject(_memory.Address + (nuint)Offset(layer, place), _shape.LayerSizes[layer]);
        }
    }

    /// <summary>Writes the content that belongs to a key.</summary>
    public void Fill(int place, ulong keySeed)
    {
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            BlockContent.Fill(keySeed, layer, Layer(layer, place));
        }
    }

    /// <summary>Whether the block holds the content that belongs to a key.</summary>
    public bool IsIntact(int place, ulong keySeed)
    {
        bool intact = true;
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            intact &= BlockContent.IsIntact(keySeed, layer, Layer(layer, place));
        }

        return intact;
    }

    /// <summary>Makes the block's content wrong, so that a get that does nothing is found out.</summary>
    public void Spoil(int place)
    {
        for (int layer = 0; layer < _layerOffsets.Length; layer++)
        {
            Span<byte> bytes = Layer(layer, place);
            bytes[0] = (byte)~bytes[0];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private long Offset(int layer, int place) => _layerOffsets[layer] + (long)place * _shape.LayerSizes[layer];

    private Span<byte> Layer(int layer, int place) => _memory.Slice(Offset(layer, place), _shape.LayerSizes[layer]);
}
