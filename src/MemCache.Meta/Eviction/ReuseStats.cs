using MemCache.Core;

namespace MemCache.Meta;

/// <summary>What reuse-aware eviction knows and has done, for one medium.</summary>
public sealed record ReuseStats
{
    /// <summary>The medium.</summary>
    public required Medium Medium { get; init; }

    /// <summary>Objects that are there, as far as the policy has been told.</summary>
    public required long ResidentCount { get; init; }

    /// <summary>Keys that are remembered though their objects are not there.</summary>
    public required long GhostCount { get; init; }

    /// <summary>Objects that fit, as the policy takes it.</summary>
    public required long CapacityCount { get; init; }

    /// <summary>Ticks of the policy's clock: 16 are as many puts as objects fit.</summary>
    public required long TickCount { get; init; }

    /// <summary>Requests that were learned from.</summary>
    public required long RequestsLearned { get; init; }

    /// <summary>Keys of those.</summary>
    public required long ReferencesLearned { get; init; }

    /// <summary>Requests that were not learned from, because too many waited.</summary>
    public required long RequestsUnlearned { get; init; }

    /// <summary>Objects evicted by the learned order.</summary>
    public required long EvictedByReuse { get; init; }

    /// <summary>
    /// Objects evicted by the order of last use, because nothing that the learned order proposed could leave.
    /// </summary>
    public required long EvictedByLastUse { get; init; }

    /// <summary>Proposals that could not leave: held by a reader, pinned, too young, or no help where space is
    /// wanted.</summary>
    public required long ProposalsHeld { get; init; }

    /// <summary>Puts that were refused a place, if admission is on.</summary>
    public required long AdmissionsRefused { get; init; }

    /// <summary>Bytes of the policy's tables.</summary>
    public required long TableBytes { get; init; }
}
