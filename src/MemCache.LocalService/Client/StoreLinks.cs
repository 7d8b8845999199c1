using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>What a store reaches other hosts with, and is reached with: the real ones, or those of a test.</summary>
internal sealed record StoreLinks
{
    /// <summary>TCP.</summary>
    public static StoreLinks Real { get; } = new() { Connect = ConnectTcp, Serve = TcpDataPort.Start };

    /// <summary>Makes the store's transport; the store disposes it.</summary>
    public Func<LocalServiceOptions, ILogger, ITransport>? Connect { get; init; }

    /// <summary>Opens the port that the store's segment is served at.</summary>
    public DataPort.Start? Serve { get; init; }

    private static TcpTransport ConnectTcp(LocalServiceOptions options, ILogger logger) =>
        new(
            new TcpTransportOptions { PeerTimeoutMs = options.PeerTimeoutMs, ConnectTimeoutMs = options.PeerTimeoutMs },
            logger);
}
