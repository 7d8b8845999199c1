using System.Diagnostics;
using MemCache.Interop;

namespace MemCache.Benchmarks;

/// <summary>
/// What the engine is measured against: one plain buffer to another, cut into as many equal parts as there are threads,
/// each thread already spinning when the clock starts. No list of pieces, no queue, no wake-up.
/// </summary>
internal sealed class CopyReference : IDisposable
{
    private readonly Thread[] _threads;
    private readonly int _count;
    private readonly ManualResetEvent _armed = new(false);
    private nuint _destination;
    private nuint _source;
    private long _sizeBytes;
    private CopyKernel _kernel;
    private int _spinning;
    private int _round;
    private int _left;
    private volatile bool _isClosing;

    public CopyReference(int threadCount)
    {
        _count = threadCount;
        _threads = new Thread[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int part = i + 1;
            _threads[i] = new Thread(() => Run(part)) { IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Copies and returns the ticks that it took.</summary>
    public long Copy(nuint destination, nuint source, long sizeBytes, CopyKernel kernel)
    {
        (_destination, _source, _sizeBytes, _kernel) = (destination, source, sizeBytes, kernel);
        _left = _count;
        _armed.Set();
        while (Volatile.Read(ref _spinning) < _threads.Length)
        {
            Thread.SpinWait(8);
        }

        _armed.Reset();
        long begin = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _round);
        CopyPart(0);
        while (Volatile.Read(ref _left) > 0)
        {
            Thread.SpinWait(8);
        }

        long ticks = Stopwatch.GetTimestamp() - begin;
        while (Volatile.Read(ref _spinning) > 0)
        {
            Thread.SpinWait(8);
        }

        return ticks;
    }

    public void Dispose()
    {
        _isClosing = true;
        _armed.Set();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _armed.Dispose();
    }

    private void Run(int part)
    {
        while (true)
        {
            _armed.WaitOne();
            if (_isClosing)
            {
                return;
            }

            int seen = Volatile.Read(ref _round);
            Interlocked.Increment(ref _spinning);
            while (Volatile.Read(ref _round) == seen)
            {
                Thread.SpinWait(8);
            }

            CopyPart(part);
            Interlocked.Decrement(ref _spinning);
        }
    }

    private void CopyPart(int part)
    {
        long begin = (_sizeBytes * part / _count) & -64;
        long end = part == _count - 1 ? _sizeBytes : (_sizeBytes * (part + 1) / _count) & -64;
        CopyKernels.Copy(_destination + (nuint)begin, _source + (nuint)begin, end - begin, _kernel);
        CopyKernels.StoreFence();
        Interlocked.Decrement(ref _left);
    }
}
