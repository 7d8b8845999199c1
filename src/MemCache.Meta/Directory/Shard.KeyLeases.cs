using MemCache.Core;

namespace MemCache.Meta;

/// <content>Leases by key, and the reservations that they must be able to see.</content>
internal sealed partial class Shard<TPolicy>
{
    // A reservation's policy mark: it has no policy yet, and the first thing that one does is to set the mark.
    private const byte Listed = 0x80;

    private readonly KeyLeaseTable _keyLeases = new();

    // Listed reservations by the tag of their key; a key may have several.
    private readonly PagedTable _listed;

    /// <summary>
    /// Makes a reservation known under its key. Without memory for that it stays unknown, which does no harm.
    /// </summary>
    public void List(ObjectRef reference)
    {
        lock (_lock)
        {
            uint record = RecordRef.Record(reference);
            if (IsRecord(reference) && Header(record) is { State: RecordState.Reserved, PolicyMark: not Listed }
                && _listed.Insert(Tag(record), record))
            {
                Header(record).PolicyMark = Listed;
            }
        }
    }

    /// <summary>Grants or renews leases on the keys of this shard, locates them and makes them recent.</summary>
    public int AddKeyLeases(
        Session holder, in KeySpans keys, BatchScratch scratch, ulong sequenceLast, int leaseMs, long nowMs,
        Span<ObjectLocation> objects, Span<ReplicaLocation> replicas, int replicaCount)
    {
        lock (_lock)
        {
            foreach (int i in scratch.Entries(Number))
            {
                uint tag = (uint)scratch.Hash(i);
                uint record = FindCurrent(tag, keys[i], nowMs);
                MmcStatus status = record != 0 ? AddKeyLease(holder, record, scratch.Hash(i), leaseMs, nowMs)
                    : IsListed(tag, keys[i]) ? MmcStatus.StateMismatch
                    : MmcStatus.KeyNotFound;
                if (status != MmcStatus.Ok)
                {
                    objects[i] = new ObjectLocation { Status = status };
                    continue;
                }

                int written = WriteReplicas(record, holder.Rank, replicas[replicaCount..]);
                objects[i] = Locate(record, written, replicaCount);
                replicaCount += written;
                Touch(record, sequenceLast - (ulong)i);
            }

            return replicaCount;
        }
    }

    /// <summary>Gives back the leases on the keys of this shard, on objects that were removed meanwhile too.</summary>
    public void RemoveKeyLeases(
        Session holder, in KeySpans keys, BatchScratch scratch, long nowMs, Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            foreach (int i in scratch.Entries(Number))
            {
                statuses[i] = MmcStatus.KeyNotFound;
                int number = _keyLeases.First(holder, scratch.Hash(i));
                while (number != 0)
                {
                    int next = _keyLeases.NextOfKey(number);
                    if (HasKey(_keyLeases.Record(number), keys[i]))
                    {
                        statuses[i] = _keyLeases.HasEnded(number, nowMs) ? statuses[i] : MmcStatus.Ok;
                        EndKeyLease(number, nowMs);
                    }

                    number = next;
                }
            }
        }
    }

    /// <summary>Ends leases of a closed holder, a bounded number.</summary>
    /// <returns>Whether some are left.</returns>
    public bool EndKeyLeases(Session holder, long nowMs)
    {
        lock (_lock)
        {
            for (int count = 0; count < MetaLimits.RecordCountMaxPerHold && holder.KeyLeases[Number] != 0; count++)
            {
                EndKeyLease(holder.KeyLeases[Number], nowMs);
            }

            return holder.KeyLeases[Number] != 0;
        }
    }

    /// <summary>Clears leases whose time is over, after a look at a bounded number.</summary>
    public void EndExpiredKeyLeases(long nowMs)
    {
        lock (_lock)
        {
            int countMax = MetaLimits.KeyLeaseScanCountMax;
            int number;
            while ((number = _keyLeases.NextEnded(nowMs, ref countMax)) != 0)
            {
                EndKeyLease(number, nowMs);
            }
        }
    }

    /// <summary>Whether a reader or a lease by key holds a readable or removed object.</summary>
    private bool IsHeld(uint record, long nowMs)
    {
        ulong lease = Header(record).Lease;
        return ReadLease.IsHeld(lease, nowMs) || (ReadLease.IsKept(lease) && _keyLeases.IsHeld(record, nowMs));
    }

    private MmcStatus AddKeyLease(Session holder, uint record, ulong hash, int leaseMs, long nowMs)
    {
        long expiryMs = ReadLease.ExpiryOf(leaseMs, nowMs);
        int number = _keyLeases.Find(holder, record);
        if (number != 0)
        {
            _keyLeases.Renew(number, expiryMs);
            return MmcStatus.Ok;
        }

        // Closed before its leases are walked, and the walk takes this lock: nothing is added behind its back.
        if (holder.IsClosed)
        {
            return MmcStatus.NotConnectedToMeta;
        }

        if (!holder.TryAddKeyLease())
        {
            return MmcStatus.LimitExceeded;
        }

        _keyLeases.Add(holder, Number, record, hash, expiryMs);
        ref RecordHeader header = ref Header(record);
        header.Lease = ReadLease.Keep(header.Lease, isKept: true);
        return MmcStatus.Ok;
    }

    private void EndKeyLease(int number, long nowMs)
    {
        uint record = _keyLeases.Record(number);
        if (!_keyLeases.Remove(number, Number))
        {
            return;
        }

        ref RecordHeader header = ref Header(record);
        header.Lease = ReadLease.Keep(header.Lease, isKept: false);
        if (ReadLease.IsHeld(header.Lease, nowMs))
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

    /// <summary>Forgets the leases on a record that is about to be freed.</summary>
    private void ForgetKeyLeases(uint record)
    {
        ref RecordHeader header = ref Header(record);
        if (header.State is not (RecordState.Readable or RecordState.Removing) || !ReadLease.IsKept(header.Lease))
        {
            return;
        }

        while (!_keyLeases.Remove(_keyLeases.FirstOf(record), Number))
        {
        }
    }

    private void Unlist(uint record)
    {
        ref RecordHeader header = ref Header(record);
        if (header.PolicyMark == Listed)
        {
            bool found = _listed.Remove(Tag(record), record);
            Invariant.Require(found);
            header.PolicyMark = 0;
        }
    }

    private bool IsListed(uint tag, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<ulong> page = _listed.SlotsOf(tag);
        for (int i = PagedTable.Home(tag); page[i] != 0 && (uint)(page[i] >> 32) <= tag; i++)
        {
            if ((uint)(page[i] >> 32) == tag && HasKey((uint)page[i], key))
            {
                return true;
            }
        }

        return false;
    }
}
