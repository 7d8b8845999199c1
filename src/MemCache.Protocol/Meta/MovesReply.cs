using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.TakeMoves"/>: {u32 count, u32 sourceCount, MoveEntry[count],
/// ReplicaLocation[sourceCount], keys}. As many keys as entries.
/// </summary>
public readonly ref struct MovesReply
{
    /// <summary>What to make.</summary>
    public ReadOnlySpan<MoveEntry> Moves { get; private init; }

    /// <summary>Replicas to read from; every entry's range lies inside.</summary>
    public ReadOnlySpan<ReplicaLocation> Sources { get; private init; }

    /// <summary>Keys of the objects, all legal.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int count, int sourceCount, in KeySpans keys) =>
        8 + (64 * count) + (24 * sourceCount) + KeysSection.SizeBytes(keys);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(
        Span<byte> room, ReadOnlySpan<MoveEntry> moves, ReadOnlySpan<ReplicaLocation> sources, in KeySpans keys)
    {
        var writer = new PayloadWriter(room);
        writer.Write((uint)moves.Length);
        writer.Write((uint)sources.Length);
        writer.Write(moves);
        writer.Write(sources);
        KeysSection.Write(ref writer, keys);
        return writer.Length;
    }

    /// <summary>
    /// Reads the payload as a view. One with a range outside the list, or an illegal key, is refused.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out MovesReply reply)
    {
        var reader = new PayloadReader(payload);
        uint count = reader.ReadUInt32();
        uint sourceCount = reader.ReadUInt32();
        reply = new()
        {
            Moves = reader.ReadSpan<MoveEntry>(count, WireLimits.MoveCountMax),
            Sources = reader.ReadSpan<ReplicaLocation>(sourceCount, WireLimits.MoveCountMax * Limits.ReplicaCountMax),
            Keys = KeysSection.Read(ref reader),
        };
        return reader.IsAtEnd && reply.IsLegal();
    }

    /// <summary>Replicas to read entry <paramref name="index"/> from.</summary>
    public ReadOnlySpan<ReplicaLocation> SourcesOf(int index) =>
        Sources.Slice((int)Moves[index].FirstSourceIndex, Moves[index].SourceCount);

    private bool IsLegal()
    {
        bool isLegal = Keys.Count == Moves.Length;
        for (int i = 0; isLegal && i < Moves.Length; i++)
        {
            ref readonly MoveEntry move = ref Moves[i];
            isLegal = Keys.TryGet(i, out _) && move.SizeBytes > 0
                && move.SourceCount is > 0 and <= Limits.ReplicaCountMax
                && (long)move.FirstSourceIndex + move.SourceCount <= Sources.Length
                && move.ReplicaCount is > 0 and <= Limits.ReplicaCountMax && move.ReplicaIndex < move.ReplicaCount;
        }

        return isLegal;
    }
}
