using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// What one store has counted: the figures of <see cref="StoreStatistics"/>, which any calling thread writes with
/// interlocked additions, and lanes, one for each connection in use, whose writers do without.
/// </summary>
internal sealed class StoreCounters
{
    private readonly Lock _lock = new();
    private readonly List<StoreLane> _lanes = []; // guarded by _lock
    private readonly Stack<StoreLane> _idle = new(); // guarded by _lock
    private readonly StoreLane _shared = new(); // guarded by _lock
    private long _objectsPut;
    private long _objectsDuplicate;
    private long _objectsGot;
    private long _objectsMissed;
    private long _blobsChanged;
    private long _checksumMismatches;
    private long _bytesPut;
    private long _bytesGot;
    private long _sessionCount;

    public void AddPut(long objects, long duplicates, long sizeBytes)
    {
        Interlocked.Add(ref _objectsPut, objects);
        Interlocked.Add(ref _objectsDuplicate, duplicates);
        Interlocked.Add(ref _bytesPut, sizeBytes);
    }

    public void AddGot(long objects, long missed, long sizeBytes)
    {
        Interlocked.Add(ref _objectsGot, objects);
        Interlocked.Add(ref _objectsMissed, missed);
        Interlocked.Add(ref _bytesGot, sizeBytes);
    }

    public void AddBlobChanged() => Interlocked.Increment(ref _blobsChanged);

    public void AddChecksumMismatch() => Interlocked.Increment(ref _checksumMismatches);

    public void AddSession() => Interlocked.Increment(ref _sessionCount);

    /// <summary>Notes what happens without a connection, or seldom.</summary>
    public void Add(ReportCounter counter, long value)
    {
        lock (_lock)
        {
            _shared.Add(counter, value);
        }
    }

    /// <summary>Notes a call that had no connection when it ended, or that needs none.</summary>
    public void AddCall(ClientCall call, long ticks, MmcStatus status)
    {
        lock (_lock)
        {
            _shared.AddCall(call, ticks, IsFailure(status), status == MmcStatus.Timeout);
            _shared.Add(ReportCounter.CallsNotConnected, status == MmcStatus.NotConnectedToMeta ? 1 : 0);
        }
    }

    /// <summary>As <see cref="StoreLane.AddMoved"/>, for what has no connection.</summary>
    public void AddMoved(ReportCounter objects, DataPath path, int count, long sizeBytes)
    {
        lock (_lock)
        {
            _shared.AddMoved(objects, path, count, sizeBytes);
        }
    }

    /// <summary>A lane for one connection.</summary>
    public StoreLane RentLane()
    {
        lock (_lock)
        {
            if (!_idle.TryPop(out StoreLane? lane))
            {
                lane = new StoreLane();
                _lanes.Add(lane);
            }

            return lane;
        }
    }

    /// <summary>The connection is closed: another one goes on with its lane.</summary>
    public void ReturnLane(StoreLane lane)
    {
        lock (_lock)
        {
            _idle.Push(lane);
        }
    }

    /// <summary>Everything that is reported; shape [<see cref="ReportLayout.SlotCount"/>].</summary>
    public void Sum(Span<long> sums)
    {
        sums.Clear();
        lock (_lock)
        {
            _shared.MergeInto(sums);
            foreach (StoreLane lane in _lanes)
            {
                lane.MergeInto(sums);
            }
        }

        sums[ReportLayout.SlotOf(ReportCounter.GetMisses)] = Volatile.Read(ref _objectsMissed);
        sums[ReportLayout.SlotOf(ReportCounter.BlobsChanged)] = Volatile.Read(ref _blobsChanged);
        sums[ReportLayout.SlotOf(ReportCounter.ChecksumMismatches)] = Volatile.Read(ref _checksumMismatches);
        sums[ReportLayout.SlotOf(ReportCounter.PutDuplicates)] = Volatile.Read(ref _objectsDuplicate);
        sums[ReportLayout.SlotOf(ReportCounter.Sessions)] = Volatile.Read(ref _sessionCount);
    }

    public StoreStatistics Read() => new(
        Volatile.Read(ref _objectsPut), Volatile.Read(ref _objectsDuplicate), Volatile.Read(ref _objectsGot),
        Volatile.Read(ref _objectsMissed), Volatile.Read(ref _blobsChanged), Volatile.Read(ref _checksumMismatches),
        Volatile.Read(ref _bytesPut), Volatile.Read(ref _bytesGot), Volatile.Read(ref _sessionCount));

    /// <summary>
    /// Whether a call with this outcome counts as failed: an absent key or one that is there is an answer.
    /// </summary>
    public static bool IsFailure(MmcStatus status) =>
        status is not (MmcStatus.Ok or MmcStatus.ObjectNotFound or MmcStatus.KeyNotFound or MmcStatus.DuplicatedObject);
}
