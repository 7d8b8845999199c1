using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Hello"/>: {u32 session, u32 isMembership, u64 instanceId}. Refused with <see cref="MmcStatus.NotConnectedToMeta"/> when
/// the session is not open or belongs to another run of the MetaService.
/// </summary>
/// <param name="Session">The session that the connection is to act for.</param>
/// <param name="InstanceId">The run of the MetaService that opened it.</param>
/// <param name="IsMembership">
/// Whether the connection takes the place of the one that joined: the session then ends with this one, and the old one may be closed.
/// A client that joined over TCP moves to the Unix socket this way, where its death is seen at once and for certain.
/// </param>
public readonly record struct HelloRequest(SessionId Session, ulong InstanceId, bool IsMembership = false)
{
    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public const int SizeBytes = 16;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(Session.Value);
        writer.Write(IsMembership ? 1u : 0u);
        writer.Write(InstanceId);
        return writer.Length;
    }

    /// <summary>Reads the payload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out HelloRequest request)
    {
        var reader = new PayloadReader(payload);
        var session = new SessionId(reader.ReadUInt32());
        uint isMembership = reader.ReadUInt32();
        request = new(session, reader.ReadUInt64(), isMembership == 1);
        return reader.IsAtEnd && isMembership <= 1;
    }
}
