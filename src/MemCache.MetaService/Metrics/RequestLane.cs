using System.Diagnostics;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>Counters of one I/O thread. Single writer: that thread; others read.</summary>
internal sealed class RequestLane
{
    /// <summary>Number of operations.</summary>
    public static readonly int OperationCount = OperationNames.All.Length;

    private readonly long[] _requests = new long[OperationCount];
    private readonly long[] _failures = new long[OperationCount];
    private readonly long[] _keys = new long[OperationCount];
    private readonly long[] _ticksMin = new long[OperationCount]; // 0: none yet
    private readonly long[] _ticksMax = new long[OperationCount];
    private readonly long[] _running = new long[OperationCount];
    private readonly Histogram _durations = new(OperationCount);
    private readonly Histogram _queued = new(1);
    private long _busyTicks;

    /// <summary>A request begins to be handled.</summary>
    /// <param name="opcode">What it asks for.</param>
    /// <param name="queuedTicks">How long it waited since the thread woke up for it.</param>
    public void Begin(Opcode opcode, long queuedTicks)
    {
        _queued.Note(0, queuedTicks);
        _running[(int)OperationNames.Of(opcode)] = 1;
    }

    /// <summary>It was handled.</summary>
    public void End(Opcode opcode, Operation operation, bool hasFailed, int keyCount, long ticks)
    {
        _running[(int)OperationNames.Of(opcode)] = 0;
        Note(operation, hasFailed, keyCount, ticks);
    }

    /// <summary>Notes one request.</summary>
    public void Note(Operation operation, bool hasFailed, int keyCount, long ticks)
    {
        int index = (int)operation;
        ticks = Math.Max(ticks, 1);
        _requests[index]++;
        _failures[index] += hasFailed ? 1 : 0;
        _keys[index] += keyCount;
        _durations.Note(index, ticks);
        _ticksMax[index] = Math.Max(_ticksMax[index], ticks);
        _ticksMin[index] = _ticksMin[index] == 0 ? ticks : Math.Min(_ticksMin[index], ticks);
    }

    /// <summary>Notes something that is counted and not timed.</summary>
    public void Note(Operation operation, bool hasFailed)
    {
        _requests[(int)operation]++;
        _failures[(int)operation] += hasFailed ? 1 : 0;
    }

    /// <summary>Notes time that the thread did not wait.</summary>
    public void NoteBusy(long ticks) => _busyTicks += ticks;

    /// <summary>Adds these counters to <paramref name="sum"/>.</summary>
    public void AddTo(RequestLane sum)
    {
        Counters.Add(_requests, sum._requests);
        Counters.Add(_failures, sum._failures);
        Counters.Add(_keys, sum._keys);
        Counters.Add(_running, sum._running);
        _durations.AddTo(sum._durations);
        _queued.AddTo(sum._queued);
        sum._busyTicks += Volatile.Read(ref _busyTicks);
        for (int i = 0; i < OperationCount; i++)
        {
            long least = Volatile.Read(ref _ticksMin[i]);
            bool isLess = least != 0 && (sum._ticksMin[i] == 0 || least < sum._ticksMin[i]);
            sum._ticksMin[i] = isLess ? least : sum._ticksMin[i];
            sum._ticksMax[i] = Math.Max(sum._ticksMax[i], Volatile.Read(ref _ticksMax[i]));
        }
    }

    /// <summary>Requests so far.</summary>
    public long Requests(Operation operation) => _requests[(int)operation];

    /// <summary>Requests that failed as a whole or for some key.</summary>
    public long Failures(Operation operation) => _failures[(int)operation];

    /// <summary>Keys or entries of those requests.</summary>
    public long Keys(Operation operation) => _keys[(int)operation];

    /// <summary>Time spent in them.</summary>
    public double Seconds(Operation operation) => _durations.Seconds((int)operation);

    /// <summary>Requests by duration, as <see cref="LatencyBuckets"/> says.</summary>
    public ReadOnlySpan<long> Buckets(Operation operation) => _durations.Buckets((int)operation);

    /// <summary>Requests by the time that they waited for their thread.</summary>
    public ReadOnlySpan<long> QueueBuckets => _queued.Buckets(0);

    /// <summary>Sum of those times.</summary>
    public double QueueSeconds => _queued.Seconds(0);

    /// <summary>Time that the thread did not wait.</summary>
    public double BusySeconds => Volatile.Read(ref _busyTicks) / (double)Stopwatch.Frequency;

    /// <summary>
    /// The operation as a trace point. A request that is being handled is shown in the form for one key.
    /// </summary>
    public TraceRow Trace(Operation operation)
    {
        int index = (int)operation;
        double tick = 1e6 / Stopwatch.Frequency;
        return new TraceRow(
            OperationNames.Of(operation), _requests[index] + _running[index], _requests[index] - _failures[index],
            _failures[index],
            _ticksMin[index] * tick, _ticksMax[index] * tick, Seconds(operation) * 1e6);
    }
}
