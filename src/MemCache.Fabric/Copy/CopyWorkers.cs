using System.Diagnostics;

namespace MemCache.Fabric;

/// <summary>
/// The threads that help with large batches. They are started with the first one, sleep when there is nothing to do,
/// and never keep a process alive. Several batches at a time are legal: every caller copies its own batch, so none can
/// starve.
/// </summary>
internal sealed class CopyWorkers : IDisposable
{
    // LIMIT: batches listed at a time. More callers than this copy alone.
    private const int JobCountMax = 64;

    // Between the batches of one busy caller lie a request, two looks at the stamps and what the caller does itself: 100 .. 200 us here. A worker
    // that slept by then costs 5 .. 130 us of help with each batch. One that finds that batches come less often looks only shortly.
    private static readonly long SpinTicksLong = Stopwatch.Frequency / 3_333; // 300 us
    private static readonly long SpinTicksShort = Stopwatch.Frequency / 200_000; // 5 us

    // What was waited for came this soon if one counts the wake-up of a worker that slept.
    private static readonly long SoonTicks = SpinTicksLong + (Stopwatch.Frequency / 10_000);

    // Guards all fields. A plain object: sleeping workers wait on it, which Lock does not offer.
    private readonly object _gate = new();
    private readonly Thread?[] _threads;
    private readonly CopyJob[] _jobs = new CopyJob[JobCountMax];
    private readonly bool _maySpin = Environment.ProcessorCount > 1;
    private int _jobCount;
    private int _sleeperCount;
    private bool _isStarted;
    private bool _isClosing;

    public CopyWorkers(int threadCount) => _threads = new Thread?[threadCount];

    /// <summary>Threads that live.</summary>
    public int AliveCount => _threads.Count(thread => thread?.IsAlive == true);

    /// <summary>Lets the workers in.</summary>
    /// <returns><see langword="false"/>: the caller copies alone, and must not call <see cref="Withdraw"/>.</returns>
    public bool TryOffer(CopyJob job)
    {
        lock (_gate)
        {
            if (_isClosing || _jobCount == JobCountMax)
            {
                return false;
            }

            if (!_isStarted)
            {
                Start();
            }

            _jobs[_jobCount] = job;
            Volatile.Write(ref _jobCount, _jobCount + 1);
            if (_sleeperCount > 0)
            {
                Monitor.PulseAll(_gate);
            }

            return true;
        }
    }

    /// <summary>Lets no further worker in; those inside go on.</summary>
    public void Withdraw(CopyJob job)
    {
        lock (_gate)
        {
            int index = Array.IndexOf(_jobs, job, 0, _jobCount);
            Volatile.Write(ref _jobCount, _jobCount - 1);
            _jobs[index] = _jobs[_jobCount];
            _jobs[_jobCount] = null!;
        }
    }

    /// <summary>Ends the threads, each after the chunk it copies.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread? thread in _threads)
        {
            thread?.Join();
        }
    }

    private void Start()
    {
        _isStarted = true;
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"mmc-copy-{i}" };
            _threads[i]!.Start();
        }
    }

    private void Run()
    {
        long idleSince = Stopwatch.GetTimestamp();
        while (TryEnterNext(out CopyJob? job))
        {
            if (job is not null)
            {
                bool cameSoon = Stopwatch.GetTimestamp() - idleSince < SoonTicks;
                job.Work();
                job.Leave();
                idleSince = Stopwatch.GetTimestamp();
                Spin(idleSince + (cameSoon ? SpinTicksLong : SpinTicksShort));
            }
        }
    }

    /// <summary>Takes the next batch that needs help, or sleeps until there is one.</summary>
    /// <returns><see langword="false"/> when the workers are to end.</returns>
    private bool TryEnterNext(out CopyJob? job)
    {
        lock (_gate)
        {
            job = FindJob();
            if (job is null && !_isClosing)
            {
                _sleeperCount++;
                Monitor.Wait(_gate);
                _sleeperCount--;
                job = FindJob();
            }

            job?.Enter();
            return job is not null || !_isClosing;
        }
    }

    private CopyJob? FindJob()
    {
        for (int i = 0; i < _jobCount; i++)
        {
            if (_jobs[i].HasWork)
            {
                return _jobs[i];
            }
        }

        return null;
    }

    /// <summary>Looks for a next batch for a while.</summary>
    private void Spin(long end)
    {
        while (_maySpin && Volatile.Read(ref _jobCount) == 0 && Stopwatch.GetTimestamp() < end)
        {
            Thread.SpinWait(16);
        }
    }
}
