using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>One put between reserve and commit.</summary>
internal sealed class Put(string key, int content, ObjectLocation location, List<Copy> copies)
{
    public string Key { get; } = key;

    public int Content { get; } = content;

    public ObjectLocation Location { get; } = location;

    public List<Copy> Copies { get; } = copies;

    /// <summary>The writer is stopped until this step of the world.</summary>
    public int ResumeAt { get; init; }

    /// <summary>Its pin, and when it ends; 0: never.</summary>
    public (ObjectPin Pin, long EndMs) Terms { get; init; }

    /// <summary>Made by an allocation: its key is known before it is readable.</summary>
    public bool IsListed { get; init; }

    public bool IsWritten => Copies.TrueForAll(copy => copy.IsDone);

    public bool IsRefused => Copies.Exists(copy => copy.IsRefused);
}
