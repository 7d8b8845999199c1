using System.Diagnostics;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <content>Gives the operations to lanes and moves the lanes until all have an outcome.</content>
internal sealed partial class TcpBatch
{
    // A part of a large read that travels on a lane of its own.
    private const long SplitBytesMin = 1 << 20;

    // What an operation counts for beside its bytes when the lanes are loaded evenly.
    private const long OperationCost = 4096;

    // Waiting by polling pays when the answer is near: it is not behind more bytes than this.
    private const long SpinBytesMax = 256 << 10;

    // Long enough to catch a reply of a peer whose idle virtual processor had to be woken first (80-130 us).
    private const int SpinMicrosecondsDefault = 200;
    private const int SpinsBetweenLooks = 8;

    private readonly List<Group> _groups = [];
    private readonly List<TcpLane> _lanes = [];
    private readonly List<SocketReadiness> _happened = [];
    private readonly PollSet _polls = new();
    private AdaptiveSpin _spin = new(
        transport.Options.SpinMicroseconds == -1 && Environment.ProcessorCount > 1
            ? SpinMicrosecondsDefault
            : transport.Options.SpinMicroseconds);

    private long _deadline;
    private long _bytes;
    private bool _isRunning;

    /// <inheritdoc/>
    public override void Start(long deadline)
    {
        Invariant.Require(!_isRunning);
        _isRunning = true;
        _deadline = deadline;
        _bytes = 0;
        if (Deadline.HasPassed(deadline))
        {
            // What is not begun is not in doubt.
            FailAll(MmcStatus.Timeout);
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            Assign(i);
        }

        for (int i = 0; i < _groups.Count; i++)
        {
            OpenLanes(i);
        }

        int last = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_operations[i].Status == MmcStatus.Ok)
            {
                last = FindGroup(_operations[i].Segment!, last);
                Load(i, _groups[last]);
            }
        }

        _ = MoveAll();
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (!_isRunning)
        {
            return;
        }

        while (HasWork())
        {
            if (Deadline.HasPassed(_deadline))
            {
                GiveUp();
            }
            else if (!MoveAll() && HasWork() && !Spin())
            {
                Wait();
            }
        }

        EndLanes();
    }

    /// <summary>A request of an operation has its outcome.</summary>
    public void Complete(in LaneRequest part, MmcStatus status, uint? checksum)
    {
        ref TcpOperation operation = ref _operations[part.Operation];
        operation.PartsLeft--;
        operation.Status = operation.Status == MmcStatus.Ok ? status : operation.Status;
        operation.Checksum = checksum ?? operation.Checksum;
    }

    private void Assign(int index)
    {
        ref TcpOperation operation = ref _operations[index];
        if (operation.Status != MmcStatus.Ok)
        {
            return;
        }

        operation.Status = operation.Segment!.Failure;
        if (operation.Status != MmcStatus.Ok)
        {
            return;
        }

        int found = FindGroup(operation.Segment, _groups.Count - 1);
        if (found < 0)
        {
            found = _groups.Count;
            _groups.Add(new Group { Segment = operation.Segment, IsReadOnly = true });
        }

        Group group = _groups[found];
        group.Bytes += operation.Request.RangeBytes;
        group.Count++;
        group.IsReadOnly &= operation.Request.IsRead;
        _groups[found] = group;
        _bytes += operation.Request.RangeBytes;
    }

    private int FindGroup(TcpRemoteSegment segment, int guess)
    {
        if (guess >= 0 && _groups[guess].Segment == segment)
        {
            return guess;
        }

        int index = _groups.Count - 1;
        while (index >= 0 && _groups[index].Segment != segment)
        {
            index--;
        }

        return index;
    }

    private void OpenLanes(int index)
    {
        Group group = _groups[index];
        long connectEnd = Math.Min(_deadline, Deadline.In(transport.Options.ConnectTimeoutMs));
        MmcStatus status = group.Segment.Resolve(connectEnd, out string error);
        group.LaneBegin = _lanes.Count;
        if (status != MmcStatus.Ok)
        {
            transport.NoteLost(group.Segment, status, error);
        }
        else
        {
            long wanted = group.Bytes / transport.Options.StreamBytesMin;
            group.LaneCount = (int)Math.Clamp(wanted, 1, transport.Options.StreamCount);
        }

        for (int i = 0; i < group.LaneCount; i++)
        {
            TcpLane lane = group.Segment.Rent(isChecked: !group.IsReadOnly);
            lane.Begin(this, transport.RentScratch());
            NoteIfLost(lane);
            _lanes.Add(lane);
            _happened.Add(SocketReadiness.Readable | SocketReadiness.Writable);
        }

        _groups[index] = group;
    }

    private void Load(int index, in Group group)
    {
        ref TcpOperation operation = ref _operations[index];
        if (group.LaneCount == 0)
        {
            operation.Status = group.Segment.Failure;
            return;
        }

        long sizeBytes = operation.Request.RangeBytes;
        bool splits = operation.Request.IsRead && group.Count < group.LaneCount && sizeBytes >= 2 * SplitBytesMin;
        long partBytes = splits ? RoundUp(Math.Max(SplitBytesMin, sizeBytes / group.LaneCount)) : sizeBytes;
        long begin = 0;
        do
        {
            var part = new LaneRequest(index, begin, Math.Min(partBytes, sizeBytes - begin));
            LeastLoaded(group).Add(part, operation.Request.IsRead, part.SizeBytes + OperationCost);
            operation.PartsLeft++;
            begin += partBytes;
        }
        while (begin < sizeBytes);
    }

    private static long RoundUp(long sizeBytes) =>
        (sizeBytes + Limits.BlobAlignmentBytes - 1) & -Limits.BlobAlignmentBytes;

    private TcpLane LeastLoaded(in Group group)
    {
        TcpLane least = _lanes[group.LaneBegin];
        for (int i = 1; i < group.LaneCount; i++)
        {
            TcpLane lane = _lanes[group.LaneBegin + i];
            least = lane.LoadBytes < least.LoadBytes ? lane : least;
        }

        return least;
    }

    private bool HasWork()
    {
        foreach (TcpLane lane in _lanes)
        {
            if (!lane.IsDone && !lane.HasFailed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives every lane a turn.</summary>
    /// <returns>Whether something moved, so that it is not yet time to wait.</returns>
    private bool MoveAll()
    {
        bool hasMoved = false;
        for (int i = 0; i < _lanes.Count; i++)
        {
            TcpLane lane = _lanes[i];
            if (!lane.IsDone && !lane.HasFailed)
            {
                _ = lane.Move(_happened[i], out bool hasMore);
                // What was ready is used up unless the turn ended before.
                _happened[i] = hasMore ? SocketReadiness.Readable | SocketReadiness.Writable : SocketReadiness.None;
                hasMoved |= hasMore | CheckFailure(i);
            }
        }

        return hasMoved;
    }

    // A lane that can begin anew does so; else its peer is lost.
    private bool CheckFailure(int index)
    {
        TcpLane lane = _lanes[index];
        if (!lane.HasFailed)
        {
            return false;
        }

        if (lane.MayStartAgain && !Deadline.HasPassed(_deadline))
        {
            lane.StartAgain();
            _happened[index] = SocketReadiness.Readable | SocketReadiness.Writable;
        }

        NoteIfLost(lane);
        return !lane.HasFailed;
    }

    private void NoteIfLost(TcpLane lane)
    {
        if (lane.HasFailed)
        {
            transport.NoteLost(lane.Segment, lane.Failure, lane.FailureText);
        }
    }

    private void FailAll(MmcStatus status)
    {
        for (int i = 0; i < _count; i++)
        {
            MmcStatus before = _operations[i].Status;
            MmcStatus known = before == MmcStatus.Ok ? _operations[i].Segment!.Failure : before;
            _operations[i].Status = known == MmcStatus.Ok ? status : known;
        }
    }

    private bool Spin()
    {
        long ticks = _bytes <= SpinBytesMax ? _spin.NextTicks() : 0;
        if (ticks == 0)
        {
            return false;
        }

        long end = Stopwatch.GetTimestamp() + ticks;
        bool hasMoved = false;
        do
        {
            Thread.SpinWait(SpinsBetweenLooks);
            for (int i = 0; i < _lanes.Count; i++)
            {
                TcpLane lane = _lanes[i];
                if (!lane.IsDone && !lane.HasFailed)
                {
                    hasMoved |= lane.Move(lane.Awaits, out bool hasMore) | CheckFailure(i);
                    _happened[i] = hasMore ? SocketReadiness.Readable | SocketReadiness.Writable : _happened[i];
                }
            }
        }
        while (!hasMoved && HasWork() && Stopwatch.GetTimestamp() < end);
        bool cameInTime = hasMoved || !HasWork();
        _spin.Report(cameInTime);
        return cameInTime;
    }

    private void Wait()
    {
        long end = _deadline;
        bool isBuffered = false;
        foreach (TcpLane lane in _lanes)
        {
            if (!lane.IsDone && !lane.HasFailed)
            {
                end = Math.Min(end, lane.StallDeadline);
                isBuffered |= lane.HasBuffered;
                _ = _polls.Add(lane.Socket!, lane.Awaits);
            }
        }

        _ = _polls.Wait(isBuffered ? 0 : Deadline.MillisecondsLeft(end));
        for (int i = 0, listed = 0; i < _lanes.Count; i++)
        {
            TcpLane lane = _lanes[i];
            if (!lane.IsDone && !lane.HasFailed)
            {
                _happened[i] = _polls.ReadinessAt(listed++);
                FailIfLate(lane, _happened[i]);
            }
        }

        _polls.Clear();
    }

    private void GiveUp()
    {
        foreach (TcpLane lane in _lanes)
        {
            if (!lane.IsDone && !lane.HasFailed)
            {
                lane.Fail(MmcStatus.Timeout, "the batch's time is over");
            }
        }
    }

    private void FailIfLate(TcpLane lane, SocketReadiness happened)
    {
        if (happened == SocketReadiness.None && Deadline.HasPassed(lane.StallDeadline))
        {
            MmcStatus status = lane.IsReady ? MmcStatus.Timeout : MmcStatus.LinkNotFound;
            lane.Fail(status, $"nothing came from {lane.Segment.Address} in time");
            NoteIfLost(lane);
        }
    }

    private void EndLanes()
    {
        if (!_isRunning)
        {
            return;
        }

        _isRunning = false;
        foreach (TcpLane lane in _lanes)
        {
            lane.FailRest();
            transport.Return(lane.End());
            lane.Segment.Return(lane);
        }

        _lanes.Clear();
        _happened.Clear();
        _groups.Clear();
        CountOutcomes();
    }

    private void CountOutcomes()
    {
        long failureCount = 0;
        long bytesIn = 0;
        long bytesOut = 0;
        for (int i = 0; i < _count; i++)
        {
            ref TcpOperation operation = ref _operations[i];
            failureCount += operation.Status == MmcStatus.Ok ? 0 : 1;
            bytesIn += operation.Status == MmcStatus.Ok && operation.Request.IsRead ? operation.Request.RangeBytes : 0;
            bytesOut += operation.Status == MmcStatus.Ok ? operation.Request.PayloadBytes : 0;
            if (operation.Status == MmcStatus.BlobChanged)
            {
                transport.Counters.AddReadChanged();
            }
        }

        transport.Counters.AddBytes(bytesIn, bytesOut);
        transport.Counters.AddOperations(_count, failureCount);
    }

    private struct Group
    {
        public TcpRemoteSegment Segment;
        public long Bytes;
        public int Count;
        public int LaneBegin;
        public int LaneCount;
        public bool IsReadOnly;
    }
}
