using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Hello"/>: {u32 session, u32 0, u64 instanceId}: the connection acts for that session from now on, and what
/// is reserved on it belongs to it. Refused with <see cref="MmcStatus.NotConnectedToMeta"/> when the session is not open or belongs to
/// another run of the MetaService, with <see cref="MmcStatus.RepeatedCall"/> the second time.
/// </summary>
/// <param name="Session">The session that the connection is to act for.</param>
/// <param name="InstanceId">The run of the MetaService that opened it.</param>
public readonly record struct HelloRequest(SessionId Session, ulong InstanceId)
{
    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 16;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(Session.Value);
        writer.Write(0u);
        writer.Write(InstanceId);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out HelloRequest request)
    {
        var reader = new PayloadReader(payload);
        var session = new SessionId(reader.ReadUInt32());
        _ = reader.ReadUInt32();
        request = new(session, reader.ReadUInt64());
        return reader.IsAtEnd;
    }
}
