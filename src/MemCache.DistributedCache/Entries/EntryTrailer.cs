using System.Buffers.Binary;

namespace MemCache.DistributedCache;

/// <summary>
/// What lies behind the value in the object of an entry: behind and not before, so that the value can be copied from
/// the pool straight to where the caller wants it. Little-endian. The key, where the pool's key is a hash; then 64
/// bytes: created, expires, sliding window (8 each, ticks of 100 ns, UTC), version (16), length of the key, format (4
/// each), size of the value, mark (8 each).
/// </summary>
/// <param name="CreatedTicks">When it was set.</param>
/// <param name="ExpiresTicks">From when on it is gone; <see cref="long.MaxValue"/>: never.</param>
/// <param name="SlidingTicks">For how long it may go unused; 0: for ever.</param>
/// <param name="Version">
/// Different for every set, so that a note of the last use can't be taken for another value's.
/// </param>
internal readonly record struct EntryTrailer(long CreatedTicks, long ExpiresTicks, long SlidingTicks, Guid Version)
{
    /// <summary>Bytes without the key.</summary>
    public const int FixedBytes = 64;

    private const int Format = 1;
    private const int VersionOffset = 24;
    private const int KeyLengthOffset = 40;
    private const int FormatOffset = 44;
    private const int ValueSizeOffset = 48;
    private const int MarkOffset = 56;

    private static ReadOnlySpan<byte> Mark => "MMCCACHE"u8;

    /// <summary>Writes the trailer.</summary>
    /// <param name="destination"><see cref="FixedBytes"/> and as many as <paramref name="key"/> has.</param>
    /// <param name="key">Empty if the pool's key is the key.</param>
    /// <param name="valueBytes">Size of the value in front.</param>
    public void Write(Span<byte> destination, ReadOnlySpan<byte> key, long valueBytes)
    {
        key.CopyTo(destination);
        Span<byte> rest = destination.Slice(key.Length, FixedBytes);
        BinaryPrimitives.WriteInt64LittleEndian(rest, CreatedTicks);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], ExpiresTicks);
        BinaryPrimitives.WriteInt64LittleEndian(rest[16..], SlidingTicks);
        Version.TryWriteBytes(rest[VersionOffset..]);
        BinaryPrimitives.WriteInt32LittleEndian(rest[KeyLengthOffset..], key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[FormatOffset..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(rest[ValueSizeOffset..], valueBytes);
        Mark.CopyTo(rest[MarkOffset..]);
    }

    /// <summary>
    /// Reads the trailer at the end of an object. Anybody may have put the object: nothing in it is trusted.
    /// </summary>
    /// <param name="end">The last bytes of the object, at least the trailer.</param>
    /// <param name="key">As in <see cref="Write"/>.</param>
    /// <param name="objectBytes">Size of the whole object.</param>
    /// <param name="trailer">What was read.</param>
    /// <returns><see langword="false"/>: not an entry, or that of another key.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> end, ReadOnlySpan<byte> key, long objectBytes, out EntryTrailer trailer)
    {
        trailer = default;
        if (end.Length < FixedBytes + key.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = end[^FixedBytes..];
        long sizeBytes = BinaryPrimitives.ReadInt64LittleEndian(rest[ValueSizeOffset..]);
        bool isOurs = rest[MarkOffset..].SequenceEqual(Mark)
            && BinaryPrimitives.ReadInt32LittleEndian(rest[FormatOffset..]) == Format
            && BinaryPrimitives.ReadInt32LittleEndian(rest[KeyLengthOffset..]) == key.Length
            && sizeBytes == objectBytes - FixedBytes - key.Length
            && end[^(FixedBytes + key.Length)..^FixedBytes].SequenceEqual(key);
        trailer = new EntryTrailer(
            BinaryPrimitives.ReadInt64LittleEndian(rest),
            BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(rest[16..]),
            new Guid(rest.Slice(VersionOffset, 16)));
        return isOurs && trailer.SlidingTicks >= 0;
    }
}
