namespace MemCache.Meta;

/// <summary>Chunks that no slab uses at the moment, shared by all slabs of one chunk size. Thread-safe.</summary>
internal sealed class ChunkPool(int chunkShift)
{
    private readonly Lock _lock = new();
    private readonly Stack<Chunk> _free = new();
    private long _chunkCount;

    /// <summary>log2 of a chunk's size in bytes.</summary>
    public int ChunkShift { get; } = chunkShift;

    /// <summary>Bytes of all chunks, used and free.</summary>
    public long Bytes => Interlocked.Read(ref _chunkCount) << ChunkShift;

    /// <summary>A chunk, or <see langword="null"/> when the process has no memory left.</summary>
    public Chunk? Take()
    {
        lock (_lock)
        {
            if (_free.TryPop(out Chunk? chunk))
            {
                return chunk;
            }
        }

        try
        {
            Chunk chunk = new(1 << ChunkShift);
            Interlocked.Increment(ref _chunkCount);
            return chunk;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Gives a chunk back.</summary>
    public void Return(Chunk chunk)
    {
        lock (_lock)
        {
            _free.Push(chunk);
        }
    }
}
