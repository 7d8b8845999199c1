namespace MemCache.Protocol;

/// <summary>Reply of <see cref="Opcode.RemoveAll"/>: {i64 count}.</summary>
public static class CountReply
{
    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 8;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, long count)
    {
        var writer = new PayloadWriter(room);
        writer.Write(count);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out long count)
    {
        var reader = new PayloadReader(payload);
        count = reader.ReadInt64();
        return reader.IsAtEnd;
    }
}
