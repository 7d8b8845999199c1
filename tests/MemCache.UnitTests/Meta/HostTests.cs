using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>What becomes of reservations whose writer is on another host than the segment.</summary>
public sealed class HostTests
{
    private const int ObjectBytes = 5000; // two pages
    private const long ReplicaBytes = 2 * 4096;

    private readonly EngineFixture _f = new();
    private readonly SegmentId _near;
    private readonly SegmentId _far;
    private readonly SessionId _writer;
    private readonly OrphanEntry[] _orphans = new OrphanEntry[4];

    public HostTests()
    {
        _near = _f.Mount(rank: 0, megabytes: 8, host: 1);
        _far = _f.Mount(rank: 1, megabytes: 8, host: 2);
        _writer = _f.Open(1, rank: 0, host: 1);
    }

    [Fact]
    public void A_writer_known_dead_leaves_orphans_on_other_hosts_and_nothing_on_its_own()
    {
        _f.Reserve(_writer, "k", ObjectBytes, out _, out ReplicaLocation[] replicas, new ReplicateOptions(2));
        _f.Engine.CloseSession(_writer, writerIsDead: true, _f.Now);
        AssertOrphanOfFar(replicas);
    }

    [Fact]
    public void A_writer_that_may_be_alive_leaves_orphans_on_all_hosts_that_say_which_are_fenced_how()
    {
        _f.Reserve(_writer, "k", ObjectBytes, out _, out _, new ReplicateOptions(2));
        _f.Engine.CloseSession(_writer, writerIsDead: false, _f.Now);
        Assert.Equal(1, _f.Engine.CopyOrphans(_near, _orphans));
        Assert.Equal(0u, _orphans[0].IsRemote);
        Assert.Equal(1, _f.Engine.CopyOrphans(_far, _orphans));
        Assert.Equal(1u, _orphans[0].IsRemote);
        Assert.Equal(2 * ReplicaBytes, _f.UsedBytes);
    }

    [Fact]
    public void A_drop_in_doubt_holds_only_what_lies_on_other_hosts()
    {
        _f.Reserve(_writer, "k", ObjectBytes, out ObjectLocation location, out ReplicaLocation[] replicas, new ReplicateOptions(2));
        Assert.Equal(MmcStatus.Ok, _f.Commit(_writer, location, replicas, CommitEntry.DropInDoubt));
        Assert.Equal(MmcStatus.ReservationRevoked, _f.Commit(_writer, location, replicas));
        AssertOrphanOfFar(replicas);
    }

    [Fact]
    public void A_drop_in_doubt_of_what_lies_on_the_writers_host_is_a_drop()
    {
        _f.Reserve(_writer, "k", ObjectBytes, out ObjectLocation location, out ReplicaLocation[] replicas);
        Assert.Equal(MmcStatus.Ok, _f.Commit(_writer, location, replicas, CommitEntry.DropInDoubt));
        Assert.Equal(0, _f.UsedBytes);
        Assert.Equal(0, _f.Engine.ReadStats().OrphanCount);
        _f.Engine.CheckInvariants();
    }

    private void AssertOrphanOfFar(ReplicaLocation[] replicas)
    {
        _f.Engine.CheckInvariants();
        Assert.Equal(0, _f.Engine.CopyOrphans(_near, _orphans));
        Assert.Equal(1, _f.Engine.CopyOrphans(_far, _orphans));
        ReplicaLocation far = Assert.Single(replicas, replica => replica.Segment == _far);
        Assert.Equal((far.Slot, far.Generation, 1u), (_orphans[0].Slot, _orphans[0].Generation, _orphans[0].IsRemote));
        Assert.Equal(ReplicaBytes, _f.UsedBytes);
        Assert.Equal(MmcStatus.ObjectNotFound, _f.Query("k"));

        _f.Engine.ResolveOrphan(_far, far.Slot, far.Generation, _f.Now);
        Assert.Equal(0, _f.UsedBytes);
        Assert.Equal(0, _f.Engine.ReadStats().OrphanCount);
        _f.Engine.CheckInvariants();
    }
}
