using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Logs refusals once a minute for each kind and peer, so that a peer gone wild fills no disk. Thread-safe.
/// </summary>
internal sealed class TcpRefusalLog(ILogger logger, TcpCounters counters)
{
    // LIMIT: peers remembered; with more of them at one time some are logged again before their minute is over.
    private const int EntryCountMax = 1024;

    private static readonly long SilenceTicks = 60 * Stopwatch.Frequency;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TcpRefusal Kind, string Host), long> _lastTicks = [];

    /// <summary>Counts a refusal, and logs it if the like was not just logged.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="peer">host:port of the peer; ports change, so only the host counts.</param>
    /// <param name="detail">More for people; may be empty.</param>
    public void Add(TcpRefusal kind, string peer, string detail)
    {
        counters.AddRefusal();
        int colon = peer.LastIndexOf(':');
        string host = colon < 0 ? peer : peer[..colon];
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (_lastTicks.TryGetValue((kind, host), out long last) && now - last < SilenceTicks)
            {
                return;
            }

            if (_lastTicks.Count >= EntryCountMax)
            {
                _lastTicks.Clear();
            }

            _lastTicks[(kind, host)] = now;
        }

        FabricLog.PeerRefused(logger, peer, kind, detail);
    }
}
