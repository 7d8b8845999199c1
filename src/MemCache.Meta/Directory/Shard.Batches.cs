using MemCache.Core;

namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    // Below this many keys in a shard there is nothing to overlap; with fewer objects the processor overlaps the misses of the outer
    // caches well enough by itself. Both measured: docs/design/metadata-engine.md.
    private const int StagedCountMin = 3;
    private const int StagedObjectCountMin = 8192;

    /// <summary>What <see cref="TouchAhead"/> read: a result, so that the reads are not left out. Means nothing.</summary>
    public ulong Touched { get; private set; }

    /// <summary>Answers for the keys of this shard whether they are there, and makes them recent.</summary>
    public void Exists(in KeySpans keys, BatchScratch scratch, ulong sequenceLast, Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            TouchAhead(entries, scratch);
            int hitCount = 0;
            foreach (int i in entries)
            {
                uint record = FindLiving((uint)scratch.Hash(i), keys[i]);
                statuses[i] = MmcStatus.ObjectNotFound;
                if (record != 0)
                {
                    statuses[i] = MmcStatus.Ok;
                    hitCount++;
                    Touch(record, sequenceLast - (ulong)i);
                }
            }

            _stats.ExistsHits += hitCount;
            _stats.ExistsMisses += entries.Length - hitCount;
            PublishOldest();
        }
    }

    /// <summary>Locates the keys of this shard. Takes leases and makes them recent if <paramref name="leaseMs"/> is positive.</summary>
    public int Lookup(
        in KeySpans keys, BatchScratch scratch, ulong sequenceLast, RankId nearRank, int leaseMs, long nowMs,
        Span<ObjectLocation> objects, Span<ReplicaLocation> replicas, int replicaCount)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            TouchAhead(entries, scratch);
            foreach (int i in entries)
            {
                uint record = FindLiving((uint)scratch.Hash(i), keys[i]);
                if (record == 0)
                {
                    _stats.LookupMisses++;
                    objects[i] = new ObjectLocation { Status = MmcStatus.ObjectNotFound };
                    continue;
                }

                _stats.LookupHits++;
                int written = WriteReplicas(record, nearRank, replicas[replicaCount..]);
                objects[i] = Locate(record, written, replicaCount);
                replicaCount += written;
                if (leaseMs > 0)
                {
                    ref RecordHeader header = ref Header(record);
                    header.Lease = ReadLease.Grant(header.Lease, leaseMs, nowMs);
                    _stats.LeasesGranted++;
                    Policy(header.Medium).Touch(_slab, record, ref header, sequenceLast - (ulong)i);
                }
            }

            PublishOldest();
            return replicaCount;
        }
    }

    /// <summary>Removes the keys of this shard.</summary>
    public void Remove(in KeySpans keys, BatchScratch scratch, long nowMs, Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            TouchAhead(entries, scratch);
            foreach (int i in entries)
            {
                keys.TryGet(i, out ReadOnlySpan<byte> key);
                uint tag = (uint)scratch.Hash(i);
                uint record = FindLiving(tag, key);
                statuses[i] = record != 0 ? MmcStatus.Ok : MmcStatus.ObjectNotFound;
                if (record != 0)
                {
                    _stats.ObjectsRemoved++;
                    RemoveWhenUnread(record, tag, nowMs);
                }
            }

            PublishOldest();
        }
    }

    /// <summary>Removes objects that were last used up to <paramref name="sequenceMax"/>, a bounded number of them.</summary>
    /// <returns>How many; 0: none is left.</returns>
    public int RemoveSome(ulong sequenceMax, long nowMs)
    {
        lock (_lock)
        {
            int count = 0;
            for (int medium = 0; medium < _policies.Length; medium++)
            {
                while (count < MetaLimits.RecordCountMaxPerHold)
                {
                    uint record = _policies[medium].FirstParked;
                    record = record != 0 ? record : _policies[medium].First;
                    if (record == 0 || Header(record).Sequence > sequenceMax)
                    {
                        break;
                    }

                    _stats.ObjectsRemoved++;
                    RemoveWhenUnread(record, Tag(record), nowMs);
                    count++;
                }
            }

            PublishOldest();
            return count;
        }
    }

    /// <summary>Gives back the leases of this shard's objects.</summary>
    public void ReleaseLeases(ReadOnlySpan<LeaseRelease> releases, BatchScratch scratch, long nowMs)
    {
        lock (_lock)
        {
            foreach (int i in scratch.Entries(Number))
            {
                ref readonly LeaseRelease release = ref releases[i];
                uint record = RecordRef.Record(release.Ref);
                if (IsRecord(release.Ref) && Header(record).State is RecordState.Readable or RecordState.Removing
                    && HasGeneration(record, release.Generation))
                {
                    ReleaseLease(record, nowMs);
                }
            }

            PublishOldest();
        }
    }

    /// <summary>Frees removed objects that no reader holds any more, a bounded number.</summary>
    public void FreeUnread(long nowMs)
    {
        lock (_lock)
        {
            int count = Math.Min(_removing.Count, MetaLimits.RemovingScanCountMax);
            for (; count > 0; count--)
            {
                uint record = _removing.Head;
                _removing.Remove(_slab, record);
                if (IsHeld(record, nowMs))
                {
                    _removing.PushBack(_slab, record);
                }
                else
                {
                    FreeRecord(record);
                }
            }
        }
    }

    private void Touch(uint record, ulong sequence)
    {
        ref RecordHeader header = ref Header(record);
        Policy(header.Medium).Touch(_slab, record, ref header, sequence);
    }

    private uint Tag(uint record) => (uint)_hash.Compute(Key(record));

    private ObjectLocation Locate(uint record, int replicaCount, int firstReplicaIndex)
    {
        ref RecordHeader header = ref Header(record);
        return new ObjectLocation
        {
            Status = MmcStatus.Ok,
            ReplicaCount = (ushort)replicaCount,
            SizeBytes = header.SizeBytes,
            Ref = RecordRef.Make(Number, record, header.Serial),
            FirstReplicaIndex = (uint)firstReplicaIndex,
        };
    }

    private int WriteReplicas(uint record, RankId nearRank, Span<ReplicaLocation> locations)
    {
        int count = 0;
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            if (_segments.Living(replica.Segment) is not { } mount)
            {
                continue;
            }

            locations[count] = new ReplicaLocation
            {
                Segment = mount.Id,
                Slot = replica.Slot,
                Generation = replica.Generation,
                Offset = (long)replica.Page << Limits.BlobAlignmentShift,
            };
            if (mount.Rank == nearRank)
            {
                (locations[0], locations[count]) = (locations[count], locations[0]);
            }

            count++;
        }

        return count;
    }

    private void RemoveWhenUnread(uint record, uint tag, long nowMs)
    {
        Unlink(record, tag);
        ref RecordHeader header = ref Header(record);
        if (IsHeld(record, nowMs))
        {
            header.State = RecordState.Removing;
            _removing.PushBack(_slab, record);
        }
        else
        {
            FreeRecord(record);
        }
    }

    private void ReleaseLease(uint record, long nowMs)
    {
        _stats.LeasesReleased++;
        ref RecordHeader header = ref Header(record);
        header.Lease = ReadLease.Release(header.Lease);
        if (IsHeld(record, nowMs))
        {
            return;
        }

        if (header.State == RecordState.Removing)
        {
            _removing.Remove(_slab, record);
            FreeRecord(record);
        }
        else
        {
            Policy(header.Medium).Unpark(_slab, record);
        }
    }

    /// <summary>
    /// Reads what the entries are going to need, one kind of place after the other, so that the cache misses of different keys overlap
    /// instead of waiting for each other. Changes nothing.
    /// </summary>
    private void TouchAhead(ReadOnlySpan<int> entries, BatchScratch scratch)
    {
        if (entries.Length < StagedCountMin || _index.Count < StagedObjectCountMin)
        {
            return;
        }

        ulong touched = 0;
        foreach (int i in entries)
        {
            uint tag = (uint)scratch.Hash(i);
            touched ^= _index.Page(tag)[PagedTable.Home(tag)];
        }

        Span<uint> records = scratch.Records.AsSpan(0, entries.Length);
        for (int k = 0; k < entries.Length; k++)
        {
            records[k] = _index.Find((uint)scratch.Hash(entries[k]));
        }

        foreach (uint record in records)
        {
            touched ^= record == 0 ? 0 : Header(record).Sequence;
        }

        foreach (uint record in records)
        {
            touched ^= record == 0 ? 0 : TouchNeighbours(record);
        }

        Touched = touched;
    }

    private ulong TouchNeighbours(uint record)
    {
        // The key's last byte is as far from the header as the next line can be.
        ReadOnlySpan<byte> cell = _slab.Tail(record);
        ref readonly RecordHeader header = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<RecordHeader>(cell);
        ulong touched = cell[header.KeyOffset + header.KeyBytesLessOne];
        touched ^= header.Previous == 0 ? 0 : Header(header.Previous).Sequence;
        return touched ^ (header.Next == 0 ? 0 : Header(header.Next).Sequence);
    }
}
