using System.IO.Compression;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>One file of the page, as it is sent.</summary>
internal sealed class DashboardAsset
{
    private DashboardAsset(string contentType, byte[] content)
    {
        ContentType = contentType;
        Content = content;
        Compressed = Compress(content);
        // Not a digest of OpenSSL's: this process runs where there is none.
        Tag = $"\"{Crc32C.Finish(Crc32C.Append(Crc32C.Begin, content)):x8}-{content.Length}\"";
    }

    /// <summary>Its type.</summary>
    public string ContentType { get; }

    /// <summary>Its bytes.</summary>
    public byte[] Content { get; }

    /// <summary>The same, with gzip.</summary>
    public byte[] Compressed { get; }

    /// <summary>Changes when the bytes do.</summary>
    public string Tag { get; }

    /// <summary>Every file of the page, by its name. They are in the assembly: nothing to install or to miss.</summary>
    public static Dictionary<string, DashboardAsset> LoadAll()
    {
        const string Prefix = "dashboard/";
        System.Reflection.Assembly assembly = typeof(DashboardAsset).Assembly;
        var assets = new Dictionary<string, DashboardAsset>(StringComparer.Ordinal);
        foreach (string resource in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            assets.Add(resource[Prefix.Length..], new DashboardAsset(TypeOf(resource), content));
        }

        return assets;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static byte[] Compress(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }
}
