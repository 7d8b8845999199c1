using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Leaving, with the objects of the own segment moved to other ranks first if that is wanted.</content>
internal sealed partial class MembershipThread
{
    // While others fetch what we hold: how often we ask how far they are.
    private const int LeaveIntervalMs = 50;

    private readonly ManualResetEventSlim _movedAway = new();
    private volatile bool _leaving;
    private bool _moveBegun; // membership thread only

    /// <summary>
    /// Asks for our segment to be emptied and waits until it is, or it can't be, or the time for it is over.
    /// </summary>
    private void MoveAway()
    {
        if (_options.LeavePolicy != "move" || _session is not { Own: not null, HasEnded: false })
        {
            return;
        }

        _leaving = true;
        _wake.Set();
        if (!_movedAway.Wait(TimeSpan.FromSeconds(_options.LeaveTimeoutSeconds)))
        {
            Log.LeavingTooSlow(_logger, _options.LeaveTimeoutSeconds);
        }
    }

    /// <summary>One question to the MetaService while we wait to leave.</summary>
    private void StepLeave(MetaConnection connection, Session session)
    {
        var request = new LeaveRequest(session.Id, _moveBegun ? LeaveMode.AskMove : LeaveMode.BeginMove);
        _moveBegun = true;
        int length = request.Encode(connection.Payload(LeaveRequest.SizeBytes));
        MmcStatus status = connection.Call(
            Opcode.Leave, length, Deadline.In((long)CallTimeout.TotalMilliseconds), out ReadOnlySpan<byte> payload);
        LeaveReply reply = default;
        if (status == MmcStatus.Ok && LeaveReply.TryDecode(payload, out reply) && reply.State == LeaveReply.Running)
        {
            return;
        }

        if (status != MmcStatus.Ok || reply.State != LeaveReply.Ended)
        {
            Log.LeavingWithObjects(_logger, reply.RemainingCount, status);
        }

        _movedAway.Set();
    }

    private void Leave(MetaConnection connection, Session session)
    {
        _ = Report(connection, session, Deadline.In((long)CallTimeout.TotalMilliseconds));
        var request = new LeaveRequest(session.Id);
        int length = request.Encode(connection.Payload(LeaveRequest.SizeBytes));
        long deadline = Deadline.In((long)CallTimeout.TotalMilliseconds);
        if (connection.Call(Opcode.Leave, length, deadline, out _) == MmcStatus.Ok)
        {
            Log.Left(_logger);
        }
    }
}
