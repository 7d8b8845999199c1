using System.Runtime.CompilerServices;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Space taken for the replicas of one object, before a record holds it.</summary>
internal struct PlacedReplicas
{
    private Entries _entries;
    private Mounts _mounts;
    private Ranks _ranks;

    /// <summary>What the segments are made of.</summary>
    public Medium Medium;

    /// <summary>Replicas placed so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether none of the segments has died meanwhile.</summary>
    public readonly bool AreAlive
    {
        get
        {
            for (int i = 0; i < Count; i++)
            {
                if (!_mounts[i].IsAlive)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Ranks that hold a replica.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<RankId> Chosen => ((ReadOnlySpan<RankId>)_ranks)[..Count];

    /// <summary>Replica <paramref name="index"/>.</summary>
    public readonly ReplicaEntry Entry(int index) => _entries[index];

    /// <summary>Adds a replica.</summary>
    public void Add(SegmentMount mount, in ReplicaEntry entry)
    {
        _entries[Count] = entry;
        _mounts[Count] = mount;
        _ranks[Count] = mount.Rank;
        Count++;
    }

    /// <summary>Gives all space back.</summary>
    public void Release(uint pageCount)
    {
        for (int i = 0; i < Count; i++)
        {
            _mounts[i].Release(_entries[i], pageCount, isRetired: false);
        }

        Count = 0;
    }

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Entries
    {
        private ReplicaEntry _first;
    }

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Mounts
    {
        private SegmentMount _first;
    }

    [InlineArray(Limits.ReplicaCountMax)]
    private struct Ranks
    {
        private RankId _first;
    }
}
