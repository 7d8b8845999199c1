using MemCache.Core;

namespace MemCache.Meta;

/// <content>Pins, and the quotas of tenants.</content>
internal sealed partial class Shard<TPolicy>
{
    private readonly Quotas _quotas;

    // By tenant, less one, and pin; empty without tenants.
    private readonly TenantList[] _tenants;

    /// <summary>Changes pin or end of life of the keys of this shard; what is null stays as it is.</summary>
    public void SetPriorities(
        in KeySpans keys, BatchScratch scratch, ulong sequenceLast, ObjectPin? pin, int? ttlMs, long nowMs,
        Span<MmcStatus> statuses)
    {
        lock (_lock)
        {
            ReadOnlySpan<int> entries = scratch.Entries(Number);
            Span<uint> candidates = FindAhead(scratch);
            for (int k = 0; k < entries.Length; k++)
            {
                int i = entries[k];
                uint record = TakeCurrent(candidates, k, scratch, keys[i], nowMs);
                statuses[i] = record == 0
                    ? MmcStatus.ObjectNotFound
                    : SetPriority(record, sequenceLast - (ulong)i, pin, ttlMs, nowMs);
            }
        }
    }

    /// <summary>Evicts one object of a tenant that nobody holds: of some, the one that was not used for longest.</summary>
    /// <returns>Pages that came back; 0: none of those that were looked at can go.</returns>
    public long EvictTenant(int tenant, ObjectPin pin, ulong youngSequence, long nowMs)
    {
        lock (_lock)
        {
            ref TenantList list = ref Tenant(tenant, pin);
            uint victim = 0;
            uint latest = 0;
            uint record = list.First;
            int scanCount = Math.Min(list.Count, MetaLimits.EvictScanCountMax);
            for (int seen = 0; scanCount > 0 && seen < MetaLimits.TenantSampleCount; scanCount--)
            {
                uint after = TenantList.After(_slab, record);
                if (IsHeld(record, nowMs) || Header(record).Sequence >= youngSequence)
                {
                    list.Remove(_slab, record);
                    list.Add(_slab, record);
                }
                else
                {
                    seen++;
                    victim = victim == 0 || Header(record).Sequence < Header(victim).Sequence ? record : victim;
                    latest = latest == 0 || Header(record).Sequence > Header(latest).Sequence ? record : latest;
                }

                record = after;
            }

            if (latest != victim)
            {
                // It was used since its turn came last: others are looked at next.
                list.Remove(_slab, latest);
                list.Add(_slab, latest);
            }

            if (victim == 0)
            {
                return 0;
            }

            Note(NoteKind.Gone, victim);
            return EvictRecord(victim, Tag(victim), EvictionCause.Quota);
        }
    }

    private MmcStatus SetPriority(uint record, ulong sequence, ObjectPin? pin, int? ttlMs, long nowMs)
    {
        ref RecordHeader header = ref Header(record);
        long pages = (long)header.PageCount * header.ReplicaCount;
        bool changesPin = pin is not null && pin != header.Pin;
        if (changesPin && !_quotas.TryPin(pin!.Value, header.Medium, pages))
        {
            return MmcStatus.QuotaExceeded;
        }

        if (ttlMs is { } ttl && !TrySetEnd(record, ttl == 0 ? 0 : ExpiryTable.UnitOf(ttl, nowMs)))
        {
            _quotas.AddPinned(changesPin ? pin!.Value : ObjectPin.None, header.Medium, -pages);
            return MmcStatus.AllocationFailed;
        }

        if (changesPin)
        {
            TakeOutOfOrder(record);
            _quotas.AddPinned(header.Pin, header.Medium, -pages);
            header.Pin = pin!.Value;
            PutInOrder(record, sequence);
        }

        return MmcStatus.Ok;
    }

    private void PutInOrder(uint record, ulong sequence)
    {
        ref RecordHeader header = ref Header(record);
        Policy(header.Order).Insert(_slab, record, sequence);
        if (header.Tenant != 0)
        {
            Tenant(header.Tenant, header.Pin).Add(_slab, record);
        }
    }

    private void TakeOutOfOrder(uint record)
    {
        ref RecordHeader header = ref Header(record);
        Policy(header.Order).Remove(_slab, record);
        if (header.Tenant != 0)
        {
            Tenant(header.Tenant, header.Pin).Remove(_slab, record);
        }
    }

    /// <summary>Notes in a new record what was charged for it.</summary>
    /// <returns><see langword="false"/>: there is no memory left for its end.</returns>
    private bool TrySetAttributes(uint record, in RecordAttributes attributes)
    {
        ref RecordHeader header = ref Header(record);
        header.Pin = attributes.Pin;
        header.Tenant = attributes.Tenant;
        return TrySetEnd(record, attributes.End);
    }

    /// <summary>Gives back what is charged for a record that goes.</summary>
    private void ReturnAttributes(uint record)
    {
        ref RecordHeader header = ref Header(record);
        if (header.HasAttributes)
        {
            ForgetEnd(record);
            _quotas.Add(
                new RecordAttributes(header.Pin, 0, header.Tenant), header.Medium,
                -(long)header.PageCount * header.ReplicaCount);
        }
    }

    private ref TenantList Tenant(int tenant, ObjectPin pin) => ref _tenants[(tenant - 1) * PinCount + (int)pin];

    private const int PinCount = 3;
}
