using System.Text;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// The small free-form store of <c>/metadata</c>: names and texts that tools leave for each other. In memory only,
/// bounded in entries and bytes. Thread-safe.
/// </summary>
internal sealed class MetadataStore
{
    /// <summary>Entries.</summary>
    public const int EntryCountMax = 1024;

    /// <summary>Bytes of one value.</summary>
    public const int ValueBytesMax = HttpLimits.BodyBytesMax;

    /// <summary>Bytes of all names and values.</summary>
    public const int BytesMax = 8 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Sets a value; an older one is replaced.</summary>
    /// <returns>What keeps it out; empty: it is in.</returns>
    public string Put(byte[] key, byte[] value)
    {
        Invariant.Require(key.Length <= Limits.KeyBytesMax && value.Length <= ValueBytesMax);
        string name = NameOf(key);
        lock (_lock)
        {
            bool isThere = _values.TryGetValue(name, out byte[]? old);
            long bytes = _bytes + value.Length - (isThere ? old!.Length : -key.Length);
            if (bytes > BytesMax || !isThere && _values.Count == EntryCountMax)
            {
                return $"the store is full: {EntryCountMax} entries or {BytesMax} bytes";
            }

            _values[name] = value;
            _bytes = bytes;
            return "";
        }
    }

    /// <summary>A value; <see langword="null"/>: there is none.</summary>
    public byte[]? Get(byte[] key)
    {
        lock (_lock)
        {
            return _values.GetValueOrDefault(NameOf(key));
        }
    }

    /// <summary>Takes an entry out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Delete(byte[] key)
    {
        lock (_lock)
        {
            bool isThere = _values.Remove(NameOf(key), out byte[]? old);
            _bytes -= isThere ? key.Length + old!.Length : 0;
            return isThere;
        }
    }

    // Byte for byte: every byte is one character.
    private static string NameOf(byte[] key) => Encoding.Latin1.GetString(key);
}
