using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>Counters at one moment. Two of them make a <see cref="HistoryPoint"/>. Not thread-safe.</summary>
internal sealed class HistorySnapshot
{
    private const int GetGroup = 0;
    private const int PutGroup = 1;
    private const int ExistGroup = 2;

    private static readonly Operation[][] Groups =
    [
        [Operation.Get, Operation.BatchGet],
        [Operation.Alloc, Operation.BatchAlloc, Operation.UpdateState, Operation.BatchUpdateState],
        [Operation.ExistKey, Operation.BatchExistKey],
    ];

    private static readonly Operation[] Commits = [Operation.UpdateState, Operation.BatchUpdateState];

    private readonly long[][] _buckets =
        [new long[LatencyBuckets.Count], new long[LatencyBuckets.Count], new long[LatencyBuckets.Count]];

    private readonly long[] _keys = new long[Groups.Length];
    private long _nowMs;
    private long _requestCount;
    private long _lookupHits;
    private long _lookupMisses;
    private long _existsHits;
    private long _existsMisses;
    private long _evictedByWatermark;
    private long _evictedByReserve;
    private long _rejected;

    /// <summary>Takes the counters as they are.</summary>
    /// <param name="stats">The engine's.</param>
    /// <param name="requests">The requests'.</param>
    /// <param name="nowMs">Of a clock that never goes back.</param>
    public void Read(MetaEngineStats stats, RequestLane requests, long nowMs)
    {
        _nowMs = nowMs;
        _requestCount = 0;
        for (Operation operation = 0; (int)operation < RequestLane.OperationCount; operation++)
        {
            _requestCount += requests.Requests(operation);
        }

        for (int group = 0; group < Groups.Length; group++)
        {
            _keys[group] = Sum(group == PutGroup ? Commits : Groups[group], requests.Keys);
            for (int bucket = 0; bucket < LatencyBuckets.Count; bucket++)
            {
                _buckets[group][bucket] = Sum(Groups[group], operation => requests.Buckets(operation)[bucket]);
            }
        }

        (_lookupHits, _lookupMisses) = (stats.LookupHits, stats.LookupMisses);
        (_existsHits, _existsMisses) = (stats.ExistsHits, stats.ExistsMisses);
        (_evictedByWatermark, _evictedByReserve) = (stats.EvictedByWatermark, stats.EvictedByReserve);
        _rejected = stats.ReservesRejected;
    }

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(HistorySnapshot other)
    {
        for (int group = 0; group < Groups.Length; group++)
        {
            other._buckets[group].CopyTo(_buckets[group], 0);
        }

        other._keys.CopyTo(_keys, 0);
        (_nowMs, _requestCount) = (other._nowMs, other._requestCount);
        (_lookupHits, _lookupMisses) = (other._lookupHits, other._lookupMisses);
        (_existsHits, _existsMisses) = (other._existsHits, other._existsMisses);
        (_evictedByWatermark, _evictedByReserve) = (other._evictedByWatermark, other._evictedByReserve);
        _rejected = other._rejected;
    }

    /// <summary>Completes <paramref name="levels"/> with what happened since <paramref name="before"/>.</summary>
    public HistoryPoint Since(HistorySnapshot before, in HistoryPoint levels)
    {
        double seconds = Math.Max(1, _nowMs - before._nowMs) / 1000.0;
        return levels with
        {
            RequestsPerSecond = (_requestCount - before._requestCount) / seconds,
            GetKeysPerSecond = (_keys[GetGroup] - before._keys[GetGroup]) / seconds,
            PutKeysPerSecond = (_keys[PutGroup] - before._keys[PutGroup]) / seconds,
            ExistKeysPerSecond = (_keys[ExistGroup] - before._keys[ExistGroup]) / seconds,
            LookupHitRatio = Ratio(_lookupHits - before._lookupHits, _lookupMisses - before._lookupMisses),
            ExistHitRatio = Ratio(_existsHits - before._existsHits, _existsMisses - before._existsMisses),
            GetP50 = Quantile(before, GetGroup, 0.5),
            GetP99 = Quantile(before, GetGroup, 0.99),
            PutP50 = Quantile(before, PutGroup, 0.5),
            PutP99 = Quantile(before, PutGroup, 0.99),
            ExistP50 = Quantile(before, ExistGroup, 0.5),
            ExistP99 = Quantile(before, ExistGroup, 0.99),
            EvictedByWatermarkPerSecond = (_evictedByWatermark - before._evictedByWatermark) / seconds,
            EvictedByReservePerSecond = (_evictedByReserve - before._evictedByReserve) / seconds,
            RejectedPerSecond = (_rejected - before._rejected) / seconds,
        };
    }

    private static long Sum(Operation[] operations, Func<Operation, long> read)
    {
        long sum = 0;
        foreach (Operation operation in operations)
        {
            sum += read(operation);
        }

        return sum;
    }

    private static double Ratio(long hits, long misses) =>
        hits + misses > 0 ? hits / (double)(hits + misses) : double.NaN;

    // Within a bucket requests count as evenly spread: its bounds are a factor of two apart: it is never off by more.
    private double Quantile(HistorySnapshot before, int group, double share)
    {
        (long[] now, long[] then) = (_buckets[group], before._buckets[group]);
        long total = 0;
        for (int i = 0; i < now.Length; i++)
        {
            total += now[i] - then[i];
        }

        double left = total * share;
        for (int i = 0; total > 0 && i < now.Length; i++)
        {
            long count = now[i] - then[i];
            if (count > 0 && count >= left)
            {
                double low = i == 0 ? 0 : 1L << (i - 1);
                return low + (((1L << i) - low) * (left / count));
            }

            left -= count;
        }

        return double.NaN;
    }
}
