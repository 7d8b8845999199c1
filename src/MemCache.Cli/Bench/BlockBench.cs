using System.Diagnostics;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// Moves one batch of full blocks through a store and times it. Every call must succeed: a bench of failures would be a
/// fast one.
/// </summary>
internal sealed class BlockBench : IDisposable
{
    private readonly ObjectStore _store;
    private readonly BlockBuffers _buffers;
    private readonly BufferBatch _batch = new();
    private readonly MmcStatus[] _results;
    private readonly KeyBatch _putKeys = new();
    private long _putCount;

    /// <summary>Buffers for a batch of blocks.</summary>
    public BlockBench(ObjectStore store, BlockShape shape, int batchCount)
    {
        _store = store;
        _buffers = new BlockBuffers(shape, batchCount);
        _results = new MmcStatus[batchCount];
        for (int place = 0; place < batchCount; place++)
        {
            _buffers.AddTo(_batch, place);
        }
    }

    /// <summary>Bytes of the batch.</summary>
    public long SizeBytes => _buffers.SizeBytes;

    /// <summary>Puts the batch that <see cref="Get"/> gets under the keys of a family, on a given rank.</summary>
    /// <exception cref="ChildProcessException">It failed.</exception>
    public void Store(string family, RankId rank) => Store(family, new ReplicateOptions(1, rank));

    /// <summary>Puts the batch that <see cref="Get"/> gets under the keys of a family.</summary>
    public void Store(string family, ReplicateOptions placement)
    {
        KeyBatch keys = Keys(family);
        for (int place = 0; place < _buffers.BlockCount; place++)
        {
            _buffers.Fill(place, Seed(keys, place));
        }

        Check("put", _store.PutBatch(keys, _batch, placement, _results));
    }

    /// <summary>Gets the batch of a family.</summary>
    public TimeSpan Get(string family)
    {
        KeyBatch keys = Keys(family);
        long begin = Stopwatch.GetTimestamp();
        MmcStatus status = _store.GetBatch(keys, _batch, _results);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        Check("get", status);
        return time;
    }

    /// <summary>Puts the batch under new keys on a given rank; removes it again, which is not timed.</summary>
    public TimeSpan Put(RankId rank) => Put(new ReplicateOptions(1, rank));

    /// <summary>Puts the batch under new keys; removes it again, which is not timed.</summary>
    public TimeSpan Put(ReplicateOptions placement)
    {
        _putKeys.Clear();
        for (int place = 0; place < _buffers.BlockCount; place++)
        {
            _putKeys.Add(BenchKeys.Key("put", _putCount++));
        }

        long begin = Stopwatch.GetTimestamp();
        MmcStatus status = _store.PutBatch(_putKeys, _batch, placement, _results);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        Check("put", status);
        Check("remove", _store.RemoveBatch(_putKeys, _results));
        return time;
    }

    /// <summary>Gets the batch of a family and looks at every byte.</summary>
    /// <exception cref="ChildProcessException">Some are wrong.</exception>
    public void Verify(string family)
    {
        for (int place = 0; place < _buffers.BlockCount; place++)
        {
            _buffers.Spoil(place);
        }

        Get(family);
        KeyBatch keys = Keys(family);
        for (int place = 0; place < _buffers.BlockCount; place++)
        {
            if (!_buffers.IsIntact(place, Seed(keys, place)))
            {
                throw new ChildProcessException($"wrong bytes in {keys.KeyText(place)}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private KeyBatch Keys(string family) => BenchKeys.Batch(family, 0, _buffers.BlockCount);

    private static ulong Seed(KeyBatch keys, int place)
    {
        keys.Spans.TryGet(place, out ReadOnlySpan<byte> key);
        return BlockContent.KeySeed(key);
    }

    private static void Check(string operation, MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new ChildProcessException($"a {operation} of the bench failed: {status} ({(int)status})");
        }
    }
}
