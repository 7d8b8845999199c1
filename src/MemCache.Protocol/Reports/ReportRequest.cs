using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Report"/>: {u32 session, u32 count, ReportEntry[count]}. Entries are independent of
/// each other and of their order, so that a version may know more of them than the other end.
/// </summary>
public readonly ref struct ReportRequest
{
    /// <summary>The session that reports.</summary>
    public SessionId Session { get; private init; }

    /// <summary>What has grown; any counter, any index, any value.</summary>
    public ReadOnlySpan<ReportEntry> Entries { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int entryCount) => 8 + (16 * entryCount);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, SessionId session, ReadOnlySpan<ReportEntry> entries)
    {
        var writer = new PayloadWriter(room);
        writer.Write(session.Value);
        writer.Write((uint)entries.Length);
        writer.Write(entries);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out ReportRequest request)
    {
        var reader = new PayloadReader(payload);
        var session = new SessionId(reader.ReadUInt32());
        uint count = reader.ReadUInt32();
        request = new()
        {
            Session = session,
            Entries = reader.ReadSpan<ReportEntry>(count, WireLimits.ReportEntryCountMax),
        };
        return reader.IsAtEnd;
    }
}
