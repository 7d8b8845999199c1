using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Request of <see cref="Opcode.Heartbeat"/>: {u32 session, u32 count, u64 registryVersion, OrphanEntry resolved[count]}.</summary>
public readonly ref struct HeartbeatRequest
{
    /// <summary>The session that lives.</summary>
    public SessionId Session { get; private init; }

    /// <summary>The registry version the client knows.</summary>
    public ulong RegistryVersion { get; private init; }

    /// <summary>Orphans of the client's segment that it has fenced: their space may be given away.</summary>
    public ReadOnlySpan<OrphanEntry> Resolved { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int resolvedCount) => 16 + (24 * resolvedCount);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(
        Span<byte> room, SessionId session, ulong registryVersion, ReadOnlySpan<OrphanEntry> resolved)
    {
        var writer = new PayloadWriter(room);
        writer.Write(session.Value);
        writer.Write((uint)resolved.Length);
        writer.Write(registryVersion);
        writer.Write(resolved);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out HeartbeatRequest request)
    {
        var reader = new PayloadReader(payload);
        var session = new SessionId(reader.ReadUInt32());
        uint count = reader.ReadUInt32();
        ulong registryVersion = reader.ReadUInt64();
        request = new()
        {
            Session = session,
            RegistryVersion = registryVersion,
            Resolved = reader.ReadSpan<OrphanEntry>(count, WireLimits.OrphanCountMax),
        };
        return reader.IsAtEnd;
    }
}
