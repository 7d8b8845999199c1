namespace MemCache.Benchmarks;

/// <summary>A pool of a fixed number of objects under one order of eviction.</summary>
internal interface IEvictionRun
{
    /// <summary>Serves a prompt: what is there is used, the rest is put, and as much is evicted. Returns how much was there.</summary>
    int Serve(ReadOnlySpan<int> blocks);
}
