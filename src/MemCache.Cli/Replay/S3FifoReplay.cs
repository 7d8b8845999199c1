namespace MemCache.Cli;

/// <summary>
/// S3-FIFO: a small queue for what is new, a main queue for what was used there or is remembered, and ghosts.
/// Source: Yang, Zhang, Qiu, Yue, Vigfusson, "FIFO queues are all you need for cache eviction", SOSP 2023.
/// </summary>
internal sealed class S3FifoReplay : IReplayPolicy
{
    private const int SmallShare = 10;
    private const byte UseCountMax = 3;

    private readonly BlockList _small;
    private readonly BlockList _main;
    private readonly BlockList _ghosts;
    private readonly byte[] _uses;
    private readonly int _capacityBlocks;
    private readonly int _smallBlocks;

    /// <summary>An empty cache of <paramref name="capacityBlocks"/>.</summary>
    public S3FifoReplay(int blockCount, int capacityBlocks)
    {
        _small = new BlockList(blockCount);
        _main = new BlockList(_small);
        _ghosts = new BlockList(_small);
        _uses = new byte[blockCount];
        _capacityBlocks = capacityBlocks;
        _smallBlocks = Math.Max(1, capacityBlocks / SmallShare);
    }

    /// <inheritdoc/>
    public bool Has(int block) => _small.Has(block) || _main.Has(block);

    /// <inheritdoc/>
    public void Serve(ReadOnlySpan<int> blocks)
    {
        foreach (int block in blocks)
        {
            if (Has(block))
            {
                _uses[block] = Math.Min((byte)(_uses[block] + 1), UseCountMax);
            }
            else
            {
                Put(block);
            }
        }
    }

    private void Put(int block)
    {
        while (_small.Count + _main.Count >= _capacityBlocks)
        {
            Evict();
        }

        _uses[block] = 0;
        if (_ghosts.Has(block))
        {
            _ghosts.Remove(block);
            _main.Add(block);
        }
        else
        {
            _small.Add(block);
        }
    }

    private void Evict()
    {
        if ((_small.Count < _smallBlocks && _main.Count > 0) || !EvictSmall())
        {
            EvictMain();
        }
    }

    // What was used meanwhile moves to the main queue; true if something else left.
    private bool EvictSmall()
    {
        while (_small.Count > 0)
        {
            int block = _small.RemoveOldest();
            if (_uses[block] == 0)
            {
                Remember(block);
                return true;
            }

            _uses[block] = 0;
            _main.Add(block);
        }

        return false;
    }

    private void Remember(int block)
    {
        _ghosts.Add(block);
        if (_ghosts.Count > _capacityBlocks)
        {
            _ghosts.RemoveOldest();
        }
    }

    private void EvictMain()
    {
        while (_main.Count > 0)
        {
            int block = _main.RemoveOldest();
            if (_uses[block] == 0)
            {
                return;
            }

            _uses[block]--;
            _main.Add(block);
        }
    }
}
