using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// One part of the object table with its own lock: records, index, eviction orders, delayed removals. Methods take the lock themselves;
/// what is private expects it to be held. A segment's lock may be taken under it, another shard's never.
/// </summary>
internal sealed partial class Shard<TPolicy> where TPolicy : struct, IEvictionPolicy
{
    private readonly Lock _lock = new();
    private readonly SegmentTable _segments;
    private readonly KeyHash _hash;
    private readonly Slab _slab;
    private readonly PagedTable _index;
    private readonly TPolicy[] _policies = new TPolicy[RecordHeader.OrderCount];
    private readonly ulong[] _oldestSequences = new ulong[RecordHeader.OrderCount];
    private readonly ReuseFeed?[] _feeds = new ReuseFeed?[SegmentTable.MediumCount];
    private RecordList _removing;
    private uint _serialLast;
    private ShardStats _stats;

    /// <summary>An empty shard.</summary>
    public Shard(int number, SegmentTable segments, KeyHash hash, Quotas quotas, ChunkPool pool)
    {
        Number = number;
        _segments = segments;
        _quotas = quotas;
        _tenants = new TenantList[quotas.TenantCount * PinCount];
        _hash = hash;
        _slab = new Slab(pool);
        _index = new PagedTable(_slab);
        _listed = new PagedTable(_slab);
        _expiries = new ExpiryTable(_slab);
        _oldestSequences.AsSpan().Fill(ulong.MaxValue);
    }

    /// <summary>Its place among the shards.</summary>
    public int Number { get; }

    /// <summary>
    /// Access number of the object of an eviction order that leaves next, as it was last shown by a thread that evicts; <see cref="ulong.MaxValue"/>: none. May be
    /// read without the lock.
    /// </summary>
    public ulong OldestSequence(int order) => Volatile.Read(ref _oldestSequences[order]);

    /// <summary>Has what becomes of the objects of a medium noted from now on; before there are any.</summary>
    public void Attach(Medium medium, ReuseFeed feed)
    {
        lock (_lock)
        {
            _feeds[(int)medium] = feed;
        }
    }

    /// <summary>Adds this shard's figures up.</summary>
    public void AddStats(ref ShardTotals totals)
    {
        lock (_lock)
        {
            totals.Add(_stats);
            totals.ObjectCount += _index.Count;
            totals.RemovingCount += _removing.Count;
            totals.KeyLeaseCount += _keyLeases.Count;
            totals.ListedCount += _listed.Count;
            totals.MovingCount += _moves.Count;
            totals.TtlCount += _expiries.Count;
            totals.TableBytes += _slab.TouchedBytes;
            foreach (ref TPolicy policy in _policies.AsSpan())
            {
                policy.Settle(_slab);
                totals.ParkedCount += policy.ParkedCount;
            }
        }
    }

    private ref RecordHeader Header(uint record) => ref _slab.Ref<RecordHeader>(record);

    private Span<ReplicaEntry> Replicas(uint record, int count) =>
        MemoryMarshal.Cast<byte, ReplicaEntry>(
            _slab.Bytes(record, RecordHeader.ReplicasOffset + RecordHeader.ReplicaBytes * count)[RecordHeader.ReplicasOffset..]);

    private ReadOnlySpan<byte> Key(uint record)
    {
        ref RecordHeader header = ref Header(record);
        int offset = header.KeyOffset;
        return _slab.Bytes(record, offset + header.KeyBytes)[offset..];
    }

    /// <summary>The record in the index with this key, 0 if there is none.</summary>
    private uint Find(uint tag, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<ulong> page = _index.SlotsOf(tag);
        for (int i = PagedTable.Home(tag); page[i] != 0; i++)
        {
            uint found = (uint)(page[i] >> 32);
            if (found > tag)
            {
                break;
            }

            if (found == tag && HasKey((uint)page[i], key))
            {
                return (uint)page[i];
            }
        }

        return 0;
    }

