using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.Join"/>: {u32 session, u16 rank, u16 segment, u64 instanceId, i32 heartbeatMs, i32 silenceMs, i32 leaseMs, u32 0,
/// u64 registryVersion, u64 generationFloor, text: Unix socket path}.
/// </summary>
public readonly ref struct JoinReply
{
    private const int FixedBytes = 48;

    /// <summary>The session that was opened.</summary>
    public SessionId Session { get; init; }

    /// <summary>The rank given, or <see cref="RankId.None"/> to a client without memory.</summary>
    public RankId Rank { get; init; }

    /// <summary>The mounted segment, or <see cref="SegmentId.None"/>.</summary>
    public SegmentId Segment { get; init; }

    /// <summary>This run of the MetaService; sessions of another run mean nothing to it.</summary>
    public ulong InstanceId { get; init; }

    /// <summary>The client sends a heartbeat this often, in milliseconds.</summary>
    public int HeartbeatMs { get; init; }

    /// <summary>After this long without a heartbeat the client is taken for lost, in milliseconds.</summary>
    public int SilenceMs { get; init; }

    /// <summary>Length of a read lease that asks for the default, in milliseconds.</summary>
    public int LeaseMs { get; init; }

    /// <summary>Version of the segment registry.</summary>
    public ulong RegistryVersion { get; init; }

    /// <summary>
    /// Reservations in the segment have this generation or a higher one from now on; those made before, by whatever
    /// MetaService, have a lower one. 0 without memory.
    /// </summary>
    public ulong GenerationFloor { get; init; }

    /// <summary>Path of the Unix socket that serves the same calls on this host; empty if there is none.</summary>
    public ReadOnlySpan<byte> UnixSocketPath { get; init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public int SizeBytes => FixedBytes + UnixSocketPath.Length + 12;

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write(Session.Value);
        writer.Write(Rank.Value);
        writer.Write(Segment.Value);
        writer.Write(InstanceId);
        writer.Write(HeartbeatMs);
        writer.Write(SilenceMs);
        writer.Write(LeaseMs);
        writer.Write(0u);
        writer.Write(RegistryVersion);
        writer.Write(GenerationFloor);
        writer.WriteText(UnixSocketPath);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out JoinReply reply)
    {
        var reader = new PayloadReader(payload);
        reply = new()
        {
            Session = new SessionId(reader.ReadUInt32()),
            Rank = new RankId(reader.ReadUInt16()),
            Segment = new SegmentId(reader.ReadUInt16()),
            InstanceId = reader.ReadUInt64(),
            HeartbeatMs = reader.ReadInt32(),
            SilenceMs = reader.ReadInt32(),
            LeaseMs = ReadLeaseMs(ref reader),
            RegistryVersion = reader.ReadUInt64(),
            GenerationFloor = reader.ReadUInt64(),
            UnixSocketPath = reader.ReadText(WireLimits.UnixPathBytesMax),
        };
        return reader.IsAtEnd && reply.HeartbeatMs > 0 && reply.SilenceMs > 0;
    }

    private static int ReadLeaseMs(scoped ref PayloadReader reader)
    {
        int leaseMs = reader.ReadInt32();
        _ = reader.ReadUInt32();
        return leaseMs;
    }
}
