using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Cli;

/// <summary>The policy that pools use, over blocks in place of objects.</summary>
internal sealed class ReuseReplay : IReplayPolicy
{
    private const ulong Seed = 1;

    private readonly ReusePolicy _policy;
    private readonly int _capacityBlocks;
    private readonly bool _refuses;
    private readonly bool[] _isThere;
    private readonly Dictionary<ulong, int> _blockOf;
    private ulong[] _hashes = new ulong[256];

    /// <summary>An empty pool of <paramref name="capacityBlocks"/>.</summary>
    /// <param name="blockCount">Different blocks.</param>
    /// <param name="capacityBlocks">Blocks that fit.</param>
    /// <param name="refuses">Whether blocks that pay less than everything there are not put when the pool is
    /// full.</param>
    /// <param name="estimates">Whether to estimate other capacities: <see cref="MissRatio"/>.</param>
    public ReuseReplay(int blockCount, int capacityBlocks, bool refuses, bool estimates)
    {
        var options = new ReuseOptions { CapacityCount = capacityBlocks, EstimatesMissRatio = estimates };
        _policy = new ReusePolicy(options, new SplitMix64(Seed));
        _capacityBlocks = capacityBlocks;
        _refuses = refuses;
        _isThere = new bool[blockCount];
        _blockOf = new Dictionary<ulong, int>(blockCount);
        for (int block = 0; block < blockCount; block++)
        {
            _blockOf.Add(HashOf(block), block);
        }
    }

    /// <summary>The estimate, if it was asked for.</summary>
    public MissRatioEstimator? MissRatio => _policy.MissRatio;

    /// <inheritdoc/>
    public bool Has(int block) => _isThere[block];

    /// <inheritdoc/>
    public void Serve(ReadOnlySpan<int> blocks)
    {
        ReadOnlySpan<ulong> hashes = Hash(blocks);
        _policy.Refer(hashes);
        int missing = 0;
        while (missing < blocks.Length && Has(blocks[missing]))
        {
            missing++;
        }

        int end = _refuses && _policy.ResidentCount >= _capacityBlocks
            ? missing + _policy.CountWorthy(hashes[missing..])
            : blocks.Length;
        for (int i = missing; i < end; i++)
        {
            _policy.Place(hashes[i]);
            _isThere[blocks[i]] = true;
        }

        Evict();
    }

    private void Evict()
    {
        var everything = new EveryObject();
        while (_policy.ResidentCount > _capacityBlocks && _policy.TryEvict(ref everything, out ulong hash))
        {
            _isThere[_blockOf[hash]] = false;
        }
    }

    private ReadOnlySpan<ulong> Hash(ReadOnlySpan<int> blocks)
    {
        if (_hashes.Length < blocks.Length)
        {
            _hashes = new ulong[blocks.Length];
        }

        for (int i = 0; i < blocks.Length; i++)
        {
            _hashes[i] = HashOf(blocks[i]);
        }

        return _hashes.AsSpan(0, blocks.Length);
    }

    private static ulong HashOf(int block) => SplitMix64.Mix((ulong)block + 1);
}
