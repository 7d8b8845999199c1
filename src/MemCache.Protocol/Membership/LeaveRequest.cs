using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Leave"/>: {u32 session, u32 mode}. With <see cref="LeaveMode.Now"/> the client promises
/// that no write of this session is in flight: its reservations are freed at once.
/// </summary>
/// <param name="Session">The session to end; the connection must be the one that joined it.</param>
/// <param name="Mode">Now, or what comes before.</param>
public readonly record struct LeaveRequest(SessionId Session, LeaveMode Mode = LeaveMode.Now)
{
    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 8;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(Session.Value);
        writer.Write((uint)Mode);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out LeaveRequest request)
    {
        var reader = new PayloadReader(payload);
        var session = new SessionId(reader.ReadUInt32());
        uint mode = reader.ReadUInt32();
        request = new(session, (LeaveMode)mode);
        return reader.IsAtEnd && mode <= (uint)LeaveMode.AskMove;
    }
}
