using System.Diagnostics;
using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// The attempts of one call: rents a connection of the current session, and tries again while the MetaService is not connected and the
/// configured retry time lasts. Every call is safe to repeat: a put of a stored key changes nothing.
/// </summary>
internal struct CallScope
{
    private const int RetryIntervalMs = 200;

    private readonly MembershipThread _membership;
    private readonly long _retryUntil;
    private readonly StoreCounters _counters;
    private readonly ClientCall _kind;
    private readonly long _begun;
    private bool _tried;
    private bool _isNoted;

    public CallScope(
        MembershipThread membership, LocalServiceOptions options, StoreCounters counters, ClientCall kind, bool closed)
    {
        _membership = membership;
        Deadline = Fabric.Deadline.In(options.ClientTimeoutSeconds * 1000L);
        _retryUntil = options.ClientRetryMs == 0 ? 0 : Math.Min(Deadline, Fabric.Deadline.In(options.ClientRetryMs));
        Status = closed ? MmcStatus.NotInitialised : MmcStatus.NotConnectedToMeta;
        _counters = counters;
        _kind = kind;
        _begun = Stopwatch.GetTimestamp();
        StoreEvents.Log.Begin(kind);
    }

    /// <summary>Timestamp by which the call returns.</summary>
    public long Deadline { get; }

    /// <summary>Outcome of the last attempt; set by the call.</summary>
    public MmcStatus Status { get; set; }

    public Session Session { get; private set; } = null!;

    public CallContext Context { get; private set; } = null!;

    /// <summary>Begins an attempt. <see langword="false"/>: there is none (any more), <see cref="Status"/> says why.</summary>
    public bool Begin()
    {
        while (Status == MmcStatus.NotConnectedToMeta)
        {
            if (_tried && !WaitForRetry())
            {
                break;
            }

            _tried = true;
            if (TryRent())
            {
                return true;
            }
        }

        Note(null);
        return false;
    }

    /// <summary>Ends an attempt.</summary>
    public void End()
    {
        if (Status != MmcStatus.NotConnectedToMeta)
        {
            Note(Context.Lane);
        }

        if (Status is MmcStatus.NotConnectedToMeta or MmcStatus.EpochTooOld)
        {
            _membership.ReportLost(Session);
        }

        Context.ReleaseSegments();
        Session.Connections.Return(Context);
    }

    private bool TryRent()
    {
        if (_membership.Current is not { HasEnded: false } session)
        {
            return false;
        }

        var wait = TimeSpan.FromMilliseconds(Fabric.Deadline.MillisecondsLeft(Deadline));
        MmcStatus status = session.Connections.Rent(wait, Deadline, out CallContext? context);
        if (status != MmcStatus.Ok)
        {
            Status = status;
            if (status == MmcStatus.NotConnectedToMeta)
            {
                _membership.ReportLost(session);
            }

            return false;
        }

        Session = session;
        Context = context!;
        return true;
    }

    // Once a call: in the lane of the connection that it still has, else in the shared one.
    private void Note(StoreLane? lane)
    {
        if (_isNoted)
        {
            return;
        }

        _isNoted = true;
        if (_kind == ClientCall.Untimed)
        {
            return;
        }

        long ticks = Stopwatch.GetTimestamp() - _begun;
        if (lane is null)
        {
            _counters.AddCall(_kind, ticks, Status);
        }
        else
        {
            lane.AddCall(_kind, ticks, StoreCounters.IsFailure(Status), Status == MmcStatus.Timeout);
        }

        StoreEvents.Log.End(_kind, Status, (long)Stopwatch.GetElapsedTime(_begun).TotalMicroseconds);
    }

    private readonly bool WaitForRetry()
    {
        int left = Fabric.Deadline.MillisecondsLeft(_retryUntil);
        if (left == 0)
        {
            return false;
        }

        _counters.Add(ReportCounter.Retries, 1);
        _membership.WaitForSession(TimeSpan.FromMilliseconds(Math.Min(left, RetryIntervalMs)));
        return true;
    }
}
