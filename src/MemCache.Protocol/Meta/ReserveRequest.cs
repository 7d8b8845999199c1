using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Reserve"/> and <see cref="Opcode.Allocate"/>: {releases, u8 medium, u8 replicaCount, u8
/// preferredCount, u8 pin, i32 ttlMs, u16 preferred[8], keys, i64 sizes[count]}.
/// </summary>
public readonly ref struct ReserveRequest
{
    private const int OptionsBytes = 8 + (2 * Limits.ReplicaCountMax);

    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>How many replicas and where, pin and end of life; may be illegal, the engine refuses it then.</summary>
    public ReplicateOptions Options { get; private init; }

    /// <summary>What the replicas are to be stored on.</summary>
    public Medium Medium { get; private init; }

    /// <summary>The keys; each is checked when it is used.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Shape [keys]: size of each object in bytes.</summary>
    public ReadOnlySpan<long> Sizes { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public static int SizeBytes(int releaseCount, in KeySpans keys) =>
        ReleaseSection.SizeBytes(releaseCount) + OptionsBytes + KeysSection.SizeBytes(keys) + (8 * keys.Count);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(
        Span<byte> room,
        ReadOnlySpan<LeaseRelease> releases,
        in KeySpans keys,
        ReadOnlySpan<long> sizes,
        in ReplicateOptions options,
        Medium medium)
    {
        if (sizes.Length != keys.Count)
        {
            return -1;
        }

        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        writer.Write((byte)medium);
        writer.Write(options.ReplicaCountRaw);
        writer.Write((byte)options.PreferredCount);
        writer.Write((byte)options.Pin);
        writer.Write(options.TtlMs);
        for (int i = 0; i < Limits.ReplicaCountMax; i++)
        {
            writer.Write(i < options.PreferredCount ? options.PreferredRank(i).Value : RankId.None.Value);
        }

        KeysSection.Write(ref writer, keys);
        writer.Write(sizes);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out ReserveRequest request)
    {
        var reader = new PayloadReader(payload);
        ReadOnlySpan<LeaseRelease> releases = ReleaseSection.Read(ref reader);
        byte medium = reader.ReadByte();
        byte replicaCount = reader.ReadByte();
        byte preferredCount = reader.ReadByte();
        byte pin = reader.ReadByte();
        int ttlMs = reader.ReadInt32();
        ReadOnlySpan<ushort> preferred = reader.ReadSpan<ushort>(Limits.ReplicaCountMax, Limits.ReplicaCountMax);
        KeySpans keys = KeysSection.Read(ref reader);
        ReadOnlySpan<long> sizes = reader.ReadSpan<long>((uint)keys.Count, Limits.BatchCountMax);
        if (!reader.IsAtEnd || medium > (byte)Medium.Ssd || preferredCount > Limits.ReplicaCountMax)
        {
            request = default;
            return false;
        }

        Span<RankId> ranks = stackalloc RankId[preferredCount];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = new RankId(preferred[i]);
        }

        request = new()
        {
            Releases = releases,
            Options = new ReplicateOptions(replicaCount, ranks) { Pin = (ObjectPin)pin, TtlMs = ttlMs },
            Medium = (Medium)medium,
            Keys = keys,
            Sizes = sizes,
        };
        return true;
    }
}
