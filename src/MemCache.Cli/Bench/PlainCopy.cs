using MemCache.Interop;

namespace MemCache.Cli;

/// <summary>
/// What the machine can do: copies one plain buffer to another with a given number of threads, each its own contiguous
/// part. No list of pieces, no checks, no shared memory.
/// </summary>
internal sealed class PlainCopy : IDisposable
{
    // Parts end on whole pages, so that two threads never share a cache line.
    private const long PartAlignmentBytes = 4096;

    private readonly NativeBuffer _source;
    private readonly NativeBuffer _destination;
    private readonly Barrier _begin;
    private readonly Barrier _end;
    private readonly Thread[] _helpers;
    private readonly int _threadCount;
    private CopyKernel _kernel; // written between rounds by the caller; the barriers order it
    private volatile bool _closed;

    /// <summary>Buffers of this size and the threads beside the caller's.</summary>
    public PlainCopy(long sizeBytes, int threadCount)
    {
        _source = NativeBuffer.Allocate(sizeBytes);
        _destination = NativeBuffer.Allocate(sizeBytes);
        _source.Prefault();
        _destination.Prefault();
        _threadCount = threadCount;
        _begin = new Barrier(threadCount);
        _end = new Barrier(threadCount);
        _helpers = new Thread[threadCount - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int part = i + 1;
            _helpers[i] = new Thread(() => Help(part)) { IsBackground = true, Name = "plain-copy" };
            _helpers[i].Start();
        }
    }

    /// <summary>Bytes of one copy.</summary>
    public long SizeBytes => _source.SizeBytes;

    /// <summary>Copies everything once.</summary>
    public void Copy(CopyKernel kernel)
    {
        _kernel = kernel;
        _begin.SignalAndWait();
        CopyPart(0);
        _end.SignalAndWait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed = true;
        _begin.SignalAndWait();
        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }

        _begin.Dispose();
        _end.Dispose();
        _source.Dispose();
        _destination.Dispose();
    }

    private void Help(int part)
    {
        while (true)
        {
            _begin.SignalAndWait();
            if (_closed)
            {
                return;
            }

            CopyPart(part);
            _end.SignalAndWait();
        }
    }

    private void CopyPart(int part)
    {
        long begin = PartBegin(part);
        CopyKernels.Copy(
            _destination.Address + (nuint)begin, _source.Address + (nuint)begin, PartBegin(part + 1) - begin, _kernel);
        CopyKernels.StoreFence();
    }

    private long PartBegin(int part) =>
        part == _threadCount ? SizeBytes : SizeBytes / _threadCount * part / PartAlignmentBytes * PartAlignmentBytes;
}
