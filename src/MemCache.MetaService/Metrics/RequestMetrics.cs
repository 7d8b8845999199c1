namespace MemCache.MetaService;

/// <summary>
/// What was asked of this MetaService and how long it took: one lane a thread, so that no two write the same counter.
/// </summary>
internal sealed class RequestMetrics
{
    private readonly RequestLane[] _lanes;
    private readonly Lock _httpLock = new();
    private readonly RequestLane _http = new(); // written under _httpLock

    public RequestMetrics(int threadCount)
    {
        _lanes = new RequestLane[threadCount + 1];
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new RequestLane();
        }
    }

    /// <summary>Number of I/O threads.</summary>
    public int ThreadCount => _lanes.Length - 1;

    /// <summary>What happens under the lock of <see cref="SessionTable"/>, by whatever thread.</summary>
    public RequestLane Shared => _lanes[^1];

    /// <summary>The counters of one I/O thread.</summary>
    public RequestLane Lane(int index) => _lanes[index];

    /// <summary>Notes an operation on objects that came over HTTP. From any thread.</summary>
    public void NoteHttp(Operation operation, bool hasFailed, int keyCount, long ticks)
    {
        lock (_httpLock)
        {
            _http.Note(operation, hasFailed, keyCount, ticks);
        }
    }

    /// <summary>All lanes together, now.</summary>
    public RequestLane Sum()
    {
        var sum = new RequestLane();
        foreach (RequestLane lane in _lanes)
        {
            lane.AddTo(sum);
        }

        _http.AddTo(sum);
        return sum;
    }
}
