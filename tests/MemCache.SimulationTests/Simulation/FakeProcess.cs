using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>A client's process: it may outlive its session, and then be stopped and go on at any later time.</summary>
internal sealed class FakeProcess(SessionId session, RankId rank)
{
    public SessionId Session { get; } = session;

    public RankId Rank { get; } = rank;

    public bool IsDead { get; set; }

    /// <summary>The MetaService has ended its session; it does not know that yet.</summary>
    public bool IsClosed { get; set; }

    public List<Put> Puts { get; } = [];

    public List<Get> Gets { get; } = [];

    public List<Move> Moves { get; } = [];

    /// <summary>Leases by key that it holds, the ones whose time is over included until it gives them back.</summary>
    public List<FakeLease> Leases { get; } = [];
}
