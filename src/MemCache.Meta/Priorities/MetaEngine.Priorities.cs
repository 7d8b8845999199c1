using MemCache.Core;

namespace MemCache.Meta;

/// <content>Pins, times to live and quotas.</content>
public sealed partial class MetaEngine
{
    /// <summary>Changes pin or time to live of objects that are there. One whose pin changes becomes recent.</summary>
    /// <param name="keys">Up to <see cref="Limits.BatchCountMax"/> keys.</param>
    /// <param name="pin">The new pin; <see langword="null"/>: as it is.</param>
    /// <param name="ttlMs">
    /// Milliseconds from now after which they are gone; 0: no end; <see langword="null"/>: as it is.
    /// </param>
    /// <param name="nowMs">The time.</param>
    /// <param name="statuses">
    /// Shape of <paramref name="keys"/>: Ok; ObjectNotFound; QuotaExceeded: too much has a hard pin, the object is as it
    /// was; AllocationFailed: no memory; InvalidParameter.
    /// </param>
    public void SetPriorities(in KeySpans keys, ObjectPin? pin, int? ttlMs, long nowMs, Span<MmcStatus> statuses)
    {
        if (!IsLegal(keys.Count, statuses))
        {
            return;
        }

        if (pin > ObjectPin.Hard || ttlMs < 0)
        {
            statuses.Fill(MmcStatus.InvalidParameter);
            return;
        }

        BatchScratch scratch = Group(keys, statuses);
        ulong sequenceLast = TakeSequence(keys.Count);
        foreach (Shard<LruPolicy> shard in _shards)
        {
            if (!scratch.Entries(shard.Number).IsEmpty)
            {
                shard.SetPriorities(keys, scratch, sequenceLast, pin, ttlMs, nowMs, statuses);
            }
        }

        _scratch.Return(scratch);
    }

    /// <summary>Counts a new object against the quotas, after evicting objects of its tenant where that helps.</summary>
    private MmcStatus Charge(
        ReadOnlySpan<byte> key, long sizeBytes, in ReplicateOptions options, Medium medium, long nowMs,
        out RecordAttributes attributes)
    {
        attributes = default;
        if (sizeBytes <= 0)
        {
            return MmcStatus.InvalidParameter;
        }

        int tenant = _quotas.TenantCount == 0 ? 0 : _quotas.TenantOf(key);
        uint end = options.TtlMs == 0 ? 0 : ExpiryTable.UnitOf(options.TtlMs, nowMs);
        attributes = new RecordAttributes(ObjectPin.None, end, 0);
        if (tenant == 0 && options.Pin == ObjectPin.None)
        {
            return MmcStatus.Ok;
        }

        long largestBytes = _segments.Usage(medium).LargestSegmentPages << Limits.BlobAlignmentShift;
        if (sizeBytes > largestBytes)
        {
            return largestBytes == 0 ? MmcStatus.AllocationFailed : MmcStatus.ExceedsCapacity;
        }

        long pages = (long)RecordHeader.Pages(sizeBytes) * options.ReplicaCount;
        if (!_quotas.TryPin(options.Pin, medium, pages))
        {
            return MmcStatus.QuotaExceeded;
        }

        if (tenant != 0 && !TryCharge(_quotas[tenant], pages, nowMs))
        {
            _quotas.AddPinned(options.Pin, medium, -pages);
            return MmcStatus.QuotaExceeded;
        }

        attributes = new RecordAttributes(options.Pin, end, tenant);
        return MmcStatus.Ok;
    }

    private bool TryCharge(Tenant tenant, long pages, long nowMs)
    {
        if (pages > tenant.QuotaPages)
        {
            tenant.NoteRefusal();
            return false;
        }

        // Others of the tenant may take what was evicted: then more goes, within the bound of one reserve.
        int left = MetaLimits.EvictCountMaxPerReserve;
        while (!tenant.TryCharge(pages))
        {
            if (!EvictTenant(tenant, ObjectPin.None, pages, nowMs, ref left)
                && !EvictTenant(tenant, ObjectPin.Soft, pages, nowMs, ref left))
            {
                tenant.NoteRefusal();
                return false;
            }
        }

        return true;
    }

    /// <summary>Evicts objects of a tenant until it has room, shard by shard in turn.</summary>
    /// <returns>Whether it has room.</returns>
    private bool EvictTenant(Tenant tenant, ObjectPin pin, long pages, long nowMs, ref int left)
    {
        int emptyCount = 0;
        ulong young = _evictor.YoungSequence(nowMs);
        while (tenant.UsedPages + pages > tenant.QuotaPages)
        {
            if (left == 0 || emptyCount == _shards.Length)
            {
                return false;
            }

            Shard<LruPolicy> shard = _shards[tenant.NextShard(_shards.Length)];
            bool hasGone = shard.EvictTenant(tenant.Number, pin, young, nowMs) > 0;
            emptyCount = hasGone ? 0 : emptyCount + 1;
            left -= hasGone ? 1 : 0;
        }

        return true;
    }

    private List<TenantStats> ReadTenants()
    {
        List<TenantStats> tenants = [];
        for (int i = 1; i <= _quotas.TenantCount; i++)
        {
            Tenant tenant = _quotas[i];
            tenants.Add(new TenantStats
            {
                Prefix = System.Text.Encoding.UTF8.GetString(tenant.Prefix),
                QuotaBytes = tenant.QuotaPages << Limits.BlobAlignmentShift,
                UsedBytes = tenant.UsedPages << Limits.BlobAlignmentShift,
                Refusals = tenant.RefusalCount,
            });
        }

        return tenants;
    }
}
