using System.Text;

namespace MemCache.MetaService;

/// <summary>What a client is told when it joins, the same for all.</summary>
internal sealed class MembershipTerms(ulong instanceId, int heartbeatMs, int silenceMs, int leaseMs)
{
    // Written by the thread that reloads the configuration.
    private volatile int _leaseMs = leaseMs;

    /// <summary>This run of the MetaService.</summary>
    public ulong InstanceId { get; } = instanceId;

    /// <summary>Milliseconds between heartbeats.</summary>
    public int HeartbeatMs { get; } = heartbeatMs;

    /// <summary>Milliseconds of silence that are too many.</summary>
    public int SilenceMs { get; } = silenceMs;

    /// <summary>Default read lease in milliseconds.</summary>
    public int LeaseMs
    {
        get => _leaseMs;
        set => _leaseMs = value;
    }

    /// <summary>The Unix socket for clients of this host, UTF-8; empty if there is none. Set before the first join.</summary>
    public byte[] UnixSocketPath { get; private set; } = [];

    /// <summary>Sets <see cref="UnixSocketPath"/>.</summary>
    public void Offer(string unixSocketPath) => UnixSocketPath = Encoding.UTF8.GetBytes(unixSocketPath);
}
