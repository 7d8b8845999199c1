using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>One segment of a drain job.</summary>
internal sealed class DrainSegment(SegmentId id, string name)
{
    /// <summary>The mount.</summary>
    public SegmentId Id { get; } = id;

    /// <summary>As the operator named it.</summary>
    public string Name { get; } = name;

    /// <summary>Figures when the job began.</summary>
    public DrainProgress Begin { get; set; }

    /// <summary>Figures as they were last read.</summary>
    public DrainProgress Now { get; set; }

    /// <summary>Whether its rank has left the pool.</summary>
    public bool HasLeft { get; set; }
}
