namespace MemCache.Meta;

/// <summary>What a policy's number of objects that fit is computed from.</summary>
/// <param name="HoldablePages">Pages that objects take while eviction works: halfway between the watermarks.</param>
/// <param name="UsedPages">Pages that are taken now.</param>
internal readonly record struct ReuseCapacity(long HoldablePages, long UsedPages)
{
    /// <summary>The one of a medium with these watermarks.</summary>
    public static ReuseCapacity Of(MediumUsage usage, int highPercent, int lowPercent) =>
        new(usage.CapacityPages * (highPercent + lowPercent) / 200, usage.UsedPages);
}
