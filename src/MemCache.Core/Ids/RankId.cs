namespace MemCache.Core;

/// <summary>A LocalService's number in the pool, 0 .. <see cref="Limits.RankCountMax"/> - 1.</summary>
public readonly record struct RankId(ushort Value)
{
    /// <summary>No rank: a client that contributes no memory.</summary>
    public static readonly RankId None = new(ushort.MaxValue);

    /// <inheritdoc/>
    public override string ToString() => this == None ? "none" : $"rank-{Value}";
}
