using MemCache.Core;

namespace MemCache.Meta;

/// <content>Bringing back objects that a segment held before it was mounted.</content>
internal sealed partial class Shard<TPolicy>
{
    /// <summary>Makes a replica that lies in a segment count again, as a part of its object.</summary>
    /// <param name="mount">The segment, which is being restored.</param>
    /// <param name="entry">The replica; its fields are legal.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="tag">The key's tag.</param>
    /// <param name="sequence">Access number of the object if it is new here.</param>
    /// <param name="nowMs">The time.</param>
    /// <returns>
    /// Ok; DuplicatedObject: a later put of the key is there, or this replica; SizeMismatch: replicas of one put
    /// contradict each other; AllocationFailed: no memory; or what the segment says.
    /// </returns>
    public MmcStatus Restore(
        SegmentMount mount, in RestoreEntry entry, ReadOnlySpan<byte> key, uint tag, ulong sequence, long nowMs)
    {
        lock (_lock)
        {
            uint record = FindCurrent(tag, key, nowMs);
            ulong known = record == 0 ? 0 : Header(record).PutGeneration;
            if (known > entry.PutGeneration)
            {
                return MmcStatus.DuplicatedObject;
            }

            MmcStatus status = known == entry.PutGeneration
                ? FillHole(record, mount, entry)
                : RestoreObject(mount, entry, key, tag, sequence, record, nowMs);
            _stats.ReplicasRestored += status == MmcStatus.Ok ? 1 : 0;
            return status;
        }
    }

    /// <summary>
    /// Holds a range whose writer may still be storing, until the owner of the segment says otherwise.
    /// </summary>
    public MmcStatus RestoreHeld(SegmentMount mount, in RestoreEntry entry)
    {
        lock (_lock)
        {
            uint record = _slab.Allocate(RecordHeader.Granules(1, NoKey.Length));
            if (record == 0)
            {
                return MmcStatus.AllocationFailed;
            }

            ReplicaEntry replica = ReplicaOf(mount, entry);
            MmcStatus status = mount.Restore(replica, RecordHeader.Pages(entry.SizeBytes));
            if (status != MmcStatus.Ok)
            {
                Discard(record);
                return status;
            }

            Fill(record, RecordState.Orphan, mount.Medium, entry, replicaCount: 1, NoKey);
            Place(record, index: 0, replica);
            _stats.OrphanCount++;
            ObjectRef reference = RecordRef.Make(Number, record, Header(record).Serial);
            if (!mount.TryAddOrphan(replica, writer: null, reference))
            {
                Replicas(record, 1)[0].Segment = ReplicaEntry.NoSegment;
                FreeOrphanIfResolved(record);
                return MmcStatus.NotConnectedToLocal;
            }

            return MmcStatus.Ok;
        }
    }

    // What is held has no key that anybody could ask for.
    private static ReadOnlySpan<byte> NoKey => [0];

    private static ReplicaEntry ReplicaOf(SegmentMount mount, in RestoreEntry entry) => new()
    {
        Generation = entry.Generation,
        Slot = entry.Slot,
        Page = (uint)(entry.Offset >> Limits.BlobAlignmentShift),
        Segment = mount.Id.Value,
    };

    private MmcStatus FillHole(uint record, SegmentMount mount, in RestoreEntry entry)
    {
        ref RecordHeader header = ref Header(record);
        if (header.SizeBytes != entry.SizeBytes || header.ReplicaCount != entry.ReplicaCount
            || header.Medium != mount.Medium)
        {
            return MmcStatus.SizeMismatch;
        }

        Span<ReplicaEntry> replicas = Replicas(record, header.ReplicaCount);
        if (_segments.Living(replicas[entry.ReplicaIndex].Segment) is not null || IsOnRank(replicas, mount.Rank))
        {
            return MmcStatus.DuplicatedObject;
        }

        ReplicaEntry replica = ReplicaOf(mount, entry);
        MmcStatus status = mount.Restore(replica, header.PageCount);
        if (status == MmcStatus.Ok)
        {
            Place(record, entry.ReplicaIndex, replica);
        }

        return status;
    }

    private bool IsOnRank(ReadOnlySpan<ReplicaEntry> replicas, RankId rank)
    {
        foreach (ref readonly ReplicaEntry replica in replicas)
        {
            if (_segments.Living(replica.Segment) is { } mount && mount.Rank == rank)
            {
                return true;
            }
        }

        return false;
    }

    private MmcStatus RestoreObject(
        SegmentMount mount, in RestoreEntry entry, ReadOnlySpan<byte> key, uint tag, ulong sequence, uint older,
        long nowMs)
    {
        int tenant = _quotas.TenantOf(key);
        uint record = _slab.Allocate(RecordHeader.Granules(entry.ReplicaCount, key.Length, tenant));
        if (record == 0)
        {
            return MmcStatus.AllocationFailed;
        }

        ReplicaEntry replica = ReplicaOf(mount, entry);
        MmcStatus status = mount.Restore(replica, RecordHeader.Pages(entry.SizeBytes));
        if (status != MmcStatus.Ok)
        {
            Discard(record);
            return status;
        }

        Fill(record, RecordState.Readable, mount.Medium, entry, entry.ReplicaCount, key);
        Place(record, entry.ReplicaIndex, replica);
        uint end = entry.TtlMs == 0 ? 0 : ExpiryTable.UnitOf(entry.TtlMs, nowMs);
        var attributes = new RecordAttributes((ObjectPin)entry.Pin, end, tenant);
        _quotas.Add(attributes, mount.Medium, (long)Header(record).PageCount * entry.ReplicaCount);
        if (!TrySetAttributes(record, attributes) || !_index.Insert(tag, record))
        {
            FreeRecord(record);
            return MmcStatus.AllocationFailed;
        }

        if (older != 0)
        {
            RemoveWhenUnread(older, tag, nowMs);
        }

        PutInOrder(record, sequence);
        Note(NoteKind.Placed, record);
        _stats.ObjectsRestored++;
        return MmcStatus.Ok;
    }

    // The first entry shares its bytes with the put generation.
    private void Place(uint record, int index, in ReplicaEntry replica)
    {
        ref RecordHeader header = ref Header(record);
        ulong putGeneration = header.PutGeneration;
        Replicas(record, header.ReplicaCount)[index] = replica;
        header.PutGeneration = putGeneration;
    }

    // All replicas of the record are holes.
    private void Fill(
        uint record, RecordState state, Medium medium, in RestoreEntry entry, int replicaCount, ReadOnlySpan<byte> key)
    {
        ref RecordHeader header = ref Header(record);
        header = new RecordHeader
        {
            State = state,
            KeyBytesLessOne = (byte)(key.Length - 1),
            ReplicaCount = (byte)replicaCount,
            Medium = medium,
            SerialAndMark = ++_serialLast & 0xFFFFFF,
            SizeBytes = entry.SizeBytes,
        };
        Replicas(record, replicaCount).Fill(new ReplicaEntry { Segment = ReplicaEntry.NoSegment });
        header.PutGeneration = entry.PutGeneration;
        int keyOffset = header.KeyOffset;
        key.CopyTo(_slab.Bytes(record, keyOffset + key.Length)[keyOffset..]);
    }

    private void Discard(uint record)
    {
        Header(record).State = RecordState.Free;
        _slab.Free(record);
    }
}
