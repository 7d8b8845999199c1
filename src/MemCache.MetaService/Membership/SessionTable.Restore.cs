using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <content>Clients that join again with a segment that holds something.</content>
internal sealed partial class SessionTable
{
    // Generations that a MetaService can have given between its last word to a client and its end: a heartbeat's time
    // at four thousand million reserves.
    private const ulong GenerationMargin = 1UL << 32;

    private readonly RetireEntry[] _retired = new RetireEntry[WireLimits.RetirementCountMax];

    /// <summary>
    /// What has been reserved in a client's segment by an earlier MetaService must be below all that we reserve,
    /// whatever our clock says.
    /// </summary>
    private bool TryRaiseGeneration(ulong seen)
    {
        if (seen >> Limits.GenerationEpochShift > _epoch + EpochAheadMax)
        {
            return false;
        }

        if (seen != 0)
        {
            _engine.RaiseGeneration(seen + GenerationMargin);
        }

        return true;
    }

    /// <summary>
    /// Ends the session that has the client's segment mounted: the client lost its connection and we have not noticed.
    /// One file must never be mounted twice.
    /// </summary>
    /// <returns><see langword="false"/>: somebody else's session has it.</returns>
    private bool TryEndEarlier(in JoinRequest request)
    {
        foreach (MountedSegment mounted in _segments.Values)
        {
            if (mounted.Uuid != request.SegmentUuid || request.SegmentUuid == Guid.Empty)
            {
                continue;
            }

            Session? earlier = _sessions.Values.FirstOrDefault(session => session.Segment == mounted.Segment);
            if (earlier is null || !request.LivenessFileName.SequenceEqual(earlier.LivenessFileName))
            {
                return false;
            }

            End(earlier, SessionEnd.JoinedAgain);
            return true;
        }

        return true;
    }

    private HeartbeatNews TakeNews(Session session, out ReadOnlySpan<RetireEntry> retired)
    {
        ulong retiredBelow = 0;
        int left = 0;
        int count = session.Segment == SegmentId.None
            ? 0 : _engine.TakeRetired(session.Segment, _retired, out retiredBelow, out left);
        retired = _retired.AsSpan(0, count);
        return new HeartbeatNews(_engine.GenerationLast, retiredBelow, (uint)left, WaitingMoves(session));
    }
}
