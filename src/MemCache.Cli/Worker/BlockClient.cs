using System.Diagnostics;
using System.Globalization;
using System.Text;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// Serves requests as an inference engine does: asks which blocks of the prompt are there, gets the leading run of
/// them, and puts the rest. Verifies every byte it gets. Not thread-safe.
/// </summary>
internal sealed class BlockClient : IDisposable
{
    private readonly ObjectStore _store;
    private readonly BlockShape _shape;
    private readonly BlockBuffers _buffers;
    private readonly Action<string> _reportError;
    private readonly KeyBatch _allKeys = new();
    private readonly KeyBatch _keys = new();
    private readonly BufferBatch _batch = new();
    private readonly MmcStatus[] _batchResults;
    private MmcStatus[] _found = [];
    private ulong[] _seeds = [];
    private RequestOutcome _outcome;

    /// <summary>A client of this store.</summary>
    /// <param name="store">The store; stays the caller's.</param>
    /// <param name="shape">The buffers of a block.</param>
    /// <param name="batchCount">Blocks of one get or put.</param>
    /// <param name="reportError">
    /// Is told about every status that is neither success nor a miss, nor <see cref="IsExpected"/>.
    /// </param>
    public BlockClient(ObjectStore store, BlockShape shape, int batchCount, Action<string> reportError)
    {
        _store = store;
        _shape = shape;
        _reportError = reportError;
        _buffers = new BlockBuffers(shape, batchCount);
        _batchResults = new MmcStatus[batchCount];
    }

    /// <summary>Replicas of what it puts.</summary>
    public ReplicateOptions Replicas { get; init; }

    /// <summary>Whether a status of an operation is counted only, not told. Default: none is.</summary>
    public Func<string, MmcStatus, bool> IsExpected { get; init; } = static (_, _) => false;

    /// <summary>How often each operation ended with each status.</summary>
    public StatusCounts Statuses { get; } = new();

    /// <summary>Durations of the calls of batch-exist, one a request.</summary>
    public LatencyHistogram ExistLatency { get; } = new();

    /// <summary>Durations of the calls of batch-get.</summary>
    public LatencyHistogram GetLatency { get; } = new();

    /// <summary>Durations of the calls of batch-put.</summary>
    public LatencyHistogram PutLatency { get; } = new();

    /// <summary>Writes the key of a block: <c>demo/</c> and 16 hexadecimal digits.</summary>
    /// <returns>The part of <paramref name="room"/> that holds it.</returns>
    public static ReadOnlySpan<byte> WriteKey(ulong hashId, Span<byte> room)
    {
        Encoding.UTF8.TryGetBytes("demo/", room, out int prefix);
        hashId.TryFormat(room[prefix..], out int digits, "x16", CultureInfo.InvariantCulture);
        return room[..(prefix + digits)];
    }

    /// <summary>Serves one request.</summary>
    public RequestOutcome Serve(ReadOnlySpan<ulong> hashIds)
    {
        _outcome = new RequestOutcome { Requests = 1, BlockReferences = hashIds.Length };
        if (hashIds.Length > 0)
        {
            Prepare(hashIds);
            int found = Exist(hashIds.Length);
            int hits = Get(found);
            Put(hits, hashIds.Length);
            _outcome = _outcome with { BlockHits = hits };
        }

        return _outcome;
    }

