namespace MemCache.SimulationTests;

/// <summary>A lease by key as its holder knows it.</summary>
internal sealed class FakeLease(string key, FakeSegment segment, ulong generation)
{
    public string Key { get; } = key;

    /// <summary>Where the object's first replica was when it was leased.</summary>
    public FakeSegment Segment { get; } = segment;

    public ulong Generation { get; } = generation;

    public long EndMs { get; set; }
}
