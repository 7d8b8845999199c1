using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MemCache.Core;

/// <summary>An address as configured: <c>tcp://host:port</c>, <c>http://host:port</c>, <c>https://…</c> or <c>unix:///path</c>.</summary>
/// <param name="Scheme">Lower case: tcp, http, https or unix.</param>
/// <param name="Host">IP address or name, an IPv6 address without its brackets; the path for unix.</param>
/// <param name="Port">1 .. 65535; 0 for unix.</param>
public sealed record ServiceUrl(string Scheme, string Host, int Port)
{
    /// <summary>Longest path of a Unix socket: what <c>sockaddr_un</c> holds, with its final zero.</summary>
    public const int UnixPathBytesMax = 107;

    /// <summary>Reads an address; no name is resolved.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServiceUrl? url)
    {
        url = null;
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        string scheme = text[..colon].ToLowerInvariant();
        string rest = text[(colon + 3)..];
        url = scheme switch
        {
            "unix" => ParseUnix(rest),
            "tcp" or "http" or "https" => ParseHostPort(scheme, rest),
            _ => null,
        };
        return url is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Scheme == "unix" ? $"unix://{Host}"
        : Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}" : $"{Scheme}://{Host}:{Port}";

    private static ServiceUrl? ParseUnix(string path) =>
        path.StartsWith('/') && System.Text.Encoding.UTF8.GetByteCount(path) <= UnixPathBytesMax
            ? new ServiceUrl("unix", path, 0) : null;

    private static ServiceUrl? ParseHostPort(string scheme, string rest)
    {
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            return null;
        }

        string host = rest[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        bool legal = host.Length > 0 && !host.Any(c => char.IsWhiteSpace(c) || c is '/' or '@' or '[' or ']');
        return legal ? new ServiceUrl(scheme, host, port) : null;
    }
}
