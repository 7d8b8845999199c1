using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>What the MetaService knows of one object.</summary>
/// <param name="Status"><see cref="MmcStatus.Ok"/>, <see cref="MmcStatus.ObjectNotFound"/> or why it is not known.</param>
/// <param name="SizeBytes">0 if the object is not there.</param>
/// <param name="Ranks">Ranks that hold a replica, the nearest first.</param>
/// <param name="Media">Medium of each replica, in the same order.</param>
/// <param name="Addresses">Address of each replica's first byte, in the same order.</param>
public sealed record ObjectDescription(
    MmcStatus Status, long SizeBytes, IReadOnlyList<RankId> Ranks, IReadOnlyList<Medium> Media,
    IReadOnlyList<GlobalAddress> Addresses)
{
    /// <summary>A description of an object that is not known.</summary>
    public static ObjectDescription Absent(MmcStatus status) => new(status, 0, [], [], []);
}
