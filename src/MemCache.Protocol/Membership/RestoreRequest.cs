using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Restore"/>: {u32 count, u32 0, RestoreEntry[count], keys}: what the client's segment
/// holds, held ranges first, then replicas from the oldest put on. As many keys as entries; a held range has an empty
/// one.
/// </summary>
public readonly ref struct RestoreRequest
{
    /// <summary>What slots hold.</summary>
    public ReadOnlySpan<RestoreEntry> Entries { get; private init; }

    /// <summary>Shape of <see cref="Entries"/>.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int count, in KeySpans keys) => 8 + (48 * count) + KeysSection.SizeBytes(keys);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<RestoreEntry> entries, in KeySpans keys)
    {
        var writer = new PayloadWriter(room);
        writer.Write((uint)entries.Length);
        writer.Write(0u);
        writer.Write(entries);
        KeysSection.Write(ref writer, keys);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out RestoreRequest request)
    {
        var reader = new PayloadReader(payload);
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        request = new()
        {
            Entries = reader.ReadSpan<RestoreEntry>(count, WireLimits.RestoreCountMax),
            Keys = KeysSection.Read(ref reader),
        };
        return reader.IsAtEnd && request.Keys.Count == request.Entries.Length;
    }
}
