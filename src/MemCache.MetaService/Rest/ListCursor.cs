using System.Globalization;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// Where the next page of a list begins, as text: the run of the MetaService that gave it, for its places mean nothing
/// to another one, then the place.
/// </summary>
internal static class ListCursor
{
    /// <summary>Longest text.</summary>
    public const int LengthMax = 64;

    /// <summary>As text.</summary>
    public static string Format(MetaServer server, in ObjectCursor cursor) => string.Create(
        CultureInfo.InvariantCulture, $"{server.InstanceText}-{cursor.Shard:x}-{cursor.Chunk:x}-{cursor.Granule:x}");

    /// <summary>Reads it; absent or empty is the begin.</summary>
    /// <exception cref="HttpCallException">It is not one of this run.</exception>
    public static ObjectCursor Read(MetaServer server, HttpContext context)
    {
        string text = HttpQuery.Text(context, "after", LengthMax) ?? "";
        if (text.Length == 0)
        {
            return default;
        }

        string[] parts = text.Split('-');
        if (parts.Length == 4 && parts[0] != server.InstanceText)
        {
            throw new HttpCallException("'after' comes from another run of the MetaService: begin anew");
        }

        return parts.Length == 4 && TryRead(parts[1], out int shard) && TryRead(parts[2], out int chunk)
            && TryRead(parts[3], out int granule)
            ? new ObjectCursor(shard, chunk, granule)
            : throw new HttpCallException("'after' is not legal: give what the page before gave");
    }

    private static bool TryRead(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
}
