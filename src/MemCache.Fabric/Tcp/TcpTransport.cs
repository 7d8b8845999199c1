using MemCache.Core;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Reads and writes segments of other hosts through their data ports. A batch's own thread moves all of its
/// connections; the only thread here looks for peers that were lost, and runs only while there are any.
/// </summary>
public sealed class TcpTransport : ITransport
{
    // LIMIT: scratches kept for the next batch: as many as there are lanes at work at one time in a busy process.
    private const int SpareScratchCountMax = 64;

    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Stack<LaneScratch> _scratches = new();
    private readonly PeerProbe _probe;
    private bool _isDisposed;

    /// <summary>A transport without connections.</summary>
    /// <param name="options">How it reaches its peers.</param>
    /// <param name="logger">Told of peers that are lost and found.</param>
    public TcpTransport(TcpTransportOptions options, ILogger logger)
    {
        Options = options;
        _logger = logger;
        _probe = new PeerProbe(this, logger);
    }

    /// <inheritdoc/>
    public string Name => "tcp";

    /// <summary>What it has done so far.</summary>
    public TcpStatistics Statistics => Counters.Read();

    internal TcpTransportOptions Options { get; }

    internal TcpCounters Counters { get; } = new();

    /// <inheritdoc/>
    public RemoteSegment Open(SegmentUuid uuid, RankId rank, string address) =>
        new TcpRemoteSegment(this, uuid, rank, address);

    /// <inheritdoc/>
    public RemoteBatch NewBatch() => new TcpBatch(this);

    /// <summary>Ends the search for lost peers. Batches that run go on to their end.</summary>
    public void Dispose()
    {
        _probe.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            while (_scratches.TryPop(out LaneScratch? scratch))
            {
                scratch.Dispose();
            }
        }
    }

    internal LaneScratch RentScratch()
    {
        lock (_gate)
        {
            if (_scratches.TryPop(out LaneScratch? scratch))
            {
                return scratch;
            }
        }

        return new LaneScratch();
    }

    internal void Return(LaneScratch scratch)
    {
        lock (_gate)
        {
            if (!_isDisposed && _scratches.Count < SpareScratchCountMax)
            {
                _scratches.Push(scratch);
                return;
            }
        }

        scratch.Dispose();
    }

    /// <summary>A lane to this segment failed: nobody else is to wait for it before the peer was found again.</summary>
    internal void NoteLost(TcpRemoteSegment segment, MmcStatus failure, string reason)
    {
        if (segment.NoteLost(failure))
        {
            Counters.AddRefusal();
            FabricLog.PeerLost(_logger, segment.Rank.Value, segment.Address, reason);
            _probe.Add(segment);
        }
    }
}
