namespace MemCache.MetaService;

/// <summary>One capacity of <see cref="CurveReply"/>.</summary>
/// <param name="CapacityFactor">Times the present capacity.</param>
/// <param name="CapacityBytes">In bytes.</param>
/// <param name="CapacityObjects">In objects.</param>
/// <param name="HitRatio">What would hit.</param>
/// <param name="MissRatio">The rest.</param>
internal sealed record CurvePoint(double CapacityFactor, long CapacityBytes, long CapacityObjects, double HitRatio, double MissRatio);
