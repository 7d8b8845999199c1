namespace MemCache.Meta;

/// <summary>
/// Candidates between the scan that finds them and the movers that take them. Bounded. Thread-safe by a lock of its
/// own, the last in the order.
/// </summary>
internal sealed class MoveQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<MoveCandidate> _candidates = new(MetaLimits.MoveQueueCountMax);

    /// <summary>Candidates that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _candidates.Count;
            }
        }
    }

    /// <summary>Adds a candidate behind the others.</summary>
    /// <returns><see langword="false"/>: the queue is full.</returns>
    public bool TryAdd(in MoveCandidate candidate)
    {
        lock (_lock)
        {
            bool hasRoom = _candidates.Count < MetaLimits.MoveQueueCountMax;
            if (hasRoom)
            {
                _candidates.Enqueue(candidate);
            }

            return hasRoom;
        }
    }

    /// <summary>Takes the first one.</summary>
    public bool TryTake(out MoveCandidate candidate)
    {
        lock (_lock)
        {
            return _candidates.TryDequeue(out candidate);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _candidates.Clear();
        }
    }
}
