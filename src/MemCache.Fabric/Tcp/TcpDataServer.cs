using System.Net;
using MemCache.Core;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// The owner's side of the TCP data path: peers on other hosts read and write one segment of this process through it.
/// It checks every request against the segment's directory and page stamps, before and behind the bytes. Thread-safe.
/// Costs nothing while nobody is connected but its threads, which sleep.
/// </summary>
public sealed class TcpDataServer : IDisposable
{
    private const int Backlog = 1024;
    private const int ResolveMs = 5000;

    // Added to the drain time: a thread that copies is not interrupted.
    private const int JoinSlackMs = 5000;

    private readonly SocketHandle _listener;
    private readonly TcpDataThread[] _threads;
    private SegmentView? _view;
    private int _nextThread;
    private volatile bool _isStopping;
    private int _isDisposed;

    private TcpDataServer(TcpServerOptions options, SocketHandle listener, string address, ILogger logger)
    {
        Options = options;
        Logger = logger;
        Address = address;
        Refusals = new TcpRefusalLog(logger, Counters);
        _listener = listener;
        _threads = [.. Enumerable.Range(0, options.ThreadCountDecided).Select(index => new TcpDataThread(this, index))];
        _threads[0].Listen(listener);
    }

    /// <summary>Where it listens, with the port that was free: what peers are to be told.</summary>
    public string Address { get; }

    /// <summary>What it has done so far.</summary>
    public TcpStatistics Statistics => Counters.Read();

    internal TcpServerOptions Options { get; }

    internal ILogger Logger { get; }

    internal TcpCounters Counters { get; } = new();

    internal TcpRefusalLog Refusals { get; }

    internal ReceiveTable Receives { get; } = new();

    internal TcpBufferPool Inputs { get; } = new(TcpServerConnection.InputBytes);

    internal TcpBufferPool Outputs { get; } = new(TcpServerConnection.OutputBytes);

    internal SegmentView? View => Volatile.Read(ref _view);

    internal bool IsStopping => _isStopping;

    /// <summary>
    /// Opens the first free port and starts the threads. Until <see cref="Serve"/> every peer is told that there is no
    /// segment.
    /// </summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Told where it listens and whom it refused.</param>
    /// <param name="server">The server on <see cref="MmcStatus.Ok"/>.</param>
    /// <param name="error">Address, call and reason when there is none.</param>
    /// <returns>
    /// <see cref="MmcStatus.InvalidParameter"/>: the address is not legal, or does not resolve.
    /// <see cref="MmcStatus.ObjectCreationFailed"/>: no port could be opened.
    /// </returns>
    public static MmcStatus Start(TcpServerOptions options, ILogger logger, out TcpDataServer? server, out string error)
    {
        server = null;
        if (!ServiceUrl.TryParse(options.Address, out ServiceUrl? url) || url.Scheme != "tcp")
        {
            error = $"'{options.Address}' is not the address of a data port; legal is tcp://host:port";
            return MmcStatus.InvalidParameter;
        }

        MmcStatus status = PeerAddress.Resolve(url, Deadline.In(ResolveMs), out SocketAddress[] addresses, out error);
        if (status != MmcStatus.Ok)
        {
            return MmcStatus.InvalidParameter;
        }

        SocketHandle? listener = Open(options, url, addresses[0], out int port, out error);
        if (listener is null)
        {
            return MmcStatus.ObjectCreationFailed;
        }

        server = new TcpDataServer(options, listener, (url with { Port = port }).ToString(), logger);
        Array.ForEach(server._threads, thread => thread.Start());
        FabricLog.DataServerListens(logger, server.Address);
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Serves this segment from now on. Requests for another one that run go on to their end; connections that led to
    /// it are refused with their next request.
    /// </summary>
    /// <param name="view">The segment; <see langword="null"/>: none. Disposing it ends what runs on it.</param>
    public void Serve(SegmentView? view) => Volatile.Write(ref _view, view);

    /// <summary>Whether bytes are being received for this reservation at this moment.</summary>
    public bool IsReceiving(uint slot, ulong generation) => Receives.Contains(slot, generation);

    /// <summary>
    /// <see cref="SegmentView.ResolveOrphan"/> for a segment that is served here. A reservation of a writer on another
    /// host is written by nobody but this server, which asks for the slot's word before each part: such a writer counts
    /// as dead, and this call says pending while a part is being received.
    /// </summary>
    /// <param name="view">The segment.</param>
    /// <param name="slot">The reservation's slot.</param>
    /// <param name="generation">The reservation's generation.</param>
    /// <param name="writerIsDead">True for a writer on another host; else as
    /// <see cref="LivenessFile.IsDead(string, string)"/> says.</param>
    public OrphanState ResolveOrphan(SegmentView view, uint slot, ulong generation, bool writerIsDead) =>
        Receives.Resolve(view, slot, generation, writerIsDead);

    /// <summary>
    /// Closes the port. Running requests go on to their end for <see cref="TcpServerOptions.DrainMs"/>; then all
    /// connections are closed.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _isStopping = true;
        Array.ForEach(_threads, thread => thread.Wake());
        foreach (TcpDataThread thread in _threads)
        {
            if (thread.Join(Options.DrainMs + JoinSlackMs))
            {
                thread.Dispose();
            }
        }

        _listener.Dispose();
        Inputs.Dispose();
        Outputs.Dispose();
    }

    internal void Distribute(SocketHandle socket)
    {
        if (Counters.AddConnection() > Options.ConnectionCountMax)
        {
            Refusals.Add(TcpRefusal.TooManyConnections, socket.ReadPeerText(), "");
            socket.Dispose();
            Counters.RemoveConnection();
            return;
        }

        int next = (int)((uint)Interlocked.Increment(ref _nextThread) % (uint)_threads.Length);
        _threads[next].Hand(socket);
    }

    /// <summary>
    /// The channel of an accepted socket; <see langword="null"/> if none could be made, the socket is closed then.
    /// </summary>
    internal SocketChannel? Open(SocketHandle socket)
    {
        try
        {
            return Options.Channels(socket);
        }
        catch (Exception exception)
        {
            Refusals.Add(TcpRefusal.HandshakeFailed, socket.ReadPeerText(), exception.Message);
            socket.Dispose();
            Counters.RemoveConnection();
            return null;
        }
    }

    private static SocketHandle? Open(
        TcpServerOptions options, ServiceUrl url, SocketAddress address, out int port, out string error)
    {
        IoResult result = default;
        int last = Math.Min(ushort.MaxValue, url.Port + options.PortCount - 1);
        for (port = url.Port; port <= last; port++)
        {
            PeerAddress.SetPort(address, port);
            SocketHandle? listener = TryListen(options, address, out result);
            if (listener is not null)
            {
                error = "";
                return listener;
            }

            if (result.ErrorNumber != (int)Errno.AddressInUse)
            {
                break;
            }
        }

        error = $"can't listen on {url} or the ports behind it: {result.ErrorText}";
        return null;
    }

    private static SocketHandle? TryListen(TcpServerOptions options, SocketAddress address, out IoResult result)
    {
        result = SocketHandle.Open(address, nonBlocking: true, out SocketHandle? listener);
        if (listener is null)
        {
            return null;
        }

        // Connections inherit them.
        listener.SetBufferBytes(options.SendBufferBytes, options.ReceiveBufferBytes);
        result = listener.Bind(address);
        result = result.IsOk ? listener.Listen(Backlog) : result;
        if (result.IsOk)
        {
            return listener;
        }

        listener.Dispose();
        return null;
    }
}
