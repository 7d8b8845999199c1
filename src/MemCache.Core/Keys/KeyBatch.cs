using System.Text;

namespace MemCache.Core;

/// <summary>
/// Keys of one batch call, laid out as they travel. Reusable: <see cref="Clear"/> keeps the memory, so a warm batch allocates nothing.
/// Not thread-safe. An illegal key is kept in its place and fails alone, with <see cref="MmcStatus.InvalidParameter"/>.
/// </summary>
public sealed class KeyBatch
{
    private int[] _ends = [];
    private byte[] _bytes = [];
    private int _bytesUsed;

    /// <summary>An empty batch.</summary>
    public KeyBatch()
    {
    }

    /// <summary>A batch of these keys.</summary>
    public KeyBatch(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            Add(key);
        }
    }

    /// <summary>Number of keys added.</summary>
    public int Count { get; private set; }

    /// <summary>The keys as a view, valid until the next change.</summary>
    public KeySpans Spans => new(_ends.AsSpan(0, Count), _bytes.AsSpan(0, _bytesUsed));

    /// <summary>Adds a key of UTF-8 bytes. Longer keys than <see cref="Limits.KeyBytesMax"/> are cut one byte behind it: still illegal.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        int length = Math.Min(key.Length, Limits.KeyBytesMax + 1);
        key[..length].CopyTo(Grow(length));
        Seal(length);
    }

    /// <summary>Adds a key, encoded as UTF-8. A key that is not well-formed UTF-16 counts as empty and so as illegal.</summary>
    public void Add(string? key)
    {
        ReadOnlySpan<char> chars = key;
        // One UTF-16 unit never takes less than one byte, so what is too long in chars is too long in bytes.
        chars = chars[..Math.Min(chars.Length, Limits.KeyBytesMax + 1)];
        Span<byte> room = Grow(3 * chars.Length);
        bool valid = System.Text.Unicode.Utf8.FromUtf16(
            chars, room, out _, out int written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done;
        Seal(valid || chars.Length > Limits.KeyBytesMax ? Math.Min(written, Limits.KeyBytesMax + 1) : 0);
    }

    /// <summary>Removes all keys and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _bytesUsed = 0;
    }

    /// <summary>Key <paramref name="index"/> as text, for messages.</summary>
    public string KeyText(int index) => Spans.TryGet(index, out ReadOnlySpan<byte> key) ? Encoding.UTF8.GetString(key) : "";

    private Span<byte> Grow(int lengthMax)
    {
        if (_bytes.Length - _bytesUsed < lengthMax)
        {
            Array.Resize(ref _bytes, Math.Max(_bytesUsed + lengthMax, 2 * _bytes.Length));
        }

        return _bytes.AsSpan(_bytesUsed, lengthMax);
    }

    private void Seal(int length)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Math.Max(16, 2 * _ends.Length));
        }

        _bytesUsed += length;
        _ends[Count++] = _bytesUsed;
    }
}
