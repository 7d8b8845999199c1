using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Request of <see cref="Opcode.Pin"/>: {releases, u8 pin, u8 0, u16 0, i32 ttlMs, keys}. What is to stay as it is has
/// the value <see cref="KeepPin"/> or <see cref="KeepTtl"/>.
/// </summary>
public readonly ref struct PinRequest
{
    /// <summary>The pin is not changed.</summary>
    public const byte KeepPin = 255;

    /// <summary>The end of life is not changed.</summary>
    public const int KeepTtl = -1;

    /// <summary>Read leases that ended.</summary>
    public ReadOnlySpan<LeaseRelease> Releases { get; private init; }

    /// <summary>The new pin; <see langword="null"/>: as it is. May be illegal, the engine refuses it then.</summary>
    public ObjectPin? Pin { get; private init; }

    /// <summary>
    /// The new time to live in milliseconds from now; 0: no end; <see langword="null"/>: as it is. May be illegal.
    /// </summary>
    public int? TtlMs { get; private init; }

    /// <summary>The keys; each is checked when it is used.</summary>
    public KeySpans Keys { get; private init; }

    /// <summary>Room that <see cref="Encode"/> needs at most.</summary>
    public static int SizeBytes(int releaseCount, in KeySpans keys) =>
        ReleaseSection.SizeBytes(releaseCount) + 8 + KeysSection.SizeBytes(keys);

    /// <summary>Writes the payload.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="room"/> is too small.</returns>
    public static int Encode(
        Span<byte> room, ReadOnlySpan<LeaseRelease> releases, in KeySpans keys, ObjectPin? pin, int? ttlMs)
    {
        var writer = new PayloadWriter(room);
        ReleaseSection.Write(ref writer, releases);
        writer.Write(pin is { } wanted ? (byte)wanted : KeepPin);
        writer.Write((byte)0);
        writer.Write((ushort)0);
        writer.Write(ttlMs ?? KeepTtl);
        KeysSection.Write(ref writer, keys);
        return writer.Length;
    }

    /// <summary>Reads the payload as a view.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out PinRequest request)
    {
        var reader = new PayloadReader(payload);
        ReadOnlySpan<LeaseRelease> releases = ReleaseSection.Read(ref reader);
        byte pin = reader.ReadByte();
        _ = reader.ReadByte();
        _ = reader.ReadUInt16();
        int ttlMs = reader.ReadInt32();
        request = new()
        {
            Releases = releases,
            Pin = pin == KeepPin ? null : (ObjectPin)pin,
            TtlMs = ttlMs == KeepTtl ? null : ttlMs,
            Keys = KeysSection.Read(ref reader),
        };
        return reader.IsAtEnd;
    }
}
