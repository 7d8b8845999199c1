using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>Serves the own segment over TCP.</summary>
internal sealed class TcpDataPort(TcpDataServer server) : IDataServer
{
    public string Address => server.Address;

    /// <inheritdoc cref="DataPort.Start"/>
    public static MmcStatus Start(
        LocalServiceOptions options, IChannelFactory? tls, ILogger logger, out IDataServer? port, out string error)
    {
        var serverOptions = new TcpServerOptions { Address = options.HcomUrl };
        serverOptions = tls is null ? serverOptions : serverOptions with { Channels = tls.Accept };
        MmcStatus status = TcpDataServer.Start(serverOptions, logger, out TcpDataServer? server, out error);
        port = server is null ? null : new TcpDataPort(server);
        return status;
    }

    public void Serve(SegmentView view) => server.Serve(view);

    public OrphanState ResolveOrphan(SegmentView view, uint slot, ulong generation, bool writerIsGone) =>
        server.ResolveOrphan(view, slot, generation, writerIsGone);

    public void Dispose() => server.Dispose();
}
