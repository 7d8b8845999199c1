using System.Globalization;
using System.Text;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>
/// Parameters of a call, bounded. Keys are bytes, which the framework's reader would put through UTF-8 and change, so
/// the query is read here. A parameter that is given twice is refused: which one was meant would be a guess.
/// </summary>
internal static class HttpQuery
{
    /// <summary>A key that must be there.</summary>
    public static byte[] Key(HttpContext context, string name = "key") =>
        Bytes(context, name, Limits.KeyBytesMax) is { Length: > 0 } key
            ? key
            : throw new HttpCallException($"'{name}' is missing: a key of 1 .. {Limits.KeyBytesMax} bytes");

    /// <summary>
    /// A text of at most <paramref name="lengthMax"/> bytes; <see langword="null"/>: it is not there.
    /// </summary>
    public static string? Text(HttpContext context, string name, int lengthMax) =>
        Bytes(context, name, lengthMax) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>A whole number of a range.</summary>
    public static int Number(HttpContext context, string name, int min, int max, int absent)
    {
        if (Text(context, name, 16) is not { Length: > 0 } text)
        {
            return absent;
        }

        bool isLegal = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max;
        return isLegal ? value
            : throw new HttpCallException($"'{name}' is not legal: a whole number of {min} .. {max}");
    }

    /// <summary>
    /// The bytes of a parameter, at most <paramref name="bytesMax"/>; <see langword="null"/>: it is not there.
    /// </summary>
    public static byte[]? Bytes(HttpContext context, string name, int bytesMax)
    {
        byte[]? found = null;
        ReadOnlySpan<char> query = context.Request.QueryString.Value.AsSpan().TrimStart('?');
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[range];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> left = equals < 0 ? pair : pair[..equals];
            if (!left.SequenceEqual(name))
            {
                continue;
            }

            if (found is not null)
            {
                throw new HttpCallException($"'{name}' is given twice");
            }

            found = Decode(equals < 0 ? [] : pair[(equals + 1)..]);
            if (found.Length > bytesMax)
            {
                throw new HttpCallException($"'{name}' is longer than {bytesMax} bytes");
            }
        }

        return found;
    }

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out byte value))
            {
                bytes[count++] = value;
                i += 2;
                continue;
            }

            bool isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            ReadOnlySpan<char> one = text[i] == '+' ? " " : text.Slice(i, isPair ? 2 : 1);
            count += Encoding.UTF8.GetBytes(one, bytes.AsSpan(count));
            i += isPair ? 1 : 0;
        }

        return bytes[..count];
    }
}
