using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

internal sealed partial class World
{
    private readonly MoveEntry[] _moves = new MoveEntry[4];
    private readonly int[] _keyEnds = new int[4];
    private readonly byte[] _keyBytes = new byte[4 * Limits.KeyBytesMax];

    /// <summary>Moves whose object had gone or was wanted no more when the copy had ended.</summary>
    public int MovesInVain { get; private set; }

    private void StepMoves()
    {
        switch (_random.Below(16))
        {
            case 0: SetDraining(); break;
            case < 3: _engine.Tick(_now); break;
            case < 7: TakeMoves(); break;
            case < 13: StepMoveCopies(); break;
            default: FinishMove(); break;
        }
    }

    private void SetDraining()
    {
        if (_ranks[(int)_random.Below(RankCount)] is { } segment)
        {
            DrainPolicy policy = _random.Below(6) switch
            {
                < 2 => DrainPolicy.None,
                < 5 => DrainPolicy.Move,
                _ => DrainPolicy.Drop,
            };
            Invariant.Require(_engine.SetDraining(segment.Id, policy) == MmcStatus.Ok);
            segment.IsDraining = policy != DrainPolicy.None;
            segment.WasDrained |= segment.IsDraining;
        }
    }

    private void TakeMoves()
    {
        if (Pick(_processes, process => process.Rank != RankId.None && process.Moves.Count < 4) is not { } process
            || _ranks[process.Rank.Value] is not { } segment)
        {
            return;
        }

        var request = new MoveRequest(
            1 + (int)_random.Below(4), 1 + _random.Below(20) * Limits.BlobAlignmentBytes, 1 << 20);
        MovesTaken taken = _engine.TakeMoves(
            process.Session, segment.Id, request, _now, _moves, _replicas, _keyEnds, _keyBytes);
        ForgetEvicted();
        Invariant.Require(taken.Count == 0 || !process.IsClosed && !segment.IsDraining);
        for (int i = 0; i < taken.Count; i++)
        {
            int begin = i == 0 ? 0 : _keyEnds[i - 1];
            string key = System.Text.Encoding.UTF8.GetString(_keyBytes, begin, _keyEnds[i] - begin);
            process.Moves.Add(BeginMove(process, segment, key, _moves[i]));
        }
    }

    private Move BeginMove(FakeProcess process, FakeSegment destination, string key, MoveEntry entry)
    {
        Invariant.Require(entry.Destination.Segment == destination.Id);
        ReplicaLocation source = _replicas[entry.FirstSourceIndex + _random.Below(entry.SourceCount)];
        FakeSegment from = _mounted[source.Segment.Value];
        int pageCount = (int)((entry.SizeBytes + Limits.BlobAlignmentBytes - 1) / Limits.BlobAlignmentBytes);
        int first = (int)(source.Offset / Limits.BlobAlignmentBytes);
        for (int i = 0; i < pageCount; i++)
        {
            Invariant.Require(
                destination.Writers[(int)(entry.Destination.Offset / Limits.BlobAlignmentBytes) + i] is null,
                "a page is given to a mover while a living writer may store into it");
        }

        RestoreEntry info = new()
        {
            Generation = entry.Destination.Generation,
            PutGeneration = entry.PutGeneration,
            Offset = entry.Destination.Offset,
            SizeBytes = entry.SizeBytes,
            Slot = entry.Destination.Slot,
            ReplicaCount = (byte)entry.ReplicaCount,
            ReplicaIndex = (byte)entry.ReplicaIndex,
        };
        var copy = new Copy(
            process, destination, entry.Destination, pageCount, i => from.Contents[first + i],
            () => from.Stamps.AsSpan(first, pageCount).IndexOfAnyExcept(source.Generation) < 0, info, key);
        return new Move(key, entry, copy) { ResumeAt = AnyResume() };
    }

    private void StepMoveCopies()
    {
        if (Pick(_processes, process => process.Moves.Exists(move => !move.Copy.IsDone
            && move.ResumeAt <= _step)) is not { } process)
        {
            return;
        }

        Move move = Pick(process.Moves, move => !move.Copy.IsDone && move.ResumeAt <= _step)!;
        for (long i = _random.Below(16); i >= 0; i--)
        {
            move.Copy.Step();
        }
    }

    private void FinishMove()
    {
        if (Pick(_processes, process => process.Moves.Exists(move => move.Copy.IsDone
            || move.Copy.IsRefused)) is not { } process)
        {
            return;
        }

        Move move = Pick(process.Moves, move => move.Copy.IsDone || move.Copy.IsRefused)!;
        move.Copy.End();
        bool publish = !move.Copy.IsRefused && _random.Below(20) != 0;
        CommitEntry entry = new()
        {
            Ref = move.Entry.Reservation,
            Generation = move.Entry.Destination.Generation,
            Publish = publish ? 1u : 0u,
        };
        _engine.FinishMoves(process.Session, [entry], _now, _statuses);
        process.Moves.Remove(move);
        Invariant.Require(!process.IsClosed || _statuses[0] == MmcStatus.ReservationRevoked);
        MovesInVain += _statuses[0] is MmcStatus.ObjectNotFound or MmcStatus.StateMismatch ? 1 : 0;
        if (publish && _statuses[0] == MmcStatus.Ok)
        {
            Invariant.Require(_visible.ContainsKey(move.Key), "an object was moved that is not there");
        }
    }
}
