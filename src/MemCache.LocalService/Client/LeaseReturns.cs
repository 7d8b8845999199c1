using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// Read leases whose reads have ended, waiting for the next request to carry them. Bounded: what does not fit is dropped and lapses by
/// itself. Any thread.
/// </summary>
internal sealed class LeaseReturns
{
    private readonly Lock _lock = new();
    private readonly LeaseRelease[] _waiting = new LeaseRelease[Limits.LeaseReleaseCountMax];
    private int _count; // guarded by _lock; read without it only as a hint

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    public void Add(ReadOnlySpan<LeaseRelease> ended)
    {
        lock (_lock)
        {
            int accepted = Math.Min(ended.Length, _waiting.Length - _count);
            ended[..accepted].CopyTo(_waiting.AsSpan(_count));
            _count += accepted;
        }
    }

    /// <summary>Moves up to <paramref name="destination"/>.Length leases out.</summary>
    public int Take(Span<LeaseRelease> destination)
    {
        if (IsEmpty)
        {
            return 0;
        }

        lock (_lock)
        {
            int taken = Math.Min(destination.Length, _count);
            _count -= taken;
            _waiting.AsSpan(_count, taken).CopyTo(destination);
            return taken;
        }
    }
}
