using System.Runtime.CompilerServices;

namespace MemCache.Core;

/// <summary>
/// How many replicas a put makes and where, how firmly the object stays, and for how long. The default is one replica,
/// wherever placement likes, without a pin or an end.
/// </summary>
public readonly struct ReplicateOptions
{
    private readonly Preferred _preferred;

    /// <summary>
    /// Options for <paramref name="replicaCount"/> replicas, the first ones forced onto <paramref
    /// name="preferredRanks"/>.
    /// </summary>
    public ReplicateOptions(int replicaCount, params ReadOnlySpan<RankId> preferredRanks)
    {
        ReplicaCountRaw = (byte)Math.Clamp(replicaCount, 0, 255);
        PreferredCount = (byte)Math.Min(preferredRanks.Length, 255);
        for (int i = 0; i < Math.Min(preferredRanks.Length, Limits.ReplicaCountMax); i++)
        {
            _preferred[i] = preferredRanks[i];
        }
    }

    /// <summary>As given; 0 stands for the default of 1.</summary>
    public byte ReplicaCountRaw { get; }

    /// <summary>Replicas to make, 1 .. <see cref="Limits.ReplicaCountMax"/> when <see cref="IsValid"/>.</summary>
    public int ReplicaCount => ReplicaCountRaw == 0 ? 1 : ReplicaCountRaw;

    /// <summary>Ranks that placement must use, at most <see cref="ReplicaCount"/>.</summary>
    public int PreferredCount { get; }

    /// <summary>How firmly the object stays.</summary>
    public ObjectPin Pin { get; init; }

    /// <summary>
    /// Milliseconds after which the object is gone, counted from when the put took its space; 0: it has no end.
    /// </summary>
    public int TtlMs { get; init; }

    /// <summary>Whether all numbers are legal and no rank is named twice.</summary>
    public bool IsValid
    {
        get
        {
            if (ReplicaCount > Limits.ReplicaCountMax || PreferredCount > ReplicaCount || Pin > ObjectPin.Hard || TtlMs < 0)
            {
                return false;
            }

            for (int i = 0; i < PreferredCount; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    if (_preferred[i] == _preferred[j])
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    /// <summary>Forced rank <paramref name="index"/>, 0 .. <see cref="PreferredCount"/> - 1.</summary>
    public RankId PreferredRank(int index) => _preferred[index];

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Preferred
    {
        private RankId _first;
    }
}
