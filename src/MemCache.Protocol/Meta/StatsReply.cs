using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Reply of <see cref="Opcode.Stats"/>: {PoolTotals, u32 count, u32 0, SegmentUsage[count]}.</summary>
public readonly ref struct StatsReply
{
    /// <summary>The pool's figures.</summary>
    public PoolTotals Totals { get; private init; }

    /// <summary>Fill of every mounted segment.</summary>
    public ReadOnlySpan<SegmentUsage> Segments { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int segmentCount) => 80 + 8 + (24 * segmentCount);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, in PoolTotals totals, ReadOnlySpan<SegmentUsage> segments)
    {
        var writer = new PayloadWriter(room);
        writer.Write(new ReadOnlySpan<PoolTotals>(in totals));
        writer.Write((uint)segments.Length);
        writer.Write(0u);
        writer.Write(segments);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out StatsReply reply)
    {
        var reader = new PayloadReader(payload);
        ReadOnlySpan<PoolTotals> totals = reader.ReadSpan<PoolTotals>(1, 1);
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        ReadOnlySpan<SegmentUsage> segments = reader.ReadSpan<SegmentUsage>(count, Limits.SegmentCountMax);
        reply = new() { Totals = totals.IsEmpty ? default : totals[0], Segments = segments };
        return reader.IsAtEnd;
    }
}
