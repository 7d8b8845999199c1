using System.Text;
using MemCache.Core;

namespace MemCache.Meta;

/// <content>Looking inside, for tests: nothing here runs in a service.</content>
internal sealed partial class Shard<TPolicy>
{
    /// <summary>Adds all records in use.</summary>
    public void Snapshot(List<RecordSnapshot> records)
    {
        lock (_lock)
        {
            foreach (uint record in Cells())
            {
                records.Add(Snapshot(record));
            }
        }
    }

    /// <summary>Requires that index, lists, states and counters agree.</summary>
    /// <param name="isConcurrent">True: access numbers may be out of order where threads have overtaken each other.</param>
    public void CheckInvariants(bool isConcurrent)
    {
        lock (_lock)
        {
            int readable = 0;
            int removing = 0;
            int reserved = 0;
            int orphans = 0;
            int listed = 0;
            int kept = 0;
            int ending = 0;
            int tenanted = 0;
            foreach (uint record in Cells())
            {
                RecordState state = Header(record).State;
                ending += Header(record).HasTtl ? 1 : 0;
                tenanted += state == RecordState.Readable && Header(record).Tenant != 0 ? 1 : 0;
                readable += state == RecordState.Readable ? 1 : 0;
                removing += state == RecordState.Removing ? 1 : 0;
                reserved += state == RecordState.Reserved ? 1 : 0;
                orphans += state == RecordState.Orphan ? 1 : 0;
                bool mayBeRead = state is RecordState.Readable or RecordState.Removing;
                bool isKept = mayBeRead && ReadLease.IsKept(Header(record).Lease);
                kept += isKept ? 1 : 0;
                Invariant.Require(isKept == (_keyLeases.FirstOf(record) != 0));
                bool isListed = state == RecordState.Reserved && Header(record).PolicyMark == Listed;
                listed += isListed ? 1 : 0;
                Invariant.Require(!isListed || IsListed(Tag(record), Key(record)));
                Invariant.Require(state != RecordState.Readable || Find(Tag(record), Key(record)) == record);
            }

            Invariant.Require(readable == _index.Count);
            Invariant.Require(removing == _removing.Count && removing == CountList(_removing));
            Invariant.Require(reserved == _stats.ReservationCount);
            Invariant.Require(orphans == _stats.OrphanCount);
            Invariant.Require(listed == _listed.Count);
            Invariant.Require(ending == _expiries.Count);
            Invariant.Require(tenanted == CountTenants());
            CheckMoves();
            Invariant.Require(kept == _keyLeases.RecordCount && kept <= _keyLeases.Count);
            Invariant.Require(readable == CheckOrders(isConcurrent));
        }
    }

    private int CountTenants()
    {
        int count = 0;
        for (int i = 0; i < _tenants.Length; i++)
        {
            int own = 0;
            for (uint record = _tenants[i].First; record != 0; record = TenantList.After(_slab, record))
            {
                ref RecordHeader header = ref Header(record);
                Invariant.Require(header.State == RecordState.Readable);
                Invariant.Require((header.Tenant - 1) * PinCount + (int)header.Pin == i);
                own++;
            }

            Invariant.Require(own == _tenants[i].Count);
            count += own;
        }

        return count;
    }

    private void CheckMoves()
    {
        int count = 0;
        foreach ((uint reservation, MoveLink link) in _moves.All)
        {
            uint record = RecordRef.Record(link.Object);
            RecordHeader made = Header(reservation);
            RecordHeader of = Header(record);
            Invariant.Require(made.State == RecordState.Reserved && made.ReplicaCount == 1);
            Invariant.Require(IsRecord(link.Object) && of.State is RecordState.Readable or RecordState.Removing);
            Invariant.Require(Header(record).PutGeneration == link.PutGeneration && _moves.IsMoving(record));
            Invariant.Require(Key(record).SequenceEqual(Key(reservation)) && of.SizeBytes == made.SizeBytes);
            count++;
        }

        Invariant.Require(count == _moves.Count);
    }

    private int CheckOrders(bool isConcurrent)
    {
        int count = 0;
        for (int i = 0; i < _policies.Length; i++)
        {
            int own = 0;
            ulong last = 0;
            _policies[i].Settle(_slab);
            for (uint record = _policies[i].First; record != 0; record = _policies[i].After(_slab, record))
            {
                ref RecordHeader header = ref Header(record);
                Invariant.Require(header.State == RecordState.Readable && header.Order == i);
                Invariant.Require(isConcurrent || header.Sequence > last);
                last = header.Sequence;
                own++;
            }

            for (uint record = _policies[i].FirstParked; record != 0; record = _policies[i].After(_slab, record))
            {
                Invariant.Require(Header(record).State == RecordState.Readable && Header(record).Order == i);
                own++;
            }

            Invariant.Require(own == _policies[i].Count);
            count += own;
        }

        return count;
    }

    private int CountList(RecordList list)
    {
        int count = 0;
        for (uint record = list.Head; record != 0; record = Header(record).Next)
        {
            Invariant.Require(Header(record).State == RecordState.Removing);
            count++;
        }

        return count;
    }

    private List<uint> Cells()
    {
        List<uint> cells = [];
        for (int i = 0; i < _slab.ChunkCount; i++)
        {
            if (_slab.ChunkAt(i) is not { CellGranules: >= RecordHeader.GranulesMin and <= RecordHeader.GranulesMax } chunk)
            {
                continue;
            }

            int granule = Chunk.AlignmentBytes / Slab.GranuleBytes;
            for (; granule < chunk.NextGranule; granule += chunk.CellGranules)
            {
                uint cell = _slab.CellAt(i, granule);
                if (Header(cell).State != RecordState.Free)
                {
                    cells.Add(cell);
                }
            }
        }

        return cells;
    }

    private RecordSnapshot Snapshot(uint record)
    {
        RecordHeader header = Header(record);
        bool held = header.State is RecordState.Reserved or RecordState.Orphan;
        List<BlobLocation> replicas = [];
        foreach (ref readonly ReplicaEntry replica in Replicas(record, header.ReplicaCount))
        {
            replicas.Add(new BlobLocation(
                new SegmentId(replica.Segment), replica.Slot, replica.Generation,
                (long)replica.Page << Limits.BlobAlignmentShift, header.SizeBytes));
        }

        return new RecordSnapshot
        {
            Shard = Number,
            State = header.State,
            Key = Encoding.UTF8.GetString(Key(record)),
            SizeBytes = header.SizeBytes,
            PutGeneration = header.PutGeneration,
            Sequence = held ? 0 : header.Sequence,
            ReaderCount = held ? 0 : ReadLease.ReaderCount(header.Lease),
            Session = held ? new SessionId((uint)header.Lease) : SessionId.None,
            Pin = header.Pin,
            Tenant = header.Tenant,
            Medium = header.Medium,
            Replicas = replicas,
        };
    }
}
