using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>Request of <see cref="Opcode.Release"/>, <see cref="Opcode.RemoveAll"/> and <see cref="Opcode.Stats"/>: {releases}.</summary>
public readonly ref struct ReleasesRequest
{
    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int SizeBytes(int releaseCount) => ReleaseSection.SizeBytes(releaseCount);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(Span<byte> room, ReadOnlySpan<LeaseRelease> releases)
    {
        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out ReleasesRequest request)
    {
        var reader = new PayloadReader(payload);
        request = new() { Releases = ReleaseSection.Read(ref reader) };
        return reader.IsAtEnd;
    }
}
