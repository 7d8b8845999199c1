using System.Buffers.Binary;
using System.Globalization;

namespace MemCache.Core;

/// <summary>
/// Names one segment file for all time: a new one for every file, so that a peer that maps a name can tell that it
/// found the file it was told of and not a later one. As text 32 lower-case hex digits, as bytes 16, little-endian.
/// </summary>
public readonly record struct SegmentUuid(UInt128 Value)
{
    /// <summary>Size as bytes.</summary>
    public const int SizeBytes = 16;

    /// <summary>
    /// A new one, from the operating system's random numbers: 122 bits of them. RandomNumberGenerator would load
    /// OpenSSL, and ends the process where there is none.
    /// </summary>
    public static SegmentUuid New()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        _ = Guid.NewGuid().TryWriteBytes(bytes);
        return Read(bytes);
    }

    /// <summary>Reads the first 16 bytes of <paramref name="source"/>.</summary>
    public static SegmentUuid Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128LittleEndian(source));

    /// <summary>Writes 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128LittleEndian(destination, Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
