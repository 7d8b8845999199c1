using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>What a store reaches other hosts with, and is reached with: the real ones, or those of a test.</summary>
internal sealed record StoreLinks
{
    /// <summary>TCP, encrypted if there is something to encrypt with.</summary>
    public static StoreLinks Over(IChannelFactory? tls) => new()
    {
        Connect = (options, logger) => ConnectTcp(options, tls, logger),
        Serve = (LocalServiceOptions options, ILogger logger, out IDataServer? port, out string error) =>
            TcpDataPort.Start(options, tls, logger, out port, out error),
    };

    /// <summary>Makes the store's transport; the store disposes it.</summary>
    public Func<LocalServiceOptions, ILogger, ITransport>? Connect { get; init; }

    /// <summary>Opens the port that the store's segment is served at.</summary>
    public DataPort.Start? Serve { get; init; }

    private static TcpTransport ConnectTcp(LocalServiceOptions options, IChannelFactory? tls, ILogger logger)
    {
        var transport = new TcpTransportOptions
        {
            PeerTimeoutMs = options.PeerTimeoutMs,
            ConnectTimeoutMs = options.PeerTimeoutMs,
        };
        return new TcpTransport(tls is null ? transport : transport with { Channels = tls.Connect }, logger);
    }
}
