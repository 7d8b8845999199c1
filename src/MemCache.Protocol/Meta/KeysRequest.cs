using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Exists"/>, <see cref="Opcode.Remove"/> and <see cref="Opcode.RemoveLease"/>: {releases,
/// keys}.
/// </summary>
public readonly ref struct KeysRequest
{
    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>The keys; each is checked when it is used.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public static int SizeBytes(int releaseCount, in KeySpans keys) =>
        ReleaseSection.SizeBytes(releaseCount) + KeysSection.SizeBytes(keys);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<LeaseRelease> releases, in KeySpans keys)
    {
        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        KeysSection.Write(ref writer, keys);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out KeysRequest request)
    {
        var reader = new PayloadReader(payload);
        request = new() { Releases = ReleaseSection.Read(ref reader), Keys = KeysSection.Read(ref reader) };
        return reader.IsAtEnd;
    }
}
