using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.Heartbeat"/>: {u64 registryVersion, u32 orphanCount, u32 writerCount, OrphanEntry[orphanCount], then per writer
/// {u32 session, text: liveness file name}}. Every orphan's session is among the writers if its name is known.
/// </summary>
public readonly ref struct HeartbeatReply
{
    private readonly ReadOnlySpan<byte> _writers;
    private readonly uint _writerCount;

    private HeartbeatReply(ulong registryVersion, ReadOnlySpan<OrphanEntry> orphans, ReadOnlySpan<byte> writers, uint writerCount)
    {
        RegistryVersion = registryVersion;
        Orphans = orphans;
        _writers = writers;
        _writerCount = writerCount;
    }

    /// <summary>Version of the segment registry; ask for <see cref="Opcode.Segments"/> when it is not the known one.</summary>
    public ulong RegistryVersion { get; }

    /// <summary>Orphans of the client's segment that it is to fence.</summary>
    public ReadOnlySpan<OrphanEntry> Orphans { get; }

    /// <summary>Room that is enough for this many orphans, each of another writer.</summary>
    public static int SizeBytesMax(int orphanCount) => 16 + (orphanCount * (24 + 16 + Limits.FileNameBytesMax));

    /// <summary>Begins the payload: version, counts, orphans; the writers follow with <see cref="WriteWriter"/>.</summary>
    public static void Begin(
        ref PayloadWriter writer, ulong registryVersion, scoped ReadOnlySpan<OrphanEntry> orphans, int writerCount)
    {
        writer.Write(registryVersion);
        writer.Write((uint)orphans.Length);
        writer.Write((uint)writerCount);
        writer.Write(orphans);
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
        ReadOnlySpan<OrphanEntry> orphans = reader.ReadSpan<OrphanEntry>(orphanCount, WireLimits.OrphanCountMax);
        ReadOnlySpan<byte> writers = reader.HasFailed ? default : payload[(16 + (24 * orphans.Length))..];
        reply = new(registryVersion, orphans, writers, writerCount);
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
