using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    // Below this many keys in a shard there is nothing to overlap. Measured: docs/design/metadata-engine.md.
    private const int StagedCountMin = 3;

    /// <summary>What <see cref="FindAhead"/> read: a result, so that the reads are not left out. Means nothing.</summary>
    public ulong Touched { get; private set; }

    /// <summary>
    /// Answers for the keys of this shard whether they are there, and makes them recent. Writes <see cref="MmcStatus.Ok"/> only; the others are
    /// <see cref="MmcStatus.ObjectNotFound"/> beforehand.
    /// </summary>
    public void Exists(in KeySpans keys, BatchScratch scratch, ulong sequenceLast, long nowMs, Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            Span<uint> candidates = FindAhead(scratch);
            int hitCount = 0;
            bool isDoubtful = IsDoubtful;
            for (int k = 0; k < candidates.Length; k++)
            {
                uint record = candidates[k];
                if (record == 0)
                {
                    continue;
                }

                // As TakeCurrent and Touch, with one look at the record for both.
                int i = entries[k];
                Span<byte> cell = _slab.Tail(record);
                ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(cell);
                if (!HasKey(cell, header, keys[i]) || isDoubtful && !IsCurrent(record, nowMs))
                {
                    record = TakeOther(candidates, k, scratch.Tags(Number)[k], keys[i], nowMs);
                    if (record == 0)
                    {
                        continue;
                    }

                    header = ref Header(record);
                }

                statuses[i] = MmcStatus.Ok;
                hitCount++;
                Policy(header.Order).Touch(_slab, record, ref header, sequenceLast - (ulong)i);
            }

            _stats.ExistsHits += hitCount;
            _stats.ExistsMisses += entries.Length - hitCount;
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
            Span<uint> candidates = FindAhead(scratch);
            for (int k = 0; k < entries.Length; k++)
            {
                int i = entries[k];
                uint record = TakeCurrent(candidates, k, scratch, keys[i], nowMs);
                // No replica is left of a living record: its segment was dropped since TakeCurrent looked, with no lock of ours.
                int written = record == 0 ? 0 : WriteReplicas(record, nearRank, replicas[replicaCount..]);
                if (written == 0)
                {
                    _stats.LookupMisses++;
                    objects[i] = new ObjectLocation { Status = MmcStatus.ObjectNotFound };
                    continue;
                }

                _stats.LookupHits++;
                objects[i] = Locate(record, written, replicaCount);
                replicaCount += written;
                if (leaseMs > 0)
                {
                    ref RecordHeader header = ref Header(record);
                    header.Lease = ReadLease.Grant(header.Lease, leaseMs, nowMs);
                    _stats.LeasesGranted++;
                    Policy(header.Order).Touch(_slab, record, ref header, sequenceLast - (ulong)i);
                }
            }

            return replicaCount;
        }
    }

    /// <summary>Removes the keys of this shard.</summary>
    public void Remove(in KeySpans keys, BatchScratch scratch, long nowMs, Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            TouchNeighbours(FindAhead(scratch));
            for (int k = 0; k < entries.Length; k++)
            {
                int i = entries[k];
                uint tag = scratch.Tags(Number)[k];
                uint record = FindCurrent(tag, keys[i], nowMs);
                statuses[i] = record != 0 ? MmcStatus.Ok : MmcStatus.ObjectNotFound;
                if (record != 0)
                {
                    _stats.ObjectsRemoved++;
                    RemoveWhenUnread(record, tag, nowMs);
                }
            }
        }
    }

    /// <summary>Removes objects that were last used up to <paramref name="sequenceMax"/>, a bounded number of them.</summary>
    /// <returns>How many; 0: none is left.</returns>
    public int RemoveSome(ulong sequenceMax, long nowMs)
    {
        lock (_lock)
        {
            int count = 0;
            for (int order = 0; order < _policies.Length; order++)
            {
                _policies[order].Settle(_slab);
                while (count < MetaLimits.RecordCountMaxPerHold)
                {
                    uint record = _policies[order].FirstParked;
                    record = record != 0 ? record : _policies[order].First;
                    if (record == 0 || Header(record).Sequence > sequenceMax)
                    {
                        break;
                    }

                    _stats.ObjectsRemoved++;
                    RemoveWhenUnread(record, Tag(record), nowMs);
                    count++;
                }
            }

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
        Policy(header.Order).Touch(_slab, record, ref header, sequence);
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
        Note(NoteKind.Gone, record);
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
            Policy(header.Order).Unpark(_slab, record);
        }
    }

    /// <summary>
    /// The first record with the tag of each of this shard's entries, 0 if there is none: nearly always the one that is looked for. One stage
    /// for all entries after the other, so that what one key waits for overlaps with what others do; of a large table also the records are
    /// read ahead.
    /// </summary>
    private Span<uint> FindAhead(BatchScratch scratch)
    {
        ReadOnlySpan<uint> tags = scratch.Tags(Number);
        Span<uint> records = scratch.Records.AsSpan(0, tags.Length);
        bool isStaged = tags.Length >= StagedCountMin && _index.Count >= MetaLimits.StagedObjectCountMin;
        if (isStaged)
        {
            TouchIndex(tags);
        }

        _index.Find(tags, records);
        if (isStaged)
        {
            TouchRecords(records);
        }

        return records;
    }

    /// <summary>The record of a key: entry <paramref name="k"/> of what <see cref="FindAhead"/> found, if it is that, and counts.</summary>
    private uint TakeCurrent(Span<uint> candidates, int k, BatchScratch scratch, ReadOnlySpan<byte> key, long nowMs)
    {
        uint record = candidates[k];
        return record == 0 || HasKey(record, key) && (!IsDoubtful || IsCurrent(record, nowMs))
            ? record
            : TakeOther(candidates, k, scratch.Tags(Number)[k], key, nowMs);
    }

    // Another key of the same tag; or the record is taken out now, and must not be met again in this batch.
    private uint TakeOther(Span<uint> candidates, int k, uint tag, ReadOnlySpan<byte> key, long nowMs)
    {
        uint record = FindCurrent(tag, key, nowMs);
        if (record == 0)
        {
            candidates[k..].Replace(candidates[k], _index.Find(tag));
        }

        return record;
    }

    private void TouchIndex(ReadOnlySpan<uint> tags)
    {
        ulong touched = 0;
        foreach (uint tag in tags)
        {
            touched ^= _index.SlotsOf(tag)[PagedTable.Home(tag)];
        }

        Touched = touched;
    }

    private void TouchRecords(ReadOnlySpan<uint> records)
    {
        ulong touched = 0;
        foreach (uint record in records)
        {
            touched ^= record == 0 ? 0 : Header(record).Sequence;
        }

        foreach (uint record in records)
        {
            touched ^= record == 0 ? 0 : TouchKey(record);
        }

        Touched = touched;
    }

    private ulong TouchKey(uint record)
    {
        // The key's last byte is as far from the header as the next line can be.
        ReadOnlySpan<byte> cell = _slab.Tail(record);
        ref readonly RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(cell);
        return cell[header.KeyOffset + header.KeyBytesLessOne];
    }

    private void TouchNeighbours(ReadOnlySpan<uint> records)
    {
        if (_index.Count < MetaLimits.StagedObjectCountMin)
        {
            return;
        }

        ulong touched = 0;
        foreach (uint record in records)
        {
            if (record != 0)
            {
                ref readonly RecordHeader header = ref Header(record);
                touched ^= header.Previous == 0 ? 0 : Header(header.Previous).Sequence;
                touched ^= header.Next == 0 ? 0 : Header(header.Next).Sequence;
            }
        }

        Touched = touched;
    }
}
