using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// The drain jobs: a bounded table, stepped by the maintenance thread. The engine and the LocalServices do the work; a
/// job begins it, watches it and says when it has ended. Thread-safe; its lock is taken before the engine's.
/// </summary>
internal sealed class DrainJobs(MetaEngine engine, MonotonicClock clock, ulong instanceId, int stallMs, ILogger logger)
{
    /// <summary>Jobs that are kept: the oldest one that has ended makes room for a new one.</summary>
    public const int JobCountMax = 64;

    /// <summary>Segments of one job.</summary>
    public const int SegmentCountMax = 64;

    private readonly Lock _lock = new();
    private readonly List<DrainJob> _jobs = [];
    private readonly long[] _ended = new long[Enum.GetValues<DrainState>().Length];
    private int _lastNumber;

    /// <summary>Jobs that were begun.</summary>
    public long StartedCount
    {
        get
        {
            lock (_lock)
            {
                return _lastNumber;
            }
        }
    }

    /// <summary>Jobs that ended in this state.</summary>
    public long EndedCount(DrainState state)
    {
        lock (_lock)
        {
            return _ended[(int)state];
        }
    }

    /// <summary>Begins a job.</summary>
    /// <param name="names">Segments, 1 .. <see cref="SegmentCountMax"/>.</param>
    /// <param name="policy">What becomes of the replicas.</param>
    /// <param name="error">What is wrong, in words.</param>
    /// <returns>The job; <see langword="null"/>: it was refused and nothing has changed.</returns>
    public DrainJobReply? Begin(IReadOnlyList<string> names, DrainPolicy policy, out string error)
    {
        lock (_lock)
        {
            DrainJob? job = Make(names, policy, out error);
            return job is null ? null : DrainJobReply.Of(job);
        }
    }

    /// <summary>A job as it is now.</summary>
    public DrainJobReply? Query(string? id)
    {
        lock (_lock)
        {
            return _jobs.Find(job => job.Id == id) is { } job ? DrainJobReply.Of(job) : null;
        }
    }

    /// <summary>All jobs that are known, oldest first.</summary>
    public DrainJobReply[] List()
    {
        lock (_lock)
        {
            return [.. _jobs.Select(DrainJobReply.Of)];
        }
    }

    /// <summary>
    /// Ends a job that has not failed: its segments are used again. What has moved stays where it is.
    /// </summary>
    public DrainJobReply? Cancel(string? id, out string error)
    {
        lock (_lock)
        {
            DrainJob? job = _jobs.Find(job => job.Id == id);
            error = job is null ? "no such job"
                : job.State is DrainState.Failed or DrainState.Cancelled
                    ? $"the job is {DrainJobReply.NameOf(job.State)}"
                    : "";
            if (error.Length > 0)
            {
                return null;
            }

            End(job!, DrainState.Cancelled, "");
            return DrainJobReply.Of(job!);
        }
    }

    /// <summary>Moves what a leaving client holds elsewhere, unless a job does that already.</summary>
    /// <returns>How far that is; <see langword="null"/>: it was refused, or nothing of the kind goes on.</returns>
    public (DrainState State, long RemainingCount)? Leave(SegmentId segment, string name, bool isBegin)
    {
        lock (_lock)
        {
            DrainJob? job = _jobs.FindLast(job => job.Has(segment));
            if (isBegin && job is not { IsActive: true } and not { State: DrainState.Done })
            {
                job = Make([name], DrainPolicy.Move, out _);
            }

            return job is null ? null : (job.State, job.RemainingCount);
        }
    }

    /// <summary>Looks how far all jobs are. From the maintenance thread, some times a second.</summary>
    public void Step()
    {
        lock (_lock)
        {
            foreach (DrainJob job in _jobs.Where(job => job.IsActive).ToList())
            {
                Step(job, clock.NowMs);
            }
        }
    }

    private DrainJob? Make(IReadOnlyList<string> names, DrainPolicy policy, out string error)
    {
        DrainSegment[]? segments = Find(names, out error);
        if (segments is null)
        {
            return null;
        }

        if (_jobs.Count == JobCountMax && _jobs.FindIndex(job => !job.IsActive) is int oldest)
        {
            if (oldest < 0)
            {
                error = $"{JobCountMax} jobs are running";
                return null;
            }

            _jobs.RemoveAt(oldest);
        }

        var job = new DrainJob($"drain-{(uint)instanceId:x8}-{++_lastNumber}", segments, policy, clock.NowMs);
        _jobs.Add(job);
        foreach (DrainSegment segment in segments)
        {
            _ = engine.SetDraining(segment.Id, policy);
            Read(segment);
            segment.Begin = segment.Now;
        }

        Log.DrainBegan(logger, job.Id, string.Join(", ", names), policy, job.RemainingCount);
        return job;
    }

