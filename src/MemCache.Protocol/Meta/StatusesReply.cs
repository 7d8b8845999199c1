using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Reply with one status per entry: {u32 count, u32 0, i32 status[count], padding to 8}.</summary>
public static class StatusesReply
{
    /// <summary>Room that <see cref="Begin"/> needs for <paramref name="count"/> entries.</summary>
    public static int SizeBytes(int count) => 8 + ((4 * count) + 7 & ~7);

    /// <summary>Writes the payload around the statuses, which the caller fills in place.</summary>
    /// <param name="room">At least <see cref="SizeBytes"/>.</param>
    /// <param name="count">Number of entries.</param>
    /// <param name="statuses">Shape [count], to be filled.</param>
    /// <returns>The payload's length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Begin(Span<byte> room, int count, out Span<MmcStatus> statuses)
    {
        var writer = new PayloadWriter(room);
        writer.Write((uint)count);
        writer.Write(0u);
        statuses = writer.Take<MmcStatus>(count);
        writer.Align();
        return writer.Length;
    }

    /// <summary>Reads the payload as a view. A reply for another number of entries is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, int expectedCount, out ReadOnlySpan<MmcStatus> statuses)
    {
        var reader = new PayloadReader(payload);
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        statuses = reader.ReadSpan<MmcStatus>(count, Limits.BatchCountMax);
        reader.Align();
        return reader.IsAtEnd && statuses.Length == expectedCount;
    }
}
