using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Reply of <see cref="Opcode.Segments"/>: {u64 version, u32 count, u32 0, SegmentEntry[count]}. Always the whole registry.</summary>
public ref struct SegmentsReply
{
    private PayloadReader _rest;
    private int _left;

    private SegmentsReply(ulong version, int count, PayloadReader rest)
    {
        Version = version;
        Count = count;
        _left = count;
        _rest = rest;
    }

    /// <summary>Version of the registry.</summary>
    public ulong Version { get; }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>Begins the payload; <paramref name="count"/> times <see cref="SegmentEntry.Write"/> follows.</summary>
    public static void Begin(ref PayloadWriter writer, ulong version, int count)
    {
        writer.Write(version);
        writer.Write((uint)count);
        writer.Write(0u);
    }

    /// <summary>Reads the payload as a view, all entries checked.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out SegmentsReply reply)
    {
        var reader = new PayloadReader(payload);
        ulong version = reader.ReadUInt64();
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        if (reader.HasFailed || count > Limits.SegmentCountMax)
        {
            reply = default;
            return false;
        }

        reply = new(version, (int)count, reader);
        for (uint i = 0; i < count; i++)
        {
            if (!SegmentEntry.TryRead(ref reader, out _))
            {
                return false;
            }
        }

        return reader.IsAtEnd;
    }

    /// <summary>The next entry.</summary>
    /// <returns><see langword="false"/> behind the last one.</returns>
    public bool TryNext(out SegmentEntry entry)
    {
        if (_left == 0)
        {
            entry = default;
            return false;
        }

        _left--;
        return SegmentEntry.TryRead(ref _rest, out entry);
    }
}
