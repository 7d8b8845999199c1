using System.Diagnostics;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// One large batch that several threads copy. Reused: its arrays stay. The thread that calls
/// <see cref="CopyEngine.Copy"/> owns it; workers enter and leave under its lock.
/// </summary>
internal sealed class CopyJob
{
    // LIMIT: chunks of a batch. Enough that 16 threads end within 2 % of each other, few enough that cutting costs
    // nothing.
    private const int ChunkCountMax = 1024;

    // Smaller chunks spread better, larger ones keep the hardware prefetchers in their stride.
    private const long ChunkBytesMin = 256L << 10;

    // A worker that has not come to its end by then was interrupted: let its core have the time.
    private static readonly long SpinTicksMax = Stopwatch.Frequency / 5000; // 200 us

    private readonly CopyChunk[] _chunks = new CopyChunk[ChunkCountMax + 1];
    private nuint _pieces;
    private CopyKernel _kernel;
    private int _chunkCount;
    private int _nextChunk;

    // Workers inside. Written under lock (this).
    private int _workerCount;

    /// <summary>Whether a chunk is left that nobody has taken.</summary>
    public bool HasWork => Volatile.Read(ref _nextChunk) < _chunkCount;

    /// <summary>Cuts a batch. No worker is inside.</summary>
    public void Prepare(ReadOnlySpan<CopyPiece> pieces, nuint address, long sizeBytes, CopyKernel kernel)
    {
        _pieces = address;
        _kernel = kernel;
        _nextChunk = 0;
        _chunkCount = 0;
        long chunkBytes = Math.Max(ChunkBytesMin, (sizeBytes + ChunkCountMax - 1) / ChunkCountMax);
        int pieceIndex = 0;
        long offset = 0;
        for (long done = 0; done < sizeBytes; done += chunkBytes)
        {
            _chunks[_chunkCount++] = new CopyChunk(pieceIndex, offset, Math.Min(chunkBytes, sizeBytes - done));
            offset += chunkBytes;
            while (pieceIndex < pieces.Length && offset >= pieces[pieceIndex].SizeBytes)
            {
                offset -= pieces[pieceIndex++].SizeBytes;
            }
        }
    }

    /// <summary>Copies chunks until none is left.</summary>
    public void Work()
    {
        while (HasWork)
        {
            int index = Interlocked.Increment(ref _nextChunk) - 1;
            if (index >= _chunkCount)
            {
                break;
            }

            CopyChunk chunk = _chunks[index];
            CopyKernels.CopyRange(_pieces, chunk.PieceIndex, chunk.Offset, chunk.SizeBytes, _kernel);
        }

        CopyKernels.StoreFence();
    }

    /// <summary>A worker comes in. Called while the job is still listed.</summary>
    public void Enter()
    {
        lock (this)
        {
            _workerCount++;
        }
    }

    /// <summary>A worker goes and does not touch the job or its memory again.</summary>
    public void Leave()
    {
        lock (this)
        {
            if (--_workerCount == 0)
            {
                Monitor.PulseAll(this);
            }
        }
    }

    /// <summary>Waits until no worker is inside. The job is no longer listed, so that none comes in.</summary>
    public void WaitForWorkers()
    {
        // What is left is at most one chunk for each worker, some 30 us: less than it takes to block and to be woken.
        long begin = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _workerCount) > 0 && Stopwatch.GetTimestamp() - begin < SpinTicksMax)
        {
            Thread.SpinWait(8);
        }

        lock (this)
        {
            while (_workerCount > 0)
            {
                Monitor.Wait(this);
            }
        }
    }
}
