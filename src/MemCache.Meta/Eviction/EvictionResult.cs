namespace MemCache.Meta;

/// <summary>What one step of eviction did.</summary>
/// <param name="Count">Objects evicted.</param>
/// <param name="PageCount">Pages that came back, in all segments together.</param>
internal readonly record struct EvictionResult(int Count, long PageCount);
