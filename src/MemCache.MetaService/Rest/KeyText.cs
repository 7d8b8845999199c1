using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace MemCache.MetaService;

/// <summary>Keys as text. They are UTF-8 by agreement, and nothing keeps a client from other bytes.</summary>
internal static class KeyText
{
    /// <summary>A key as JSON can hold it: what is not UTF-8 is replaced.</summary>
    public static string Of(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key);

    /// <summary>
    /// A key for a URL, byte for byte, if <see cref="Of"/> has lost something; else <see langword="null"/>.
    /// </summary>
    public static string? EscapedIfNeeded(ReadOnlySpan<byte> key)
    {
        if (Utf8.IsValid(key))
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (byte value in key)
        {
            _ = char.IsAsciiLetterOrDigit((char)value)
                ? text.Append((char)value)
                : text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>
    /// Writes a key as one line of text: a control character, which could end the line, becomes its percent escape.
    /// </summary>
    public static void WriteLine(ReadOnlySpan<byte> key, IBufferWriter<byte> writer)
    {
        Span<byte> line = writer.GetSpan((3 * key.Length) + 1);
        int count = 0;
        foreach (byte value in key)
        {
            if (value is < 0x20 or 0x7F)
            {
                line[count++] = (byte)'%';
                line[count++] = (byte)"0123456789ABCDEF"[value >> 4];
                line[count++] = (byte)"0123456789ABCDEF"[value & 15];
            }
            else
            {
                line[count++] = value;
            }
        }

        line[count++] = (byte)'\n';
        writer.Advance(count);
    }
}