    /// <summary>Gets what is there of some blocks, and puts nothing.</summary>
    public RequestOutcome Verify(ReadOnlySpan<ulong> hashIds)
    {
        _outcome = new RequestOutcome { Requests = 1, BlockReferences = hashIds.Length };
        Prepare(hashIds);
        for (int begin = 0; begin < hashIds.Length; begin += _buffers.BlockCount)
        {
            GetBatch(begin, Math.Min(_buffers.BlockCount, hashIds.Length - begin));
        }

        return _outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private void Prepare(ReadOnlySpan<ulong> hashIds)
    {
        if (_seeds.Length < hashIds.Length)
        {
            _seeds = new ulong[hashIds.Length];
            _found = new MmcStatus[hashIds.Length];
        }

        _allKeys.Clear();
        Span<byte> room = stackalloc byte[32];
        for (int i = 0; i < hashIds.Length; i++)
        {
            ReadOnlySpan<byte> key = WriteKey(hashIds[i], room);
            _allKeys.Add(key);
            _seeds[i] = BlockContent.KeySeed(key);
        }
    }

    // How many blocks of the leading run are there.
    private int Exist(int count)
    {
        Span<MmcStatus> found = _found.AsSpan(0, count);
        long begin = Stopwatch.GetTimestamp();
        _store.ExistsBatch(_allKeys, found);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        Statuses.Add("exist", found);
        ExistLatency.Record(time);
        _outcome = _outcome with { ExistTime = time };
        foreach (MmcStatus status in found)
        {
            if (status is not (MmcStatus.Ok or MmcStatus.ObjectNotFound))
            {
                CountError("exist", status);
            }
        }

        int miss = found.IndexOfAnyExcept(MmcStatus.Ok);
        return miss < 0 ? count : miss;
    }

    // How many of them could be got: one that was evicted meanwhile ends the run.
    private int Get(int count)
    {
        for (int begin = 0; begin < count; begin += _buffers.BlockCount)
        {
            int got = GetBatch(begin, Math.Min(_buffers.BlockCount, count - begin));
            if (got < _buffers.BlockCount)
            {
                return begin + got;
            }
        }

        return count;
    }

    private int GetBatch(int begin, int count)
    {
        FillBatch(begin, count);
        for (int place = 0; place < count; place++)
        {
            _buffers.Spoil(place);
        }

        Span<MmcStatus> results = _batchResults.AsSpan(0, count);
        long start = Stopwatch.GetTimestamp();
        _store.GetBatch(_keys, _batch, results);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        GetLatency.Record(time);
        Statuses.Add("get", results);
        long bytes = 0;
        for (int place = 0; place < count; place++)
        {
            bytes += Verify(begin + place, place, results[place]);
        }

        _outcome = _outcome with { GetTime = _outcome.GetTime + time, GetBytes = _outcome.GetBytes + bytes };
        int miss = results.IndexOfAnyExcept(MmcStatus.Ok);
        return miss < 0 ? count : miss;
    }

    // Bytes that this get brought.
    private long Verify(int index, int place, MmcStatus status)
    {
        switch (status)
        {
            case MmcStatus.Ok when _buffers.IsIntact(place, _seeds[index]):
                _outcome = _outcome with { VerifiedObjects = _outcome.VerifiedObjects + 1 };
                return _shape.SizeBytes;
            case MmcStatus.Ok:
                _outcome = _outcome with { WrongObjects = _outcome.WrongObjects + 1 };
                _reportError($"wrong bytes in {_allKeys.KeyText(index)}");
                return _shape.SizeBytes;
            case MmcStatus.ObjectNotFound or MmcStatus.BlobChanged:
                return 0;
            default:
                CountError("get", status);
                return 0;
        }
    }

    private void Put(int begin, int end)
    {
        for (; begin < end; begin += _buffers.BlockCount)
        {
            PutBatch(begin, Math.Min(_buffers.BlockCount, end - begin));
        }
    }

    private void PutBatch(int begin, int count)
    {
        FillBatch(begin, count);
        for (int place = 0; place < count; place++)
        {
            _buffers.Fill(place, _seeds[begin + place]);
        }

        Span<MmcStatus> results = _batchResults.AsSpan(0, count);
        long start = Stopwatch.GetTimestamp();
        _store.PutBatch(_keys, _batch, Replicas, results);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        PutLatency.Record(time);
        Statuses.Add("put", results);
        int stored = 0;
        int isNew = 0;
        for (int place = 0; place < count; place++)
        {
            if (results[place] != MmcStatus.Ok)
            {
                CountError("put", results[place]);
                continue;
            }

            stored++;
            isNew += _found[begin + place] == MmcStatus.ObjectNotFound ? 1 : 0;
        }

        _outcome = _outcome with
        {
            PutTime = _outcome.PutTime + time,
            PutObjects = _outcome.PutObjects + stored,
            PutBytes = _outcome.PutBytes + isNew * _shape.SizeBytes,
        };
    }

    private void FillBatch(int begin, int count)
    {
        _keys.Clear();
        _batch.Clear();
        KeySpans all = _allKeys.Spans;
        for (int place = 0; place < count; place++)
        {
            all.TryGet(begin + place, out ReadOnlySpan<byte> key);
            _keys.Add(key);
            _buffers.AddTo(_batch, place);
        }
    }

    private void CountError(string operation, MmcStatus status)
    {
        _outcome = _outcome with { Errors = _outcome.Errors + 1 };
        if (!IsExpected(operation, status))
        {
            _reportError($"{operation}: {status} ({(int)status})");
        }
    }
}
