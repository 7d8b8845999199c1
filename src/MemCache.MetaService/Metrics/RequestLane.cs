using System.Diagnostics;
using System.Numerics;

namespace MemCache.MetaService;

/// <summary>Counters of one I/O thread. Single writer: that thread; others read.</summary>
internal sealed class RequestLane
{
    /// <summary>Buckets of the latency histogram: up to 1, 2, 4 … microseconds, the last one without a bound.</summary>
    public const int BucketCount = 22;

    /// <summary>Number of operations.</summary>
    public static readonly int OperationCount = Enum.GetValues<Operation>().Length;

    private static readonly double TicksPerMicrosecond = Stopwatch.Frequency / 1e6;

    private readonly long[] _requests = new long[OperationCount];
    private readonly long[] _failures = new long[OperationCount];
    private readonly long[] _keys = new long[OperationCount];
    private readonly long[] _ticks = new long[OperationCount];
    private readonly long[] _buckets = new long[OperationCount * BucketCount];

    /// <summary>Notes one request.</summary>
    public void Note(Operation operation, bool hasFailed, int keyCount, long ticks)
    {
        int index = (int)operation;
        _requests[index]++;
        _failures[index] += hasFailed ? 1 : 0;
        _keys[index] += keyCount;
        _ticks[index] += ticks;
        int microseconds = (int)Math.Min(ticks / TicksPerMicrosecond, int.MaxValue);
        int bucket = microseconds == 0 ? 0 : Math.Min(BitOperations.Log2((uint)microseconds) + 1, BucketCount - 1);
        _buckets[(index * BucketCount) + bucket]++;
    }

    /// <summary>Notes something that is counted and not timed.</summary>
    public void Note(Operation operation, bool hasFailed)
    {
        _requests[(int)operation]++;
        _failures[(int)operation] += hasFailed ? 1 : 0;
    }

    /// <summary>Adds these counters to <paramref name="sum"/>.</summary>
    public void AddTo(RequestLane sum)
    {
        Add(_requests, sum._requests);
        Add(_failures, sum._failures);
        Add(_keys, sum._keys);
        Add(_ticks, sum._ticks);
        Add(_buckets, sum._buckets);
    }

    /// <summary>Requests so far.</summary>
    public long Requests(Operation operation) => _requests[(int)operation];

    /// <summary>Requests that failed as a whole or for some key.</summary>
    public long Failures(Operation operation) => _failures[(int)operation];

    /// <summary>Keys or entries of those requests.</summary>
    public long Keys(Operation operation) => _keys[(int)operation];

    /// <summary>Time spent in them.</summary>
    public double Seconds(Operation operation) => _ticks[(int)operation] / (double)Stopwatch.Frequency;

    /// <summary>Requests in one bucket of the histogram.</summary>
    public long Bucket(Operation operation, int bucket) => _buckets[((int)operation * BucketCount) + bucket];

    private static void Add(long[] from, long[] to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] += Volatile.Read(ref from[i]);
        }
    }
}
