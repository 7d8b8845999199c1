using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Join"/>: {u8 providesMemory, u8 medium, u16 wantedRank, u32 slotCount, i64 dataBytes,
/// uuid[16], u32 pid, u32 flags (1: has content), u64 generationSeen, texts: segment file name, liveness file name,
/// host id, software version, data address}. The frame's epoch is the highest the client has seen.
/// </summary>
public readonly ref struct JoinRequest
{
    private const int FixedBytes = 48;

    /// <summary>Whether a segment comes with the client. Without one it gets no rank.</summary>
    public bool ProvidesMemory { get; init; }

    /// <summary>What the segment is made of.</summary>
    public Medium Medium { get; init; }

    /// <summary>The rank the client would like, or <see cref="RankId.None"/> for any.</summary>
    public RankId WantedRank { get; init; }

    /// <summary>Slots of the segment's directory.</summary>
    public uint SlotCount { get; init; }

    /// <summary>Bytes of the segment's data.</summary>
    public long DataBytes { get; init; }

    /// <summary>Identity of the segment file; a peer compares it with the file's header.</summary>
    public Guid SegmentUuid { get; init; }

    /// <summary>Process id, for people who read the log.</summary>
    public int ProcessId { get; init; }

    /// <summary>Whether the segment held objects before: they follow with <see cref="Opcode.Restore"/>.</summary>
    public bool HasContent { get; init; }

    /// <summary>Highest generation that any MetaService has told the client; 0: none did.</summary>
    public ulong GenerationSeen { get; init; }

    /// <summary>Name of the segment file in the shared-memory directory; empty without memory.</summary>
    public ReadOnlySpan<byte> SegmentFileName { get; init; }

    /// <summary>Name of the file whose lock says that the process lives.</summary>
    public ReadOnlySpan<byte> LivenessFileName { get; init; }

    /// <summary>Boot id and shared-memory directory: who has the same can map each other's segments.</summary>
    public ReadOnlySpan<byte> HostId { get; init; }

    /// <summary>Version of the client's software, for people.</summary>
    public ReadOnlySpan<byte> SoftwareVersion { get; init; }

    /// <summary>Where the segment is served to other hosts: "tcp://10.0.0.2:7000"; empty if it is not.</summary>
    public ReadOnlySpan<byte> DataAddress { get; init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public int SizeBytes =>
        FixedBytes + SegmentFileName.Length + LivenessFileName.Length + HostId.Length + SoftwareVersion.Length
        + DataAddress.Length + (5 * 12);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public int Encode(Span<byte> room)
    {
        var writer = new PayloadWriter(room);
        writer.Write((byte)(ProvidesMemory ? 1 : 0));
        writer.Write((byte)Medium);
        writer.Write(WantedRank.Value);
        writer.Write(SlotCount);
        writer.Write(DataBytes);
        writer.Write(SegmentUuid);
        writer.Write(ProcessId);
        writer.Write(HasContent ? 1u : 0u);
        writer.Write(GenerationSeen);
        writer.WriteText(SegmentFileName);
        writer.WriteText(LivenessFileName);
        writer.WriteText(HostId);
        writer.WriteText(SoftwareVersion);
        writer.WriteText(DataAddress);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view. Names with a path in them are refused: they are opened below a directory.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out JoinRequest request)
    {
        var reader = new PayloadReader(payload);
        byte providesMemory = reader.ReadByte();
        byte medium = reader.ReadByte();
        request = new()
        {
            ProvidesMemory = providesMemory == 1,
            Medium = (Medium)medium,
            WantedRank = new RankId(reader.ReadUInt16()),
            SlotCount = reader.ReadUInt32(),
            DataBytes = reader.ReadInt64(),
            SegmentUuid = reader.ReadGuid(),
            ProcessId = reader.ReadInt32(),
            HasContent = reader.ReadUInt32() == 1,
            GenerationSeen = reader.ReadUInt64(),
            SegmentFileName = reader.ReadText(Limits.FileNameBytesMax),
            LivenessFileName = reader.ReadText(Limits.FileNameBytesMax),
            HostId = reader.ReadText(WireLimits.HostIdBytesMax),
            SoftwareVersion = reader.ReadText(WireLimits.VersionTextBytesMax),
            DataAddress = reader.ReadText(WireLimits.DataAddressBytesMax),
        };
        return reader.IsAtEnd && providesMemory <= 1 && medium <= (byte)Medium.Ssd
            && FileName.IsLegal(request.SegmentFileName) && FileName.IsLegal(request.LivenessFileName);
    }
}
