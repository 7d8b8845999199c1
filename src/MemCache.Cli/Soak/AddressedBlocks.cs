using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// Blocks that are written as engines write layer by layer: space first, then copies to addresses, then the end. Now
/// and then it never comes, or says that the block is to be dropped. Not thread-safe.
/// </summary>
internal sealed class AddressedBlocks(ObjectStore store, BlockShape shape, StatusCounts statuses) : IDisposable
{
    // Short enough that what is left behind comes back while the run lasts.
    private const int LeaseMs = 2000;

    private readonly BlockBuffers _buffers = new(shape, blockCount: 1);
    private readonly KeyBatch _key = new();
    private readonly BufferBatch _layers = new();
    private readonly GlobalAddress[] _addresses = new GlobalAddress[shape.LayerSizes.Count];
    private readonly MmcStatus[] _result = new MmcStatus[1];

    /// <summary>Writes one block.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="end">How it ends: 0: is dropped; 1: is left behind; else: is finished.</param>
    public void Write(ulong id, int end)
    {
        ReadOnlySpan<byte> key = BlockClient.WriteKey(id, stackalloc byte[32]);
        _key.Clear();
        _key.Add(key);
        var address = new GlobalAddress[1];
        store.AllocBatch(_key, [shape.SizeBytes], Medium.Dram, LeaseMs, address, _result);
        statuses.Add("alloc", _result[0]);
        if (_result[0] != MmcStatus.Ok)
        {
            return;
        }

        _buffers.Fill(0, BlockContent.KeySeed(key));
        MmcStatus copied = Copy(address[0]);
        statuses.Add("write", copied);
        if (end != 1)
        {
            store.FinishWriteBatch(_key, [copied == MmcStatus.Ok && end != 0 ? 0 : -1], _result);
            statuses.Add("finish", _result[0]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private MmcStatus Copy(GlobalAddress begin)
    {
        _layers.Clear();
        _buffers.AddLayersTo(_layers, 0);
        long offset = 0;
        for (int layer = 0; layer < _addresses.Length; layer++)
        {
            _addresses[layer] = begin.Add(offset);
            offset += shape.LayerSizes[layer];
        }

        return store.CopyBatch(_addresses, _layers, CopyDirection.Put);
    }
}
