namespace MemCache.Meta;

/// <summary>
/// What scans for moves saw in one draining segment. Written by the thread in Tick, and reset by the one that begins a
/// drain; a scan that was under way then does not count.
/// </summary>
internal sealed class DrainScan
{
    private long _movable;
    private long _stuck;
    private bool _isPartial = true;

    /// <summary>Whole scans since the drain began.</summary>
    public long PassCount { get; private set; }

    /// <summary>Objects that can move, in the last whole scan.</summary>
    public long MovableCount { get; private set; }

    /// <summary>Objects that no rank can take, in the last whole scan.</summary>
    public long StuckCount { get; private set; }

    /// <summary>A drain begins.</summary>
    public void Reset()
    {
        _isPartial = true;
        (PassCount, MovableCount, StuckCount) = (0, 0, 0);
    }

    /// <summary>A scan begins.</summary>
    public void Begin() => (_movable, _stuck, _isPartial) = (0, 0, false);

    /// <summary>An object was seen.</summary>
    public void Note(bool canMove)
    {
        _movable += canMove ? 1 : 0;
        _stuck += canMove ? 0 : 1;
    }

    /// <summary>A scan has seen the whole table.</summary>
    public void End()
    {
        if (!_isPartial)
        {
            (MovableCount, StuckCount) = (_movable, _stuck);
            PassCount++;
        }
    }
}
