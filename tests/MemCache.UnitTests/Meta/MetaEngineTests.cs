using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class MetaEngineTests
{
    [Fact]
    public void Object_is_invisible_until_commit_and_readable_after()
    {
        EngineFixture f = new();
        f.Mount(0, 4);
        SessionId session = f.Open(1, 0);
        Assert.Equal(MmcStatus.Ok, f.Reserve(session, "a", 5000, out ObjectLocation reserved, out ReplicaLocation[] replicas));
        Assert.Equal(MmcStatus.ObjectNotFound, f.Exists("a"));
        Assert.Equal(MmcStatus.Ok, f.Commit(session, reserved, replicas));
        Assert.Equal(MmcStatus.Ok, f.Exists("a"));
        Assert.Equal(MmcStatus.Ok, f.Lookup("a", out ObjectLocation found, out ReplicaLocation[] readable));
        Assert.Equal(5000, found.SizeBytes);
        Assert.Equal(replicas, readable);
        Assert.Equal(8192, f.UsedBytes);
    }

    [Fact]
    public void Key_that_is_asked_for_twice_in_a_batch_is_missing_twice_when_its_rank_was_lost()
    {
        EngineFixture f = new(shardCount: 1);
        SegmentId lost = f.Mount(0, 4);
        f.Mount(1, 4);
        SessionId first = f.Open(1, 0);
        SessionId second = f.Open(2, 1);
        f.Put(first, "a", 4096);
        f.Put(second, "b", 4096);
        f.Engine.DropSegment(lost);
        MmcStatus[] statuses = new MmcStatus[5];
        f.Engine.Exists(new KeyBatch("a", "b", "a", "", "c").Spans, f.Now, statuses);
        Assert.Equal(
            [MmcStatus.ObjectNotFound, MmcStatus.Ok, MmcStatus.ObjectNotFound, MmcStatus.InvalidParameter, MmcStatus.ObjectNotFound],
            statuses);
        f.TickAll();
        f.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.Ok, f.Put(second, "a", 4096));
        Assert.Equal(MmcStatus.Ok, f.Exists("a"));
    }

    [Fact]
    public void First_commit_of_a_key_wins_and_later_one_gives_its_space_back()
    {
        EngineFixture f = new();
        f.Mount(0, 4);
        SessionId session = f.Open(1, 0);
        f.Reserve(session, "a", 4096, out ObjectLocation first, out ReplicaLocation[] firstReplicas);
        f.Reserve(session, "a", 8192, out ObjectLocation second, out ReplicaLocation[] secondReplicas);
        Assert.Equal(MmcStatus.Ok, f.Commit(session, second, secondReplicas));
        Assert.Equal(MmcStatus.DuplicatedObject, f.Commit(session, first, firstReplicas));
        f.Lookup("a", out ObjectLocation found, out _);
        Assert.Equal(8192, found.SizeBytes);
        Assert.Equal(8192, f.UsedBytes);
        Assert.Equal(MmcStatus.DuplicatedObject, f.Put(session, "a", 100));
    }

    [Fact]
    public void Repeated_commit_is_ok_and_foreign_or_stale_commit_is_refused()
    {
        EngineFixture f = new();
        f.Mount(0, 4);
        SessionId writer = f.Open(1, 0);
        SessionId other = f.Open(2, 0);
        f.Reserve(writer, "a", 4096, out ObjectLocation location, out ReplicaLocation[] replicas);
        Assert.Equal(MmcStatus.ReservationRevoked, f.Commit(other, location, replicas));
        Assert.Equal(MmcStatus.Ok, f.Commit(writer, location, replicas));
        Assert.Equal(MmcStatus.Ok, f.Commit(writer, location, replicas));
        f.Remove("a");
        Assert.Equal(MmcStatus.ReservationRevoked, f.Commit(writer, location, replicas));
        ObjectLocation garbage = new() { Ref = new ObjectRef(ulong.MaxValue) };
        Assert.Equal(MmcStatus.ReservationRevoked, f.Commit(writer, garbage, replicas));
    }

    [Fact]
    public void Removed_object_keeps_its_space_while_a_lease_holds_it()
    {
        EngineFixture f = new();
        f.Mount(0, 4);
        SessionId session = f.Open(1, 0);
        f.Put(session, "a", 4096);
        f.Put(session, "b", 4096);
        f.Lookup("a", out ObjectLocation a, out ReplicaLocation[] aReplicas);
        f.Lookup("b", out _, out _);
        Assert.Equal(MmcStatus.Ok, f.Remove("a"));
        Assert.Equal(MmcStatus.Ok, f.Remove("b"));
        Assert.Equal(MmcStatus.ObjectNotFound, f.Exists("a"));
        f.TickAll();
        Assert.Equal(2 * 4096, f.UsedBytes);
        f.Release(a, aReplicas);
        Assert.Equal(4096, f.UsedBytes);
        f.Now += 1000;
        f.TickAll();
        Assert.Equal(0, f.UsedBytes);
    }

    [Fact]
    public void Eviction_goes_from_the_high_to_the_low_watermark_in_order_of_use_and_passes_leased_objects()
    {
        EngineFixture f = new(high: 90, low: 50);
        f.Mount(0, 4);
        SessionId session = f.Open(1, 0);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(MmcStatus.Ok, f.Put(session, $"k{i}", 380 << 10));
        }

        f.Exists("k1");
        f.Lookup("k2", out ObjectLocation leased, out ReplicaLocation[] replicas, leaseMs: 1_000_000);
        f.TickAll();
        bool[] left = [.. Enumerable.Range(0, 10).Select(i => f.Query($"k{i}") == MmcStatus.Ok)];
        Assert.Equal([false, true, true, false, false, false, false, false, true, true], [left[0], left[1], left[2], left[3], left[4], left[5], false, false, left[8], left[9]]);
        f.Release(leased, replicas);
    }

    [Fact]
    public void The_id_of_a_segment_comes_back_only_after_all_others()
    {
        EngineFixture f = new();
        SegmentId first = f.Mount(0, 2);
        HashSet<SegmentId> others = [];
        for (int i = 1; i < Limits.SegmentCountMax; i++)
        {
            SegmentId other = f.Mount(1, 2);
            Assert.NotEqual(first, other);
            Assert.True(others.Add(other));
            Assert.Equal(MmcStatus.Ok, f.Engine.DropSegment(other));
            f.TickAll();
        }

        Assert.Equal(MmcStatus.Ok, f.Engine.DropSegment(first));
        f.TickAll();
        Assert.Equal(first, f.Mount(0, 2));
    }
}
