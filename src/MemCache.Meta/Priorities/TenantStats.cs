namespace MemCache.Meta;

/// <summary>How much of its quota a tenant uses.</summary>
public sealed record TenantStats
{
    /// <summary>What its keys begin with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Its quota in whole pages, in bytes.</summary>
    public long QuotaBytes { get; init; }

    /// <summary>Bytes of its objects and reservations, all replicas, removed objects that are still read too.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Reserves refused because of the quota.</summary>
    public long Refusals { get; init; }
}
