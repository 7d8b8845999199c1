namespace MemCache.Protocol;

/// <summary>Payload of a reply whose status is not Ok: nothing, or a text that says why: {u32 bytes, text, padding to 8}.</summary>
public static class ErrorReply
{
    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public const int SizeBytesMax = 8 + WireLimits.ErrorTextBytesMax;

    /// <summary>Writes the payload; a longer text than <see cref="WireLimits.ErrorTextBytesMax"/> is cut.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<byte> text)
    {
        var writer = new PayloadWriter(room);
        writer.WriteText(text[..Math.Min(text.Length, WireLimits.ErrorTextBytesMax)]);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view. An empty payload has an empty text.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> text)
    {
        var reader = new PayloadReader(payload);
        text = payload.IsEmpty ? default : reader.ReadText(WireLimits.ErrorTextBytesMax);
        return reader.IsAtEnd;
    }
}
