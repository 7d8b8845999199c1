using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.Heartbeat"/>: {u64 registryVersion, u32 orphanCount, u32 writerCount, u64 generation, u64
/// retiredBelow, u32 retirementCount, u32 retirementsLeft, u32 movesWaiting, u32 0, OrphanEntry[orphanCount],
/// RetireEntry[retirementCount], then per writer {u32 session, text: liveness file name}}. Every orphan's session is
/// among the writers if its name is known.
/// </summary>
public readonly ref struct HeartbeatReply
{
    private readonly ReadOnlySpan<byte> _writers;
    private readonly uint _writerCount;

    private const int FixedBytes = 48;

    private HeartbeatReply(
        ulong registryVersion, HeartbeatNews news, ReadOnlySpan<OrphanEntry> orphans, ReadOnlySpan<RetireEntry> retirements,
        ReadOnlySpan<byte> writers, uint writerCount)
    {
        RegistryVersion = registryVersion;
        News = news;
        Orphans = orphans;
        Retirements = retirements;
        _writers = writers;
        _writerCount = writerCount;
    }

    /// <summary>
    /// Version of the segment registry; ask for <see cref="Opcode.Segments"/> when it is not the known one.
    /// </summary>
    public ulong RegistryVersion { get; }

    /// <summary>What else there is to know.</summary>
    public HeartbeatNews News { get; }

    /// <summary>Blobs of the client's segment that are no objects any more: it clears their slots.</summary>
    public ReadOnlySpan<RetireEntry> Retirements { get; }

    /// <summary>Orphans of the client's segment that it is to fence.</summary>
    public ReadOnlySpan<OrphanEntry> Orphans { get; }

    /// <summary>Room that is enough for this many orphans, each of another writer, and retirements.</summary>
    public static int SizeBytesMax(int orphanCount, int retirementCount) =>
        FixedBytes + (orphanCount * (24 + 16 + Limits.FileNameBytesMax)) + (16 * retirementCount);

    /// <summary>
    /// Begins the payload: version, counts, orphans, retirements; the writers follow with <see cref="WriteWriter"/>.
    /// </summary>
    public static void Begin(
        ref PayloadWriter writer, ulong registryVersion, HeartbeatNews news, scoped ReadOnlySpan<OrphanEntry> orphans,
        scoped ReadOnlySpan<RetireEntry> retirements, int writerCount)
    {
        writer.Write(registryVersion);
        writer.Write((uint)orphans.Length);
        writer.Write((uint)writerCount);
        writer.Write(news.Generation);
        writer.Write(news.RetiredBelow);
        writer.Write((uint)retirements.Length);
        writer.Write(news.RetirementsLeft);
        writer.Write(news.MovesWaiting);
        writer.Write(0u);
        writer.Write(orphans);
        writer.Write(retirements);
    }

    /// <summary>Adds one writer.</summary>
    public static void WriteWriter(ref PayloadWriter writer, SessionId session, scoped ReadOnlySpan<byte> livenessFileName)
    {
        writer.Write(session.Value);
        writer.WriteText(livenessFileName);
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out HeartbeatReply reply)
    {
        var reader = new PayloadReader(payload);
        ulong registryVersion = reader.ReadUInt64();
        uint orphanCount = reader.ReadUInt32();
        uint writerCount = reader.ReadUInt32();
        ulong generation = reader.ReadUInt64();
        ulong retiredBelow = reader.ReadUInt64();
        uint retirementCount = reader.ReadUInt32();
        uint retirementsLeft = reader.ReadUInt32();
        var news = new HeartbeatNews(generation, retiredBelow, retirementsLeft, reader.ReadUInt32());
        _ = reader.ReadUInt32();
        ReadOnlySpan<OrphanEntry> orphans = reader.ReadSpan<OrphanEntry>(orphanCount, WireLimits.OrphanCountMax);
        ReadOnlySpan<RetireEntry> retirements = reader.ReadSpan<RetireEntry>(retirementCount, WireLimits.RetirementCountMax);
        int listBytes = (24 * orphans.Length) + (16 * retirements.Length);
        ReadOnlySpan<byte> writers = reader.HasFailed ? default : payload[(FixedBytes + listBytes)..];
        reply = new(registryVersion, news, orphans, retirements, writers, writerCount);
        for (uint i = 0; i < writerCount && !reader.HasFailed; i++)
        {
            _ = reader.ReadUInt32();
            if (!FileName.IsLegal(reader.ReadText(Limits.FileNameBytesMax)))
            {
                return false;
            }
        }

        return reader.IsAtEnd;
    }

    /// <summary>Name of the liveness file of the writer <paramref name="session"/>; empty if it is not known.</summary>
    /// <remarks>Walks the list: there are few writers in one reply.</remarks>
    public ReadOnlySpan<byte> LivenessFileNameOf(SessionId session)
    {
        var reader = new PayloadReader(_writers);
        for (uint i = 0; i < _writerCount; i++)
        {
            bool found = reader.ReadUInt32() == session.Value;
            ReadOnlySpan<byte> name = reader.ReadText(Limits.FileNameBytesMax);
            if (found)
            {
                return name;
            }
        }

        return default;
    }
}
