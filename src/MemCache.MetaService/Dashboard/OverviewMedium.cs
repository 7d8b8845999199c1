namespace MemCache.MetaService;

/// <summary>All segments of one medium.</summary>
internal sealed record OverviewMedium(
    string Medium,
    long CapacityBytes,
    long UsedBytes,
    bool Evicting);
