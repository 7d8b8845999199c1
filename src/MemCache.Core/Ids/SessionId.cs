namespace MemCache.Core;

/// <summary>One client's membership from join to leave or loss. Never reused within an epoch; 0 is no session.</summary>
public readonly record struct SessionId(uint Value)
{
    /// <summary>No session.</summary>
    public static readonly SessionId None;

    /// <inheritdoc/>
    public override string ToString() => $"session-{Value}";
}
