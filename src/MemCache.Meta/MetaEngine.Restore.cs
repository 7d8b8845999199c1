using MemCache.Core;

namespace MemCache.Meta;

/// <content>Segments that join again with what they hold.</content>
public sealed partial class MetaEngine
{
    // Removed all objects up to this generation, wherever they were: a segment that comes later may hold some.
    private ulong _removedBelow;

    /// <summary>The generation that was given last.</summary>
    public ulong GenerationLast => _generations.Last;

    /// <summary>
    /// From now on only generations above this one are given: another MetaService may have given all up to it. Before
    /// the segment is mounted in which they were.
    /// </summary>
    public void RaiseGeneration(ulong generation) => _generations.Raise(generation);

    /// <summary>As <see cref="MountSegment(RankId, Medium, long, uint, out SegmentId, ulong)"/>.</summary>
    /// <param name="rank">Whose memory it is.</param>
    /// <param name="medium">What it is made of.</param>
    /// <param name="dataBytes">Its data.</param>
    /// <param name="slotCount">Its slots.</param>
    /// <param name="isRestoring">It has content: nothing is placed into it until <see cref="EndRestore"/>.</param>
    /// <param name="segment">Its number.</param>
    /// <param name="floor">
    /// Every generation reserved in this mount is this one or higher, every one reserved before is lower. No other
    /// living mount may have the same memory.
    /// </param>
    /// <param name="host">Number of the host that it lies on.</param>
    public MmcStatus MountSegment(
        RankId rank, Medium medium, long dataBytes, uint slotCount, bool isRestoring, out SegmentId segment,
        out ulong floor, ulong host = 0)
    {
        BeginLearning(medium);
        MmcStatus status = _segments.Mount(
            rank, medium, dataBytes, slotCount, host, isRestoring, out SegmentMount? mount);
        segment = mount?.Id ?? SegmentId.None;
        floor = mount?.Floor ?? 0;
        return status;
    }

    /// <summary>
    /// Makes replicas count again that a segment holds, and holds the ranges of writers that have not finished. The
    /// entries may say anything: what does not fit is refused, entry by entry.
    /// </summary>
    /// <param name="segment">The segment, which is being restored.</param>
    /// <param name="entries">Held ones first, then replicas in the order in which they shall be evicted.</param>
    /// <param name="keys">Shape of <paramref name="entries"/>; empty for held ones.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">
    /// Shape of <paramref name="entries"/>. Ok; DuplicatedObject: a later put of the key, or this replica, is there;
    /// BlobChanged: another blob has its slot or its pages; KeyNotFound: it was removed; InvalidParameter;
    /// SizeMismatch: it contradicts another replica; AllocationFailed: no memory; StateMismatch: nothing is being
    /// restored; NotConnectedToLocal: the segment is gone. Unless Ok, the segment's owner is to retire the blob.
    /// </param>
    public void Restore(
        SegmentId segment, ReadOnlySpan<RestoreEntry> entries, in KeySpans keys, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(entries.Length, statuses))
        {
            return;
        }

        statuses = statuses[..entries.Length];
        if (keys.Count != entries.Length || _segments.Living(segment.Value) is not { } mount)
        {
            statuses.Fill(keys.Count != entries.Length ? MmcStatus.InvalidParameter : MmcStatus.NotConnectedToLocal);
            return;
        }

        ulong sequenceLast = TakeSequence(entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> key = keys.TryGet(i, out ReadOnlySpan<byte> found) ? found : default;
            ulong sequence = sequenceLast - (ulong)(entries.Length - 1 - i);
            statuses[i] = Restore(mount, entries[i], key, sequence, nowMs);
        }

        _reuse.DrainIfLong();
    }

    /// <summary>Ends restoring: blobs may be placed into the segment.</summary>
    /// <returns>Ok; KeyNotFound: no such segment; StateMismatch: it is not being restored.</returns>
    public MmcStatus EndRestore(SegmentId segment) => _segments.EndRestore(segment);

    /// <summary>
    /// Takes blobs that are no objects any more, for the owner of their segment to clear their slots.
    /// </summary>
    /// <param name="segment">The segment.</param>
    /// <param name="entries">Room for them.</param>
    /// <param name="retiredBelow">All with a generation up to this one are none either.</param>
    /// <param name="left">How many more wait.</param>
    /// <returns>How many were taken.</returns>
    public int TakeRetired(SegmentId segment, Span<RetireEntry> entries, out ulong retiredBelow, out int left)
    {
        (retiredBelow, left) = (0, 0);
        if (_segments.Living(segment.Value) is not { } mount)
        {
            return 0;
        }

        retiredBelow = mount.RetiredBelow;
        return mount.TakeRetired(entries, out left);
    }

    /// <summary>All objects that are there now are about to be removed; what comes back of them is refused.</summary>
    private void RetireAll()
    {
        ulong generation = _generations.Last;
        ulong seen = Volatile.Read(ref _removedBelow);
        while (seen < generation)
        {
            ulong was = Interlocked.CompareExchange(ref _removedBelow, generation, seen);
            seen = was == seen ? generation : was;
        }

        foreach (SegmentMount mount in _segments.AllLiving)
        {
            mount.RetireBelow(generation);
        }
    }

    private MmcStatus Restore(
        SegmentMount mount, in RestoreEntry entry, ReadOnlySpan<byte> key, ulong sequence, long nowMs)
    {
        if (!IsLegal(mount, entry))
        {
            return MmcStatus.InvalidParameter;
        }

        if (entry.IsHeld)
        {
            return entry.SizeBytes == 0 ? mount.HoldSlot(entry.Slot) : _shards[0].RestoreHeld(mount, entry);
        }

        if (key.IsEmpty || !IsLegalReplica(mount, entry))
        {
            return MmcStatus.InvalidParameter;
        }

        if (entry.Generation <= Volatile.Read(ref _removedBelow))
        {
            return MmcStatus.KeyNotFound;
        }

        ulong hash = _hash.Compute(key);
        Shard<LruPolicy> shard = _shards[BatchScratch.ShardOf(hash, _shards.Length)];
        return shard.Restore(mount, entry, key, (uint)hash, sequence, nowMs);
    }

    private static bool IsLegal(SegmentMount mount, in RestoreEntry entry)
    {
        long dataBytes = (long)mount.PageCount << Limits.BlobAlignmentShift;
        return entry.Generation > 0
            && entry.Generation < mount.Floor
            && entry.SizeBytes >= (entry.IsHeld ? 0 : 1)
            && entry.SizeBytes <= dataBytes
            && entry.Offset >= 0
            && entry.Offset <= dataBytes - entry.SizeBytes
            && (entry.Offset & (Limits.BlobAlignmentBytes - 1)) == 0;
    }

    private static bool IsLegalReplica(SegmentMount mount, in RestoreEntry entry) =>
        entry.PutGeneration > 0
        && entry.PutGeneration < mount.Floor
        && entry.ReplicaCount is >= 1 and <= Limits.ReplicaCountMax
        && entry.ReplicaIndex < entry.ReplicaCount
        && entry.Pin <= (byte)ObjectPin.Hard
        && entry.TtlMs >= 0;
}
