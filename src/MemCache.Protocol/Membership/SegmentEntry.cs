using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// One mounted segment in the registry: {u16 segment, u16 rank, u8 medium, u8 0, u16 0, u32 slotCount, u32 0, i64 dataBytes, uuid[16], texts:
/// file name, host id, data address}.
/// </summary>
public readonly ref struct SegmentEntry
{
    private const int FixedBytes = 40;

    /// <summary>The segment.</summary>
    public SegmentId Segment { get; init; }

    /// <summary>The rank that contributes it.</summary>
    public RankId Rank { get; init; }

    /// <summary>What it is made of.</summary>
    public Medium Medium { get; init; }

    /// <summary>Slots of its directory.</summary>
    public uint SlotCount { get; init; }

    /// <summary>Bytes of its data.</summary>
    public long DataBytes { get; init; }

    /// <summary>Identity of the file; compare it with the file's header.</summary>
    public Guid Uuid { get; init; }

    /// <summary>Name of the file in the shared-memory directory.</summary>
    public ReadOnlySpan<byte> FileName { get; init; }

    /// <summary>Boot id and shared-memory directory of its owner: map it only if it equals one's own.</summary>
    public ReadOnlySpan<byte> HostId { get; init; }

    /// <summary>Where its owner serves it to other hosts: "tcp://10.0.0.2:7000"; empty if it does not.</summary>
    public ReadOnlySpan<byte> DataAddress { get; init; }

    /// <summary>Room that <see cref="Write"/> needs at most.</summary>
    public int SizeBytes => FixedBytes + FileName.Length + HostId.Length + DataAddress.Length + (3 * 12);

    /// <summary>Adds the entry.</summary>
    public void Write(ref PayloadWriter writer)
    {
        writer.Write(Segment.Value);
        writer.Write(Rank.Value);
        writer.Write((uint)(byte)Medium);
        writer.Write(SlotCount);
        writer.Write(0u);
        writer.Write(DataBytes);
        writer.Write(Uuid);
        writer.WriteText(FileName);
        writer.WriteText(HostId);
        writer.WriteText(DataAddress);
    }

    internal static bool TryRead(scoped ref PayloadReader reader, out SegmentEntry entry)
    {
        ushort segment = reader.ReadUInt16();
        ushort rank = reader.ReadUInt16();
        uint medium = reader.ReadUInt32();
        uint slotCount = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        entry = new()
        {
            Segment = new SegmentId(segment),
            Rank = new RankId(rank),
            Medium = (Medium)(byte)medium,
            SlotCount = slotCount,
            DataBytes = reader.ReadInt64(),
            Uuid = reader.ReadGuid(),
            FileName = reader.ReadText(Limits.FileNameBytesMax),
            HostId = reader.ReadText(WireLimits.HostIdBytesMax),
            DataAddress = reader.ReadText(WireLimits.DataAddressBytesMax),
        };
        return !reader.HasFailed && medium <= (uint)Medium.Ssd && segment < Limits.SegmentCountMax
            && rank < Limits.RankCountMax && entry.DataBytes is > 0 and <= Limits.SegmentBytesMax
            && !entry.FileName.IsEmpty && Protocol.FileName.IsLegal(entry.FileName);
    }
}
