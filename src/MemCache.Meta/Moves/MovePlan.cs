using System.Runtime.CompilerServices;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>What is to be known of an object to move one of its replicas.</summary>
internal struct MovePlan
{
    private Sources _sources;
    private Ranks _ranks;

    public long SizeBytes;
    public ulong PutGeneration;
    public ulong Sequence;
    public uint PinAndTtl;
    public ushort SourceSegment;
    public byte ReplicaCount;
    public byte KeyBytes;
    public int SourceCount;

    /// <summary>Replicas to read from.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<ReplicaLocation> AllSources =>
        ((ReadOnlySpan<ReplicaLocation>)_sources)[..SourceCount];

    /// <summary>Ranks that hold a replica that stays.</summary>
    public int RankCount { get; private set; }

    /// <summary>Adds a living replica.</summary>
    public void AddSource(in ReplicaLocation source) => _sources[SourceCount++] = source;

    /// <summary>Adds a rank with a replica that stays.</summary>
    public void AddRank(RankId rank) => _ranks[RankCount++] = rank;

    /// <summary>Whether a replica that stays is on this rank.</summary>
    public readonly bool IsOn(RankId rank) => ((ReadOnlySpan<RankId>)_ranks)[..RankCount].Contains(rank);

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Sources
    {
        private ReplicaLocation _first;
    }

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Ranks
    {
        private RankId _first;
    }
}
