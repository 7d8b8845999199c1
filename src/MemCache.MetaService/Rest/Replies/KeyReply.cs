using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>One object of <see cref="KeysReply"/>.</summary>
/// <param name="Key">Its key; what is not UTF-8 in it is replaced.</param>
/// <param name="KeyEscaped">The same for a URL, byte for byte; only if <paramref name="Key"/> is not UTF-8.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Medium">hbm, dram or ssd.</param>
/// <param name="Replicas">Living ones.</param>
/// <param name="Readers">Read leases on it.</param>
/// <param name="Leases">Leases by key on it.</param>
internal sealed record KeyReply(
    string Key, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? KeyEscaped, long Size,
        string Medium,
    int Replicas, int Readers, int Leases);
