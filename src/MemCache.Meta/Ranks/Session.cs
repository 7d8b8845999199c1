using MemCache.Core;

namespace MemCache.Meta;

/// <summary>One client's membership: what it has reserved and not yet committed.</summary>
internal sealed class Session(SessionId id, RankId rank, int shardCount)
{
    private long _blobCount;
    private volatile bool _isClosed;

    /// <summary>Its number.</summary>
    public SessionId Id { get; } = id;

    /// <summary>Its rank; none if it contributes no memory.</summary>
    public RankId Rank { get; } = rank;

    /// <summary>Its reservations by shard; each guarded by that shard's lock.</summary>
    public RecordList[] Reservations { get; } = new RecordList[shardCount];

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

    /// <summary>Blobs are not reserved any more.</summary>
    public void SubtractBlobs(int count) => Interlocked.Add(ref _blobCount, -count);
}
