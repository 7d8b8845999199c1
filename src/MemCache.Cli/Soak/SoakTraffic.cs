using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// The traffic of one process of a soak: at random the calls that engines make, over objects that all processes share.
/// Every byte that is got is checked. Not thread-safe.
/// </summary>
internal sealed class SoakTraffic : IDisposable
{
    private const int KeyLeaseMs = 1000;
    private const int RunLengthMax = 24;

    private readonly ObjectStore _store;
    private readonly SplitMix64 _random;
    private readonly BlockClient _blocks;
    private readonly BlockClient _large;
    private readonly SmallObjects _small;
    private readonly AddressedBlocks _addressed;
    private readonly KeyBatch _keys = new();
    private readonly MmcStatus[] _results = new MmcStatus[RunLengthMax];

    /// <summary>Traffic through a store, which stays the caller's.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">Sizes of blocks and batches.</param>
    /// <param name="seed">What is done follows from it, and from how the calls end.</param>
    /// <param name="replicas">Replicas of what is put.</param>
    /// <param name="reportError">Is told about wrong bytes, and about statuses that the docs don't list.</param>
    public SoakTraffic(
        ObjectStore store, WorkerOptions options, ulong seed, ReplicateOptions replicas, Action<string> reportError)
    {
        _store = store;
        _random = new SplitMix64(seed);
        BlockShape shape = BlockShape.OfSize(options.BlockBytes);
        BlockShape large = BlockShape.OfSize(options.BlockBytes * SoakWorkload.LargeFactor);
        _blocks = Client(store, shape, options.BatchCount, replicas, reportError);
        _large = Client(store, large, 4, replicas, reportError);
        _small = new SmallObjects(store, _blocks, reportError);
        _addressed = new AddressedBlocks(store, shape, _blocks.Statuses);
    }

    /// <summary>Durations of the calls of exist, get and put.</summary>
    public (LatencyHistogram Exist, LatencyHistogram Get, LatencyHistogram Put) Latencies()
    {
        LatencyHistogram exist = Sum(_blocks.ExistLatency, _large.ExistLatency);
        return (exist, Sum(_blocks.GetLatency, _large.GetLatency), Sum(_blocks.PutLatency, _large.PutLatency));
    }

    /// <summary>How often each operation ended with each status since the last time this was asked.</summary>
    public StatusCounts TakeStatuses()
    {
        var taken = new StatusCounts();
        foreach (StatusCounts counts in (StatusCounts[])[_blocks.Statuses, _large.Statuses])
        {
            taken.Add(counts);
            counts.Clear();
        }

        return taken;
    }

    /// <summary>Does one thing of many.</summary>
    public RequestOutcome Next()
    {
        int first = (int)_random.Below(int.MaxValue / 2);
        int count = 1 + (int)_random.Below(RunLengthMax);
        switch (_random.Below(100))
        {
            case < 55:
                return _blocks.Serve(Ids(SoakWorkload.BlockId, first, count));
            case < 65:
                return _large.Serve(Ids(SoakWorkload.LargeId, first, 1 + count % 4));
            case < 85:
                return Ids(SoakWorkload.SmallId, first, count).Aggregate(
                    default(RequestOutcome), (sum, id) => sum + _small.Serve(id));
            case < 91:
                Remove(Ids(AnyFamily(), first, count));
                break;
            case < 95:
                Lease(Ids(SoakWorkload.BlockId, first, count));
                break;
            default:
                _addressed.Write(SoakWorkload.BlockId(first), (int)_random.Below(6));
                break;
        }

        return new RequestOutcome { Requests = 1 };
    }

    /// <summary>Gets everything that is there once more.</summary>
    public RequestOutcome VerifyAll()
    {
        RequestOutcome outcome = _blocks.Verify([.. SoakWorkload.Blocks]);
        outcome += _large.Verify([.. SoakWorkload.LargeBlocks]);
        foreach (ulong id in SoakWorkload.Smalls)
        {
            outcome += _small.Get(id, out _);
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.Dispose();
        _large.Dispose();
        _addressed.Dispose();
    }

    private Func<int, ulong> AnyFamily() => _random.Below(4) switch
    {
        0 => SoakWorkload.LargeId,
        1 => SoakWorkload.SmallId,
        _ => SoakWorkload.BlockId,
    };

    private void Remove(ulong[] ids)
    {
        Span<MmcStatus> results = Select(ids);
        _store.RemoveBatch(_keys, results);
        _blocks.Statuses.Add("remove", results);
    }

    private void Lease(ulong[] ids)
    {
        Span<MmcStatus> results = Select(ids);
        _store.AddLeaseBatch(_keys, KeyLeaseMs, results);
        _blocks.Statuses.Add("lease", results);
        // Half of them are given back, the others left to end by themselves.
        if (_random.Below(2) == 0)
        {
            _store.RemoveLeaseBatch(_keys, results);
            _blocks.Statuses.Add("unlease", results);
        }
    }

    private static BlockClient Client(
        ObjectStore store, BlockShape shape, int batchCount, ReplicateOptions replicas, Action<string> reportError) =>
        new(store, shape, batchCount, reportError) { Replicas = replicas, IsExpected = DocumentedStatuses.Contains };

    private Span<MmcStatus> Select(ulong[] ids)
    {
        _keys.Clear();
        Span<byte> room = stackalloc byte[32];
        foreach (ulong id in ids)
        {
            _keys.Add(BlockClient.WriteKey(id, room));
        }

        return _results.AsSpan(0, ids.Length);
    }

    private static ulong[] Ids(Func<int, ulong> family, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(family)];

    private static LatencyHistogram Sum(LatencyHistogram a, LatencyHistogram b)
    {
        var sum = new LatencyHistogram();
        sum.Add(a);
        sum.Add(b);
        return sum;
    }
}
