using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>One replica that a rank makes in its own segment from another one, page by page.</summary>
internal sealed class Move(string key, MoveEntry entry, Copy copy)
{
    public string Key { get; } = key;

    public MoveEntry Entry { get; } = entry;

    public Copy Copy { get; } = copy;

    /// <summary>The mover is stopped until this step of the world.</summary>
    public int ResumeAt { get; init; }
}