    private bool HasKey(uint record, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> cell = _slab.Tail(record);
        return HasKey(cell, MemoryMarshal.AsRef<RecordHeader>(cell), key);
    }

    private static bool HasKey(ReadOnlySpan<byte> cell, in RecordHeader header, ReadOnlySpan<byte> key) =>
        header.KeyBytes == key.Length && cell.Slice(header.KeyOffset, key.Length).SequenceEqual(key);

    /// <summary>
    /// As <see cref="Find"/>, but an object whose every replica is in a dropped segment, or whose time is over, is
    /// removed on the way.
    /// </summary>
    private uint FindCurrent(uint tag, ReadOnlySpan<byte> key, long nowMs)
    {
        uint record = Find(tag, key);
        if (record == 0 || !IsDoubtful || IsCurrent(record, nowMs))
        {
            return record;
        }

        if (IsLiving(record))
        {
            Expire(record, tag, nowMs);
        }
        else
        {
            _stats.ObjectsLost++;
            RemoveReadable(record, tag);
        }

        return 0;
    }

    private bool IsLiving(uint record)
    {
        ref RecordHeader header = ref Header(record);
        return _segments.Living(header.First.Segment) is not null
            || header.ReplicaCount > 1 && LivingReplicaCount(record) != 0;
    }

    private int LivingReplicaCount(uint record)
    {
        int count = 0;
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            count += _segments.Living(replica.Segment) is null ? 0 : 1;
        }

        return count;
    }

    private ref TPolicy Policy(int order) => ref _policies[order];

    /// <summary>Takes a readable object out of index and eviction order and frees it at once, whatever leases it has.</summary>
    private void RemoveReadable(uint record, uint tag)
    {
        Note(NoteKind.Gone, record);
        Unlink(record, tag);
        FreeRecord(record);
    }

    /// <summary>The policies that learn are told by the caller.</summary>
    private void Unlink(uint record, uint tag)
    {
        bool found = _index.Remove(tag, record);
        Invariant.Require(found);
        TakeOutOfOrder(record);
    }

    /// <summary>A readable object has come or is about to go.</summary>
    private void Note(NoteKind kind, uint record) =>
        _feeds[(int)Header(record).Medium]?.Note(kind, _hash.Compute(Key(record)));

    /// <summary>Gives the space of all its replicas back and frees the record. It is in no list any more.</summary>
    private void FreeRecord(uint record)
    {
        ForgetKeyLeases(record);
        ReturnAttributes(record);
        _moves.EndObject(record);
        ref RecordHeader header = ref Header(record);
        foreach (ref readonly ReplicaEntry replica in Replicas(record, header.ReplicaCount))
        {
            _segments.Living(replica.Segment)?.Release(replica, header.PageCount, isRetired: true);
        }

        header.State = RecordState.Free;
        _slab.Free(record);
    }

    /// <summary>
    /// Shows threads that evict which object of this shard is the oldest. Only they ask, and each has every shard shown
    /// anew before it starts (<see cref="UnparkUnread"/>), so what else changes the orders need not.
    /// </summary>
    private void PublishOldest()
    {
        for (int i = 0; i < _policies.Length; i++)
        {
            _policies[i].Settle(_slab);
            uint first = _policies[i].First;
            Volatile.Write(ref _oldestSequences[i], first == 0 ? ulong.MaxValue : Header(first).Sequence);
        }
    }

    /// <summary>Whether a number from outside names a record in use, and the use that is meant.</summary>
    private bool IsRecord(ObjectRef reference)
    {
        uint record = RecordRef.Record(reference);
        return _slab.IsCell(record, RecordHeader.GranulesMin, RecordHeader.GranulesMax)
            && Header(record).State != RecordState.Free
            && Header(record).Serial == RecordRef.Serial(reference);
    }

    private bool HasGeneration(uint record, ulong generation)
    {
        foreach (ref readonly ReplicaEntry replica in Replicas(record, Header(record).ReplicaCount))
        {
            if (replica.Generation == generation)
            {
                return true;
            }
        }

        return false;
    }
}
