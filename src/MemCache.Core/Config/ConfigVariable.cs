namespace MemCache.Core;

/// <summary>Names of the environment variables that set configuration keys.</summary>
public static class ConfigVariable
{
    private const string KeyPrefix = "ock.mmc.";
    private const string Prefix = "MMC_";

    /// <summary>
    /// <c>MMC_</c> and the key without its <c>ock.mmc.</c>, in capitals, with <c>_</c> for every dot:
    /// <c>ock.mmc.meta.lease_ttl_ms</c> is <c>MMC_META_LEASE_TTL_MS</c>.
    /// </summary>
    public static string NameOf(string key)
    {
        string name = key.StartsWith(KeyPrefix, StringComparison.Ordinal) ? key[KeyPrefix.Length..] : key;
        return Prefix + name.Replace('.', '_').ToUpperInvariant();
    }
}
