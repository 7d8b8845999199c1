namespace MemCache.Cli;

/// <summary>Least recently used, or with <paramref name="usesCount"/> false first in, first out.</summary>
internal sealed class LruReplay(int blockCount, int capacityBlocks, bool usesCount) : IReplayPolicy
{
    private readonly BlockList _blocks = new(blockCount);

    /// <inheritdoc/>
    public bool Has(int block) => _blocks.Has(block);

    /// <inheritdoc/>
    public void Serve(ReadOnlySpan<int> blocks)
    {
        foreach (int block in blocks)
        {
            bool isThere = _blocks.Has(block);
            if (isThere && usesCount)
            {
                _blocks.Remove(block);
            }

            if (!isThere || usesCount)
            {
                _blocks.Add(block);
            }

            if (_blocks.Count > capacityBlocks)
            {
                _blocks.RemoveOldest();
            }
        }
    }
}
