using MemCache.Core;

namespace MemCache.Meta;

/// <summary>One client's membership: what it has reserved and not yet committed.</summary>
internal sealed class Session(SessionId id, RankId rank, ulong host, int shardCount)
{
    private long _blobCount;
    private long _keyLeaseCount;
    private volatile bool _isClosed;

    /// <summary>Its number.</summary>
    public SessionId Id { get; } = id;

    /// <summary>Its rank; none if it contributes no memory.</summary>
    public RankId Rank { get; } = rank;

    /// <summary>Number of the host that it runs on: segments of the same host it may have mapped.</summary>
    public ulong Host { get; } = host;

    /// <summary>Its reservations by shard; each guarded by that shard's lock.</summary>
    public RecordList[] Reservations { get; } = new RecordList[shardCount];

    /// <summary>
    /// First of its leases by key in each shard's <see cref="KeyLeaseTable"/>; each guarded by that shard's lock.
    /// </summary>
    public int[] KeyLeases { get; } = new int[shardCount];

    /// <summary>Leases by key that it holds, expired ones that were not cleared yet included.</summary>
    public long KeyLeaseCount => Interlocked.Read(ref _keyLeaseCount);

    /// <summary>Blobs it holds reserved.</summary>
    public long BlobCount => Interlocked.Read(ref _blobCount);

    /// <summary>Whether it was closed: no reservation may be added any more.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <summary>Counts blobs up to the limit.</summary>
    /// <returns><see langword="false"/> and nothing counted if the limit would be passed.</returns>
    public bool TryAddBlobs(int count)
    {
        if (Interlocked.Add(ref _blobCount, count) <= Limits.ReservationCountMaxPerSession)
        {
            return true;
        }

        Interlocked.Add(ref _blobCount, -count);
        return false;
    }

    /// <summary>Counts a lease by key up to the limit.</summary>
    /// <returns><see langword="false"/> and nothing counted if the limit would be passed.</returns>
    public bool TryAddKeyLease()
    {
        if (Interlocked.Increment(ref _keyLeaseCount) <= Limits.KeyLeaseCountMaxPerSession)
        {
            return true;
        }

        Interlocked.Decrement(ref _keyLeaseCount);
        return false;
    }

    /// <summary>A lease by key has ended.</summary>
    public void SubtractKeyLease() => Interlocked.Decrement(ref _keyLeaseCount);

    /// <summary>Blobs are not reserved any more.</summary>
    public void SubtractBlobs(int count) => Interlocked.Add(ref _blobCount, -count);
}
