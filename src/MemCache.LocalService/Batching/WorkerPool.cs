using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// Threads of our own that run asynchronous calls, so that a copy of 100 ms never sits on the host's thread pool. Threads start when
/// there is work and none is idle, and stay until the pool is disposed. The queue is bounded.
/// </summary>
internal sealed class WorkerPool(string name, int threadCountMax) : IDisposable
{
    // LIMIT: a caller that has this many calls waiting is told so instead of growing the queue further.
    private const int QueueCountMax = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<AsyncCall> _queue = new();
    private readonly Stack<AsyncCall> _free = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<Thread> _threads = []; // guarded by _lock
    private int _idleCount; // guarded by _lock
    private bool _stopped; // guarded by _lock

    /// <summary>A call object to fill and <see cref="Start"/>.</summary>
    public AsyncCall Rent()
    {
        lock (_free)
        {
            return _free.Count > 0 ? _free.Pop() : new AsyncCall(_free);
        }
    }

    /// <summary>Queues a call. A full queue or a stopped pool completes it at once with a status.</summary>
    public ValueTask<MmcStatus> Start(AsyncCall call)
    {
        ValueTask<MmcStatus> task = call.Task;
        MmcStatus refusal = Enqueue(call);
        if (refusal != MmcStatus.Ok)
        {
            call.Fail(refusal);
        }

        return task;
    }

    /// <summary>Ends the threads after the calls that they run; calls still waiting end with <see cref="MmcStatus.NotInitialised"/>.</summary>
    public void Dispose()
    {
        List<AsyncCall> waiting;
        Thread[] threads;
        lock (_lock)
        {
            _stopped = true;
            waiting = [.. _queue];
            _queue.Clear();
            threads = [.. _threads];
            _work.Release(Math.Max(1, threads.Length));
        }

        foreach (AsyncCall call in waiting)
        {
            call.Fail(MmcStatus.NotInitialised);
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private MmcStatus Enqueue(AsyncCall call)
    {
        lock (_lock)
        {
            if (_stopped)
            {
                return MmcStatus.NotInitialised;
            }

            if (_queue.Count >= QueueCountMax)
            {
                return MmcStatus.LimitExceeded;
            }

            _queue.Enqueue(call);
            if (_idleCount < _queue.Count && _threads.Count < threadCountMax)
            {
                var thread = new Thread(Serve) { IsBackground = true, Name = $"{name}-{_threads.Count}" };
                _threads.Add(thread);
                thread.Start();
            }

            _work.Release();
            return MmcStatus.Ok;
        }
    }

    private void Serve()
    {
        while (true)
        {
            lock (_lock)
            {
                _idleCount++;
            }

            _work.Wait();
            AsyncCall? call;
            lock (_lock)
            {
                _idleCount--;
                if (_stopped)
                {
                    return;
                }

                _queue.TryDequeue(out call);
            }

            call?.Run();
        }
    }
}
