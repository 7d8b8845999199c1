namespace MemCache.Cli;

/// <summary>A simulated pool of a fixed number of blocks.</summary>
internal interface IReplayPolicy
{
    /// <summary>Whether the pool has a block.</summary>
    bool Has(int block);

    /// <summary>A request uses those of its blocks that are there and puts the others.</summary>
    void Serve(ReadOnlySpan<int> blocks);
}
