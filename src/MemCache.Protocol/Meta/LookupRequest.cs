using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Lookup"/> and <see cref="Opcode.AddLease"/>: {releases, i32 leaseMs, u32 0, keys}.
/// Replicas near the session's rank come first.
/// </summary>
public readonly ref struct LookupRequest
{
    /// <summary>Neither a lease nor a touch of recency: for a query.</summary>
    public const int NoLease = -1;

    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>
    /// Length of the read lease in milliseconds; 0: the service's default; <see cref="NoLease"/>: none, of a lookup
    /// only.
    /// </summary>
    public int LeaseMs { get; private init; }

    /// <summary>The keys; each is checked when it is used.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public static int SizeBytes(int releaseCount, in KeySpans keys) =>
        ReleaseSection.SizeBytes(releaseCount) + 8 + KeysSection.SizeBytes(keys);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<LeaseRelease> releases, in KeySpans keys, int leaseMs)
    {
        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        writer.Write(leaseMs);
        writer.Write(0u);
        KeysSection.Write(ref writer, keys);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out LookupRequest request)
    {
        var reader = new PayloadReader(payload);
        ReadOnlySpan<LeaseRelease> releases = ReleaseSection.Read(ref reader);
        int leaseMs = reader.ReadInt32();
        _ = reader.ReadUInt32();
        request = new() { Releases = releases, LeaseMs = leaseMs, Keys = KeysSection.Read(ref reader) };
        return reader.IsAtEnd && leaseMs >= NoLease;
    }
}
