using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>The engine's LRU over its own records. Whether a block is there it knows from an array: the engine has looked it up anyway.</summary>
internal sealed class LruRun(int capacity) : IEvictionRun
{
    private const int RecordGranules = 16;

    private readonly Slab _slab = new(new ChunkPool(20));
    private LruPolicy _policy;
    private uint[] _records = new uint[1 << 20];
    private ulong _sequence;

    public int Serve(ReadOnlySpan<int> blocks)
    {
        int hits = 0;
        for (int i = blocks.Length - 1; i >= 0; i--)
        {
            int block = blocks[i];
            if (block >= _records.Length)
            {
                Array.Resize(ref _records, 2 * _records.Length);
            }

            uint record = _records[block];
            if (record != 0)
            {
                _policy.Touch(_slab, record, ref _slab.Ref<RecordHeader>(record), ++_sequence);
                hits++;
            }
            else
            {
                record = _slab.Allocate(RecordGranules);
                ref RecordHeader header = ref _slab.Ref<RecordHeader>(record);
                header = default;
                header.SizeBytes = block;
                _policy.Insert(_slab, record, ++_sequence);
                _records[block] = record;
            }
        }

        _policy.Settle(_slab);
        while (_policy.Count > capacity)
        {
            uint oldest = _policy.First;
            _records[_slab.Ref<RecordHeader>(oldest).SizeBytes] = 0;
            _policy.Remove(_slab, oldest);
            _slab.Free(oldest);
        }

        return hits;
    }
}
