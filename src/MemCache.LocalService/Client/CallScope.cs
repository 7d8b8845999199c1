using MemCache.Core;

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
    private bool _tried;

    public CallScope(MembershipThread membership, LocalServiceOptions options, bool closed)
    {
        _membership = membership;
        Deadline = Fabric.Deadline.In(options.ClientTimeoutSeconds * 1000L);
        _retryUntil = options.ClientRetryMs == 0 ? 0 : Math.Min(Deadline, Fabric.Deadline.In(options.ClientRetryMs));
        Status = closed ? MmcStatus.NotInitialised : MmcStatus.NotConnectedToMeta;
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
                return false;
            }

            _tried = true;
            if (TryRent())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends an attempt.</summary>
    public readonly void End()
    {
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

    private readonly bool WaitForRetry()
    {
        int left = Fabric.Deadline.MillisecondsLeft(_retryUntil);
        if (left == 0)
        {
            return false;
        }

        _membership.WaitForSession(TimeSpan.FromMilliseconds(Math.Min(left, RetryIntervalMs)));
        return true;
    }
}
