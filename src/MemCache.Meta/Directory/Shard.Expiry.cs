namespace MemCache.Meta;

/// <content>Objects with a time to live.</content>
internal sealed partial class Shard<TPolicy>
{
    private readonly ExpiryTable _expiries;

    /// <summary>Whether a record that the index names may not count any more. If not, nobody need ask.</summary>
    private bool IsDoubtful => _segments.HasDead || _expiries.Count != 0;

    /// <summary>Removes objects whose time is over, a bounded number.</summary>
    /// <returns>Whether there may be more of them now.</returns>
    public bool Expire(long nowMs)
    {
        lock (_lock)
        {
            if (!_expiries.IsDue(nowMs))
            {
                return false;
            }

            Span<uint> ended = stackalloc uint[MetaLimits.RecordCountMaxPerHold];
            int count = _expiries.TakeEnded(ended, MetaLimits.ExpiryPageCountMaxPerTick, nowMs);
            foreach (uint record in ended[..count])
            {
                // A reservation's end is looked at when it is published.
                if (Header(record).State == RecordState.Readable)
                {
                    Expire(record, Tag(record), nowMs);
                }
            }

            return count > 0;
        }
    }

    /// <summary>Whether an object counts: a replica of it is in a living segment, and its time is not over.</summary>
    private bool IsCurrent(uint record, long nowMs) => IsLiving(record) && !HasExpired(record, nowMs);

    // For the slot of a replica that moves: 1 at least, for 0 means no end.
    private int SecondsLeft(uint record, long nowMs) =>
        Header(record).HasTtl ? (int)Math.Clamp(_expiries.MsLeft(record, nowMs) / 1000, 1, int.MaxValue / 1000) : 0;

    private bool HasExpired(uint record, long nowMs) =>
        Header(record).HasTtl && _expiries.HasEnded(record, nowMs);

    /// <summary>The object is gone from now on; its space comes back when nobody reads it.</summary>
    private void Expire(uint record, uint tag, long nowMs)
    {
        (IsLiving(record) ? ref _stats.ObjectsExpired : ref _stats.ObjectsLost)++;
        ForgetEnd(record);
        RemoveWhenUnread(record, tag, nowMs);
    }

    /// <summary>Gives a record another end, or none.</summary>
    /// <returns><see langword="false"/>: there is no memory left, nothing changed.</returns>
    private bool TrySetEnd(uint record, uint end)
    {
        if (end == 0)
        {
            ForgetEnd(record);
            return true;
        }

        bool isSet = _expiries.TrySet(record, end);
        Header(record).HasTtl |= isSet;
        return isSet;
    }

    private void ForgetEnd(uint record)
    {
        ref RecordHeader header = ref Header(record);
        if (header.HasTtl)
        {
            _expiries.Remove(record);
            header.HasTtl = false;
        }
    }
}
