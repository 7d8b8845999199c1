using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Request of <see cref="Opcode.Commit"/>: {releases, u32 count, u32 0, CommitEntry[count]}.</summary>
public readonly ref struct CommitRequest
{
    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>What became of each reservation.</summary>
    public ReadOnlySpan<CommitEntry> Entries { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int releaseCount, int entryCount) =>
        ReleaseSection.SizeBytes(releaseCount) + 8 + (24 * entryCount);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<LeaseRelease> releases, ReadOnlySpan<CommitEntry> entries)
    {
        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        writer.Write((uint)entries.Length);
        writer.Write(0u);
        writer.Write(entries);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out CommitRequest request)
    {
        var reader = new PayloadReader(payload);
        ReadOnlySpan<LeaseRelease> releases = ReleaseSection.Read(ref reader);
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        request = new() { Releases = releases, Entries = reader.ReadSpan<CommitEntry>(count, Limits.BatchCountMax) };
        return reader.IsAtEnd;
    }
}