    private DrainSegment[]? Find(IReadOnlyList<string> names, out string error)
    {
        error = names.Count is > 0 and <= SegmentCountMax ? ""
            : $"'segments' names {names.Count}; legal is 1 .. {SegmentCountMax}";
        var segments = new List<DrainSegment>();
        for (int i = 0; i < names.Count && error.Length == 0; i++)
        {
            SegmentId id = SegmentName.TryParse(names[i], out RankId rank, out Medium medium)
                ? engine.FindSegment(rank, medium)
                : SegmentId.None;
            string name = id == SegmentId.None ? "" : SegmentName.Format(rank, medium);
            error = id == SegmentId.None ? "no such segment; GET /get_all_segments lists them"
                : segments.Exists(known => known.Id == id) ? $"'{name}' is named twice"
                : _jobs.Find(job => job.IsActive && job.Has(id)) is { } other
                    ? $"'{name}' is being drained by {other.Id}"
                : "";
            segments.Add(new DrainSegment(id, name));
        }

        return error.Length == 0 ? [.. segments] : null;
    }

    private void Step(DrainJob job, long nowMs)
    {
        job.State = DrainState.Running;
        (long moved, long remaining) = (job.MovedCount, job.RemainingCount);
        foreach (DrainSegment segment in job.Segments)
        {
            Read(segment);
        }

        if (moved != job.MovedCount || remaining != job.RemainingCount)
        {
            job.ProgressMs = nowMs;
        }

        if (job.Segments.Any(segment => segment.HasLeft && segment.Now.RemainingCount > 0))
        {
            DrainSegment left = job.Segments.First(segment => segment.HasLeft);
            End(job, DrainState.Failed, $"{left.Name} left the pool with {left.Now.RemainingCount} blobs in it");
        }
        else if (job.RemainingCount == 0)
        {
            End(job, DrainState.Done, "");
        }
        else if (Stuck(job, nowMs) is { Length: > 0 } error)
        {
            End(job, DrainState.Failed, error);
        }
    }

    private void Read(DrainSegment segment)
    {
        if (engine.TryReadDrain(segment.Id, out DrainProgress progress))
        {
            segment.Now = progress;
        }
        else
        {
            segment.HasLeft = true;
        }
    }

    /// <summary>Why the job can't come to its end; empty while it can, or may have to wait for readers only.</summary>
    private string Stuck(DrainJob job, long nowMs)
    {
        long stuck = job.Segments.Sum(segment => segment.Now.StuckCount);
        long movable = job.Segments.Sum(segment => segment.Now.MovableCount);
        bool isSeen = job.Segments.All(segment => segment.HasLeft || segment.Now.PassCount > 1);
        if (isSeen && movable == 0 && stuck > 0)
        {
            return $"{stuck} objects find no room elsewhere: no other rank has a segment that can take them; "
                + "they stay readable";
        }

        if (movable + stuck == 0 && isSeen || nowMs - job.ProgressMs < stallMs)
        {
            return "";
        }

        bool isFull = job.Segments.Any(segment => segment.Now.NoRoomCount > segment.Begin.NoRoomCount);
        return isFull
            ? $"{movable + stuck} objects find no room elsewhere: what is there was used more recently; "
                + "they stay readable"
            : $"no object has moved for {stallMs / 1000} s: no LocalService fetches them; "
                + $"{movable + stuck} stay where they are";
    }

    private void End(DrainJob job, DrainState state, string error)
    {
        job.State = state;
        job.Error = error;
        _ended[(int)state]++;
        foreach (DrainSegment segment in job.Segments)
        {
            if (state != DrainState.Done)
            {
                _ = engine.SetDraining(segment.Id, DrainPolicy.None);
            }
        }

        Log.DrainEnded(logger, job.Id, state, job.MovedCount, job.MovedBytes, job.RemainingCount, error);
    }
}
