using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using MemCache.Core;

namespace MemCache.DistributedCache;

/// <summary>
/// Under which keys an entry lies in the pool: prefix, form, role, colon, name. A key that fits and is well-formed is
/// its own name (form <c>k</c>); of any other the name is a SHA-256 in hex (form <c>h</c>), and the entry carries the
/// key itself, to be compared on every read.
/// </summary>
internal sealed class PoolKeys(string prefix)
{
    /// <summary>
    /// Longest prefix, in bytes: with a hash behind it there is room to spare in <see cref="Limits.KeyBytesMax"/>.
    /// </summary>
    public const int PrefixBytesMax = 128;

    /// <summary>Keys of one entry: the value and two places for the note of its last use.</summary>
    public const int Count = 3;

    /// <summary>Index of the value among an entry's keys; the notes follow.</summary>
    public const int Value = 0;

    private const int FormBytes = 3;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);

    private static ReadOnlySpan<byte> Roles => "v01"u8;

    /// <summary>Adds the three keys of an entry to a batch.</summary>
    /// <returns>Whether the name is a hash.</returns>
    public bool AddTo(KeyBatch keys, string key)
    {
        Span<byte> room = stackalloc byte[Limits.KeyBytesMax];
        _prefix.CopyTo(room);
        Span<byte> name = room[(_prefix.Length + FormBytes)..];
        bool fits = Utf8.FromUtf16(key, name, out _, out int length, replaceInvalidSequences: false)
            == OperationStatus.Done;
        length = fits ? length : Hash(key, name);
        room[_prefix.Length] = fits ? (byte)'k' : (byte)'h';
        room[_prefix.Length + 2] = (byte)':';
        foreach (byte role in Roles)
        {
            room[_prefix.Length + 1] = role;
            keys.Add(room[..(_prefix.Length + FormBytes + length)]);
        }

        return !fits;
    }

    /// <summary>The bytes of a key as they are hashed, and stored with an entry whose name is a hash.</summary>
    public static ReadOnlySpan<byte> KeyBytes(string key) => MemoryMarshal.AsBytes(key.AsSpan());

    private static int Hash(string key, Span<byte> name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(KeyBytes(key), hash);
        Convert.TryToHexStringLower(hash, name, out int length);
        return length;
    }
}
