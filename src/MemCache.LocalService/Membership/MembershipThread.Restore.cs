using System.Diagnostics;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Joining again with what the segment holds, and clearing what it does not hold any more.</content>
internal sealed partial class MembershipThread
{
    // A put needs a segment that objects can be placed into, and ours may be the only one: calls wait for ours, but
    // not for longer than this.
    private static readonly TimeSpan RestoreWait = TimeSpan.FromSeconds(10);

    // All of these: membership thread only.
    private OwnedSegment? _own;
    private bool _hasContent;
    private ulong _generationSeen;
    private SegmentRestore? _restore;
    private long _beatAt;

    /// <summary>
    /// After a join: fences the reservations made before it, and prepares to say what the segment holds.
    /// </summary>
    private void BeginRestore(OwnedSegment? own, ulong floor)
    {
        _restore = null;
        _beatAt = Stopwatch.GetTimestamp();
        if (own is null || !own.View.TryAcquire())
        {
            return;
        }

        own.View.RaiseFloor(floor);
        _generationSeen = Math.Max(_generationSeen, floor);
        _restore = _hasContent ? new SegmentRestore(own.View, _logger) : null;
        _hasContent = true;
        own.View.Release();
    }

    /// <summary>Restores until that has ended, or has lasted too long for calls to wait for it.</summary>
    private MmcStatus RestoreAtFirst(MetaConnection connection, Session session, int heartbeatMs)
    {
        long end = Deadline.In((long)RestoreWait.TotalMilliseconds);
        MmcStatus status = MmcStatus.Ok;
        while (status == MmcStatus.Ok && _restore is not null && !_stopping && !Deadline.HasPassed(end))
        {
            status = StepRestore(connection, session, heartbeatMs);
        }

        return _stopping ? MmcStatus.NotConnectedToMeta : status;
    }

    /// <summary>One bounded step, and a heartbeat when one is due.</summary>
    private MmcStatus StepRestore(MetaConnection connection, Session session, int heartbeatMs)
    {
        if (Stopwatch.GetElapsedTime(_beatAt).TotalMilliseconds >= heartbeatMs)
        {
            _beatAt = Stopwatch.GetTimestamp();
            return Heartbeat(connection, session);
        }

        MmcStatus status = _restore!.Step(connection, session, Deadline.In((long)CallTimeout.TotalMilliseconds));
        _restore = _restore.IsComplete ? null : _restore;
        return status;
    }

    /// <summary>Clears the slots of blobs that were removed.</summary>
    private void Retire(Session session, HeartbeatReply reply)
    {
        _generationSeen = Math.Max(_generationSeen, reply.News.Generation);
        if (session.Own is not OwnedSegment own || !own.View.TryAcquire())
        {
            return;
        }

        own.View.RetireBelow(reply.News.RetiredBelow);
        foreach (RetireEntry retired in reply.Retirements)
        {
            _ = own.View.Retire(retired.Slot, retired.Generation);
        }

        own.View.Release();
    }

    /// <summary>
    /// Of an orphan from a session that this MetaService did not know: the slot names the writer. If it names none,
    /// our data server wrote.
    /// </summary>
    private bool IsWriterGone(SegmentView view, in OrphanEntry orphan) =>
        view.TryReadWriting(orphan.Slot, out BlobLocation blob, out SegmentUuid writer)
        && blob.Generation == orphan.Generation
        && blob.SizeBytes > 0
        && (writer == default || LivenessFile.IsDead(_options.SharedMemoryDirectory, writer));
}
