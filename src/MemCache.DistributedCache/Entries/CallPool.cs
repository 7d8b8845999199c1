namespace MemCache.DistributedCache;

/// <summary>
/// Calls that are free. Thread-safe. A call that ended with an exception is not returned: the collector takes it.
/// </summary>
internal sealed class CallPool
{
    // LIMIT: each keeps some 16 KiB; more operations than this at one time make and drop theirs.
    private const int CountMax = 64;

    private readonly Lock _lock = new();
    private readonly Stack<CacheCall> _free = new();

    public CacheCall Rent()
    {
        lock (_lock)
        {
            return _free.Count > 0 ? _free.Pop() : new CacheCall();
        }
    }

    public void Return(CacheCall call)
    {
        call.Clear();
        lock (_lock)
        {
            if (_free.Count < CountMax)
            {
                _free.Push(call);
            }
        }
    }
}
