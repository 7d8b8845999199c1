namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.Leave"/> with a mode other than <see cref="LeaveMode.Now"/>: {u32 state, u32 0, i64
/// remaining}.
/// </summary>
/// <param name="State">
/// What became of the move: <see cref="Running"/>, <see cref="Ended"/> or <see cref="Failed"/>.
/// </param>
/// <param name="RemainingCount">Blobs in the client's segment.</param>
public readonly record struct LeaveReply(uint State, long RemainingCount)
{
    /// <summary>Objects are being moved.</summary>
    public const uint Running = 0;

    /// <summary>The segment is empty.</summary>
    public const uint Ended = 1;

    /// <summary>Not all objects find a place elsewhere, or the move was ended by somebody.</summary>
    public const uint Failed = 2;

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 16;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(State);
        writer.Write(0u);
        writer.Write(RemainingCount);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out LeaveReply reply)
    {
        var reader = new PayloadReader(payload);
        uint state = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        reply = new(state, reader.ReadInt64());
        return reader.IsAtEnd && state <= Failed;
    }
}
