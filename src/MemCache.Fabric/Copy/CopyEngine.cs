using System.Diagnostics;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// Copies batches of memory ranges: gathers, scatters, with several threads where that helps and past the caches where
/// that helps. Thread-safe: several threads may copy at a time. No managed allocation once warm.
/// </summary>
public sealed class CopyEngine : IDisposable
{
    private const int ThreadCountDefaultMax = 8;

    private readonly CopyEngineOptions _options;
    private readonly CopyWorkers? _workers;
    private readonly CopyTuner _tuner = new();

    // Jobs that nobody uses. Grows to the number of threads that ever copied at one time.
    private readonly Stack<CopyJob> _jobs = new();
    private readonly Lock _jobsLock = new();
    private volatile bool _isDisposed;

    /// <summary>An engine. Its threads are started with the first batch that needs them.</summary>
    public CopyEngine(CopyEngineOptions? options = null)
    {
        _options = options ?? new CopyEngineOptions();
        int cores = Environment.ProcessorCount;
        int wanted = _options.ThreadCount > 0 ? _options.ThreadCount : ThreadCountDefaultMax;
        ThreadCount = Math.Min(wanted, cores);
        _workers = ThreadCount > 1 ? new CopyWorkers(ThreadCount - 1) : null;
    }

    /// <summary>Threads that copy one large batch, the caller's included.</summary>
    public int ThreadCount { get; }

    /// <summary>Threads of the engine that live.</summary>
    internal int WorkerCount => _workers?.AliveCount ?? 0;

    /// <summary>
    /// Test hook: called with the index of each piece after it was copied. While it is set, batches are copied piece by
    /// piece on the calling thread.
    /// </summary>
    internal Action<int>? PieceCopied { get; set; }

    /// <summary>
    /// Copies all pieces and returns when every byte is stored and visible to whoever is told so afterwards. The ranges
    /// stay the caller's: they are alive until this returns, destinations overlap nothing.
    /// </summary>
    /// <param name="pieces">In any number and size, 0 included.</param>
    /// <param name="direction">What the copy is for.</param>
    /// <returns>
    /// <see cref="MmcStatus.InvalidParameter"/>: a piece has a null address or a negative size, nothing was copied.
    /// <see cref="MmcStatus.NotInitialised"/>: disposed.
    /// </returns>
    public MmcStatus Copy(ReadOnlySpan<CopyPiece> pieces, CopyDirection direction = CopyDirection.Put)
    {
        if (_isDisposed)
        {
            return MmcStatus.NotInitialised;
        }

        if (!TryAddSizes(pieces, out long sizeBytes))
        {
            return MmcStatus.InvalidParameter;
        }

        if (sizeBytes == 0)
        {
            return MmcStatus.Ok;
        }

        CopyKernel kernel = _options.Kernel ?? _tuner.Choose(direction, sizeBytes);
        long begin = Stopwatch.GetTimestamp();
        PinnedSpan.Use(
            MemoryMarshal.AsBytes(pieces),
            new Batch(this, pieces, sizeBytes, kernel),
            static (address, batch) => batch.Engine.CopyPinned(batch, address));
        _tuner.Record(direction, sizeBytes, kernel, Stopwatch.GetTimestamp() - begin);
        return MmcStatus.Ok;
    }

    /// <summary>Ends the threads. Batches under way are finished by their callers.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _workers?.Dispose();
    }

    private static bool TryAddSizes(ReadOnlySpan<CopyPiece> pieces, out long sizeBytes)
    {
        sizeBytes = 0;
        foreach (ref readonly CopyPiece piece in pieces)
        {
            sizeBytes += piece.SizeBytes;
            if (!piece.IsValid || sizeBytes < 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool CopyPinned(in Batch batch, nuint address)
    {
        if (PieceCopied is { } hook)
        {
            CopyWithHook(batch, address, hook);
        }
        else if (_workers is null
            || batch.SizeBytes < _options.ParallelBytesMin
            || !CopyTogether(batch, address, _workers))
        {
            CopyKernels.CopyRange(address, 0, 0, batch.SizeBytes, batch.Kernel);
            CopyKernels.StoreFence();
        }

        return true;
    }

    private bool CopyTogether(in Batch batch, nuint address, CopyWorkers workers)
    {
        CopyJob job = RentJob();
        job.Prepare(batch.Pieces, address, batch.SizeBytes, batch.Kernel);
        bool isOffered = workers.TryOffer(job);
        if (isOffered)
        {
            job.Work();
            workers.Withdraw(job);
            job.WaitForWorkers();
        }

        lock (_jobsLock)
        {
            _jobs.Push(job);
        }

        return isOffered;
    }

    private CopyJob RentJob()
    {
        lock (_jobsLock)
        {
            if (_jobs.TryPop(out CopyJob? job))
            {
                return job;
            }
        }

        return new CopyJob();
    }

    private static void CopyWithHook(in Batch batch, nuint address, Action<int> hook)
    {
        for (int i = 0; i < batch.Pieces.Length; i++)
        {
            CopyKernels.CopyRange(address, i, 0, batch.Pieces[i].SizeBytes, batch.Kernel);
            CopyKernels.StoreFence();
            hook(i);
        }
    }

    private readonly ref struct Batch(
        CopyEngine engine, ReadOnlySpan<CopyPiece> pieces, long sizeBytes, CopyKernel kernel)
    {
        public readonly CopyEngine Engine = engine;
        public readonly ReadOnlySpan<CopyPiece> Pieces = pieces;
        public readonly long SizeBytes = sizeBytes;
        public readonly CopyKernel Kernel = kernel;
    }
}
