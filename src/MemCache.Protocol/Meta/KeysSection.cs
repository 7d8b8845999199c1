using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>The keys of a batch: {u32 count, u32 keyBytes, i32 ends[count], bytes, padding to 8}.</summary>
internal static class KeysSection
{
    // One byte more than is legal per key: a batch may carry keys that are cut there, to fail alone.
    private const int KeyBytesTotalMax = Limits.BatchCountMax * (Limits.KeyBytesMax + 1);

    public static int SizeBytes(in KeySpans keys) => 8 + (4 * keys.Count) + keys.Bytes.Length + 16;

    public static void Write(ref PayloadWriter writer, in KeySpans keys)
    {
        writer.Write((uint)keys.Count);
        writer.Write((uint)keys.Bytes.Length);
        writer.Write(keys.Ends);
        writer.Write(keys.Bytes);
        writer.Align();
    }

    public static KeySpans Read(scoped ref PayloadReader reader)
    {
        uint count = reader.ReadUInt32();
        uint keyBytes = reader.ReadUInt32();
        ReadOnlySpan<int> ends = reader.ReadSpan<int>(count, Limits.BatchCountMax);
        ReadOnlySpan<byte> bytes = reader.ReadSpan<byte>(keyBytes, KeyBytesTotalMax);
        reader.Align();
        return reader.HasFailed ? default : new KeySpans(ends, bytes);
    }
}
