namespace MemCache.Meta;

/// <summary>Bytes that the objects whose keys begin with a prefix may take.</summary>
/// <param name="Prefix">What the keys begin with, 1 or more bytes of UTF-8. Of several that fit, the longest counts.</param>
/// <param name="Bytes">The quota: whole pages of all replicas count.</param>
public readonly record struct TenantQuota(string Prefix, long Bytes);
