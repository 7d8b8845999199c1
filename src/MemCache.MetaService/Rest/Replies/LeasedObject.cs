using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>One object of <see cref="LeasesReply"/>.</summary>
/// <param name="Key">Its key; what is not UTF-8 in it is replaced.</param>
/// <param name="KeyEscaped">The same for a URL, byte for byte; only if <paramref name="Key"/> is not UTF-8.</param>
/// <param name="Size">Bytes.</param>
/// <param name="State">readable; removing: removed, its space waits.</param>
/// <param name="Readers">Read leases on it; they are not told apart.</param>
/// <param name="ReadersEndMs">Milliseconds until the last of those ends by itself.</param>
/// <param name="Holders">Leases by key.</param>
internal sealed record LeasedObject(
    string Key, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? KeyEscaped, long Size,
        string State,
    int Readers, long ReadersEndMs, LeaseHolder[] Holders);
