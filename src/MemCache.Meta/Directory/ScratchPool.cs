namespace MemCache.Meta;

/// <summary>Working memory for the calls that run at the same time. Thread-safe; allocates only when more run than ever before.</summary>
internal sealed class ScratchPool(int shardCount)
{
    private readonly Lock _lock = new();
    private readonly Stack<BatchScratch> _free = new(capacity: 64);

    /// <summary>Working memory for one call.</summary>
    public BatchScratch Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out BatchScratch? scratch))
            {
                return scratch;
            }
        }

        return new BatchScratch(shardCount);
    }

    /// <summary>Gives it back.</summary>
    public void Return(BatchScratch scratch)
    {
        lock (_lock)
        {
            _free.Push(scratch);
        }
    }
}
