using System.Buffers.Binary;

namespace MemCache.DistributedCache;

/// <summary>
/// A small object beside an entry with a sliding window: when it was used last. 32 bytes: version, ticks, mark.
/// </summary>
internal static class UseNote
{
    /// <summary>Size of a note.</summary>
    public const int SizeBytes = 32;

    private static ReadOnlySpan<byte> Mark => "MMCUSED1"u8;

    /// <summary>Writes a note.</summary>
    public static void Write(Span<byte> destination, Guid version, long usedTicks)
    {
        version.TryWriteBytes(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], usedTicks);
        Mark.CopyTo(destination[24..]);
    }

    /// <summary>When the value of this version was used; <see cref="long.MinValue"/>: the note does not say.</summary>
    public static long Read(ReadOnlySpan<byte> note, Guid version) =>
        note[24..SizeBytes].SequenceEqual(Mark) && new Guid(note[..16]) == version
            ? BinaryPrimitives.ReadInt64LittleEndian(note[16..])
            : long.MinValue;
}
