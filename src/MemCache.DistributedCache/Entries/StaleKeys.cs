namespace MemCache.DistributedCache;

/// <summary>
/// Keys whose value this process wanted gone and could not confirm that it is: until it is, what was set before counts
/// as a miss here. Thread-safe.
/// </summary>
internal sealed class StaleKeys
{
    // LIMIT: a pool that is away while a busy service goes on; beyond this, everything older than the moment counts as
    // stale.
    private const int CountMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);
    private long _allSince = long.MinValue;
    private volatile bool _hasAny;

    /// <summary>From now on nothing that was set up to <paramref name="nowTicks"/> is to be believed.</summary>
    public void Add(string key, long nowTicks)
    {
        lock (_lock)
        {
            if (_since.Count >= CountMax)
            {
                _since.Clear();
                _allSince = nowTicks;
            }

            _since[key] = nowTicks;
            _hasAny = true;
        }
    }

    /// <summary>The key was removed or set again.</summary>
    public void Clear(string key)
    {
        if (!_hasAny)
        {
            return;
        }

        lock (_lock)
        {
            _since.Remove(key);
            _hasAny = _since.Count > 0 || _allSince != long.MinValue;
        }
    }

    /// <summary>Whether a value that was set at this time is not to be believed.</summary>
    public bool Covers(string key, long createdTicks)
    {
        if (!_hasAny)
        {
            return false;
        }

        lock (_lock)
        {
            return createdTicks <= _allSince || (_since.TryGetValue(key, out long since) && createdTicks <= since);
        }
    }
}
