namespace MemCache.Protocol;

/// <summary>Request of <see cref="Opcode.TakeMoves"/>: {u32 countMax, u32 0, i64 bytesMax}.</summary>
/// <param name="CountMax">
/// Replicas to take at most; more than <see cref="WireLimits.MoveCountMax"/> are never given.
/// </param>
/// <param name="BytesMax">Bytes of all of them; the first one may be larger.</param>
public readonly record struct MovesRequest(uint CountMax, long BytesMax)
{
    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 16;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(CountMax);
        writer.Write(0u);
        writer.Write(BytesMax);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out MovesRequest request)
    {
        var reader = new PayloadReader(payload);
        uint countMax = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        request = new(countMax, reader.ReadInt64());
        return reader.IsAtEnd;
    }
}
