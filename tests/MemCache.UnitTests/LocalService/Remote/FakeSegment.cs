using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.UnitTests.LocalService;

/// <summary>A segment that a <see cref="FakeTransport"/> reaches: through the owner's file, whatever the host identity says.</summary>
internal sealed class FakeSegment(FakeTransport transport, SegmentUuid uuid, RankId rank, string address) : RemoteSegment(uuid, rank)
{
    public string Address { get; } = address;

    public override bool IsReachable => !transport.Suspects.Contains(Rank);

    public override void Dispose()
    {
        // Nothing of its own.
    }
}
