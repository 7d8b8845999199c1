using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MemCache.Core;

/// <summary>An address as configured: <c>tcp://host:port</c>, <c>http://host:port</c>, <c>https://…</c> or <c>unix:///path</c>.</summary>
/// <param name="Scheme">Lower case: tcp, http, https or unix.</param>
/// <param name="Host">IP address or name, an IPv6 address without its brackets; the path for unix.</param>
/// <param name="Port">1 .. 65535; 0 for unix.</param>
public sealed record ServiceUrl(string Scheme, string Host, int Port)
{
    /// <summary>Longest path of a Unix socket: what <c>sockaddr_un</c> holds, with its final zero.</summary>
    public const int UnixPathBytesMax = 107;

    private const int NameCharsMax = 253;
    private const int LabelCharsMax = 63;

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
        path.StartsWith('/') && path.Length > 1 && System.Text.Encoding.UTF8.GetByteCount(path) <= UnixPathBytesMax
            ? new ServiceUrl("unix", path, 0) : null;

    private static ServiceUrl? ParseHostPort(string scheme, string rest)
    {
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 || rest.Contains('\0') || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            return null;
        }

        string host = rest[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        bool legal = isBracketed
            ? IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
            : IsIPv4(host) ?? IsName(host);
        return legal ? new ServiceUrl(scheme, host, port) : null;
    }

    // Four numbers in decimal and nothing else: "010.1" and "1.2.3" mean different things to different programs.
    private static bool? IsIPv4(string host)
    {
        if (host.Any(c => !char.IsAsciiDigit(c) && c != '.'))
        {
            return null;
        }

        string[] parts = host.Split('.');
        return parts.Length == 4 && parts.All(part => part.Length is > 0 and <= 3
            && int.Parse(part, CultureInfo.InvariantCulture) <= 255 && (part.Length == 1 || part[0] != '0'));
    }

    private static bool IsName(string host) => host.Length <= NameCharsMax && host.TrimEnd('.').Split('.').All(
        label => label.Length is > 0 and <= LabelCharsMax && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
