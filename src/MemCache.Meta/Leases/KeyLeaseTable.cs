namespace MemCache.Meta;

/// <summary>
/// Leases by key on the objects of one shard: who holds which record until when. A lease is in three lists: the
/// record's, the holder's and that of its holder and key hash, since a removed object and its successor can both be
/// held under one key. Not thread-safe: it is guarded by the shard's lock. Allocates only while it grows. Leases are
/// numbered from 1; 0 is none.
/// </summary>
internal sealed class KeyLeaseTable
{
    private readonly Dictionary<uint, int> _byRecord = [];
    private readonly Dictionary<(uint Holder, ulong Hash), int> _byKey = [];
    private Lease[] _leases = new Lease[1];
    private int _numberLast;
    private int _free;
    private int _hand;

    /// <summary>Leases, expired ones that were not cleared yet included.</summary>
    public int Count { get; private set; }

    /// <summary>Records with leases.</summary>
    public int RecordCount => _byRecord.Count;

    /// <summary>Adds a lease of a holder that has none on this record.</summary>
    public void Add(Session holder, int shard, uint record, ulong hash, long expiryMs)
    {
        int number = TakeNumber();
        ref int firstOfHolder = ref holder.KeyLeases[shard];
        _leases[number] = new Lease
        {
            Holder = holder,
            Record = record,
            Hash = hash,
            ExpiryMs = expiryMs,
            NextOfRecord = _byRecord.GetValueOrDefault(record),
            NextOfKey = _byKey.GetValueOrDefault((holder.Id.Value, hash)),
            NextOfHolder = firstOfHolder,
        };
        if (firstOfHolder != 0)
        {
            _leases[firstOfHolder].PreviousOfHolder = number;
        }

        firstOfHolder = number;
        _byRecord[record] = number;
        _byKey[(holder.Id.Value, hash)] = number;
        Count++;
    }

    /// <summary>Moves the end of a lease; never to an earlier time.</summary>
    public void Renew(int number, long expiryMs) =>
        _leases[number].ExpiryMs = Math.Max(_leases[number].ExpiryMs, expiryMs);

    /// <summary>The lease of this holder on this record, or 0.</summary>
    public int Find(Session holder, uint record)
    {
        int number = _byRecord.GetValueOrDefault(record);
        while (number != 0 && _leases[number].Holder != holder)
        {
            number = _leases[number].NextOfRecord;
        }

        return number;
    }

    /// <summary>First lease of this holder with this key hash, or 0; go on with <see cref="NextOfKey"/>.</summary>
    public int First(Session holder, ulong hash) => _byKey.GetValueOrDefault((holder.Id.Value, hash));

    /// <summary>The next one with the same holder and key hash.</summary>
    public int NextOfKey(int number) => _leases[number].NextOfKey;

    /// <summary>Any lease on this record, or 0.</summary>
    public int FirstOf(uint record) => _byRecord.GetValueOrDefault(record);

    /// <summary>What the lease holds.</summary>
    public uint Record(int number) => _leases[number].Record;

    /// <summary>Whether the lease's time is over.</summary>
    public bool HasEnded(int number, long nowMs) => ReadLease.HasEnded(_leases[number].ExpiryMs, nowMs);

    /// <summary>Whether any lease holds this record now.</summary>
    public bool IsHeld(uint record, long nowMs)
    {
        int number = _byRecord.GetValueOrDefault(record);
        while (number != 0 && HasEnded(number, nowMs))
        {
            number = _leases[number].NextOfRecord;
        }

        return number != 0;
    }

    /// <summary>When the last one of the leases on this record ends; 0: there is none.</summary>
    public long LatestExpiry(uint record)
    {
        long latest = 0;
        for (int number = _byRecord.GetValueOrDefault(record); number != 0; number = _leases[number].NextOfRecord)
        {
            latest = Math.Max(latest, _leases[number].ExpiryMs);
        }

        return latest;
    }

    /// <summary>Adds the leases on this record that have not ended.</summary>
    public void List(uint record, long nowMs, ObjectListing listing)
    {
        for (int number = _byRecord.GetValueOrDefault(record); number != 0; number = _leases[number].NextOfRecord)
        {
            ref readonly Lease lease = ref _leases[number];
            if (!HasEnded(number, nowMs))
            {
                listing.AddLease(new ListedLease(lease.Holder!.Id, lease.Holder.Rank, lease.ExpiryMs));
            }
        }
    }

    /// <summary>Ends a lease.</summary>
    /// <returns>Whether it was the last one on its record.</returns>
    public bool Remove(int number, int shard)
    {
        Lease lease = _leases[number];
        Unlink(lease, shard);
        bool isLast = UnlinkFromRecord(number, lease.Record);
        UnlinkFromKey(number, (lease.Holder!.Id.Value, lease.Hash));
        lease.Holder.SubtractKeyLease();
        _leases[number] = new Lease { NextOfRecord = _free };
        _free = number;
        Count--;
        return isLast;
    }

    /// <summary>
    /// Looks for leases whose time is over, at <paramref name="countMax"/> numbers from where it stopped last, all of
    /// them in turn.
    /// </summary>
    /// <returns>
    /// The next ended one, or 0 when there is none among them; <paramref name="countMax"/> is what is left to look at.
    /// </returns>
    public int NextEnded(long nowMs, ref int countMax)
    {
        for (; countMax > 0 && Count > 0; countMax--)
        {
            _hand = _hand >= _numberLast ? 1 : _hand + 1;
            if (_leases[_hand].Holder is not null && HasEnded(_hand, nowMs))
            {
                countMax--;
                return _hand;
            }
        }

        return 0;
    }

    private int TakeNumber()
    {
        if (_free != 0)
        {
            int number = _free;
            _free = _leases[number].NextOfRecord;
            return number;
        }

        if (++_numberLast == _leases.Length)
        {
            Array.Resize(ref _leases, Math.Max(64, 2 * _leases.Length));
        }

        return _numberLast;
    }

    private void Unlink(in Lease lease, int shard)
    {
        if (lease.PreviousOfHolder == 0)
        {
            lease.Holder!.KeyLeases[shard] = lease.NextOfHolder;
        }
        else
        {
            _leases[lease.PreviousOfHolder].NextOfHolder = lease.NextOfHolder;
        }

        if (lease.NextOfHolder != 0)
        {
            _leases[lease.NextOfHolder].PreviousOfHolder = lease.PreviousOfHolder;
        }
    }

    private bool UnlinkFromRecord(int number, uint record)
    {
        int next = _leases[number].NextOfRecord;
        int before = _byRecord[record];
        if (before != number)
        {
            while (_leases[before].NextOfRecord != number)
            {
                before = _leases[before].NextOfRecord;
            }

            _leases[before].NextOfRecord = next;
            return false;
        }

        if (next != 0)
        {
            _byRecord[record] = next;
            return false;
        }

        _byRecord.Remove(record);
        return true;
    }

    private void UnlinkFromKey(int number, (uint Holder, ulong Hash) key)
    {
        int next = _leases[number].NextOfKey;
        int before = _byKey[key];
        if (before != number)
        {
            while (_leases[before].NextOfKey != number)
            {
                before = _leases[before].NextOfKey;
            }

            _leases[before].NextOfKey = next;
        }
        else if (next != 0)
        {
            _byKey[key] = next;
        }
        else
        {
            _byKey.Remove(key);
        }
    }

    private struct Lease
    {
        public Session? Holder;
        public ulong Hash;
        public long ExpiryMs;
        public uint Record;
        public int NextOfRecord;
        public int NextOfKey;
        public int PreviousOfHolder;
        public int NextOfHolder;
    }
}
