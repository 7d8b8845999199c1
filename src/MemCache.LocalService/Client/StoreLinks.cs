using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>What a store reaches other hosts with, and is reached with: the real ones, or those of a test.</summary>
internal sealed record StoreLinks
{
    /// <summary>TCP.</summary>
    public static StoreLinks Real { get; } = new();

    /// <summary>Makes the store's transport; the store disposes it.</summary>
    public Func<LocalServiceOptions, ILogger, ITransport>? Connect { get; init; }

    /// <summary>Serves the store's segment.</summary>
    public DataPort.Serve? Serve { get; init; }
}
