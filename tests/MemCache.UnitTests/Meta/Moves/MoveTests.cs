using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta.Moves;

public class MoveTests
{
    [Fact]
    public void Nothing_is_placed_in_a_draining_segment_and_a_forced_rank_that_drains_fails()
    {
        MoveFixture m = new(rankCount: 2);
        m.Drain(0);
        Assert.Equal(MmcStatus.Ok, m.F.Reserve(m.Sessions[0], "a", 4096, out _, out ReplicaLocation[] replicas));
        Assert.Equal(m.Segments[1], replicas[0].Segment);
        Assert.Equal(
            MmcStatus.AllocationFailed,
            m.F.Reserve(m.Sessions[0], "b", 4096, out _, out _, new ReplicateOptions(1, new RankId(0))));
        Assert.Equal(MmcStatus.AllocationFailed, m.F.Reserve(m.Sessions[0], "c", 4096, out _, out _, new ReplicateOptions(2)));

        Assert.Equal(MmcStatus.Ok, m.Engine.SetDraining(m.Segments[0], DrainPolicy.None));
        Assert.Equal(MmcStatus.Ok, m.F.Reserve(m.Sessions[0], "c", 4096, out _, out _, new ReplicateOptions(2)));
        Assert.Equal(MmcStatus.KeyNotFound, m.Engine.SetDraining(new SegmentId(77), DrainPolicy.Move));
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Draining_segment_is_emptied_into_the_others_and_every_object_stays_readable()
    {
        MoveFixture m = new();
        for (int i = 0; i < 100; i++)
        {
            m.Put(0, $"k{i}", 1 + i * 50);
        }

        m.Drain(0);
        Assert.Equal(100, m.Progress(0).RemainingCount);
        Assert.Equal(64, m.Take(1));
        m.Engine.CheckInvariants();
        foreach ((MoveEntry entry, string key, ReplicaLocation[] sources) in m.Taken)
        {
            Assert.Equal(m.Segments[1], entry.Destination.Segment);
            Assert.Equal(m.Segments[0], Assert.Single(sources).Segment);
            Assert.Equal(sources[0].Generation, entry.PutGeneration);
            Assert.Equal([0], m.RanksOf(key));
            Assert.Equal(MmcStatus.Ok, m.Finish(1, entry));
            Assert.Equal([1], m.RanksOf(key));
        }

        Assert.Equal(36, m.MoveAll(2));
        m.Engine.CheckInvariants();
        DrainProgress progress = m.Progress(0);
        Assert.Equal(0, progress.RemainingCount);
        Assert.Equal(100, progress.MovedCount);
        Assert.Equal(Enumerable.Range(0, 100).Sum(i => 1L + i * 50), progress.MovedBytes);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(MmcStatus.Ok, m.F.Exists($"k{i}")));
    }

    [Fact]
    public void Generation_of_the_put_outlives_every_move()
    {
        MoveFixture m = new();
        // So that segments do not count alike.
        m.Put(1, "other");
        m.F.Reserve(m.Sessions[0], "k", 4096, out ObjectLocation location, out ReplicaLocation[] put);
        m.F.Commit(m.Sessions[0], location, put);
        for (int i = 0; i < 6; i++)
        {
            int from = i % 3;
            int to = (i + 1) % 3;
            m.Drain(from);
            m.Scan();
            Assert.Equal(1, m.Take(to));
            Assert.Equal("k", m.Taken[0].Key);
            Assert.Equal(put[0].Generation, m.Taken[0].Entry.PutGeneration);
            Assert.Equal(MmcStatus.Ok, m.Finish(to, m.Taken[0].Entry));
            m.Engine.SetDraining(m.Segments[from], DrainPolicy.None);
            m.F.Remove("other");
        }

        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Old_blob_is_held_until_its_readers_have_ended()
    {
        MoveFixture m = new();
        m.Put(0, "read");
        m.Put(0, "leased");
        m.Drain(0);
        m.F.Lookup("read", out _, out _, leaseMs: 5000);
        ObjectLocation[] objects = new ObjectLocation[1];
        m.Engine.AddKeyLeases(
            m.Sessions[2], new KeyBatch("leased").Spans, 20_000, m.F.Now, objects, new ReplicaLocation[Limits.ReplicaCountMax]);
        Assert.Equal(MmcStatus.Ok, objects[0].Status);
        Assert.Equal(2, m.MoveAll(1));
        Assert.Equal([1], m.RanksOf("read"));
        Assert.Equal(2, m.Progress(0).RemainingCount);
        m.Engine.CheckInvariants();

        m.F.Now += 6000;
        m.F.TickAll();
        Assert.Equal(1, m.Progress(0).RemainingCount);
        m.F.Now += 20_000;
        m.F.TickAll();
        Assert.Equal(0, m.Progress(0).RemainingCount);
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Lease_of_a_replica_that_has_moved_is_given_back_without_harm()
    {
        MoveFixture m = new();
        m.Put(0, "k");
        m.Drain(0);
        m.F.Lookup("k", out ObjectLocation location, out ReplicaLocation[] replicas, leaseMs: 500);
        Assert.Equal(1, m.MoveAll(1));
        m.F.Release(location, replicas);
        m.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.Ok, m.F.Remove("k"));
        m.F.Now += 1000;
        m.F.TickAll();
        Assert.Equal(0, m.F.UsedBytes);
    }

    [Fact]
    public void Mover_that_dies_gives_its_space_back_and_its_moves_are_handed_out_again()
    {
        MoveFixture m = new();
        m.Put(0, "k");
        m.Drain(0);
        Assert.Equal(1, m.Take(1));
        Assert.Equal(0, m.Take(2));
        m.Scan();
        Assert.Equal(0, m.Take(2));
        Assert.Equal(1, m.Progress(0).MovableCount);

        m.Engine.CloseSession(m.Sessions[1], writerIsDead: true, m.F.Now);
        m.Engine.CheckInvariants();
        Assert.Equal(4096, m.F.UsedBytes);
        m.Scan();
        Assert.Equal(1, m.MoveAll(2));
        Assert.Equal([2], m.RanksOf("k"));
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Object_that_is_removed_while_it_moves_gives_all_its_space_back()
    {
        MoveFixture m = new();
        m.Put(0, "k");
        m.Drain(0);
        Assert.Equal(1, m.Take(1));
        Assert.Equal(MmcStatus.Ok, m.F.Remove("k"));
        m.Put(2, "k", 4096);
        m.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.ObjectNotFound, m.Finish(1, m.Taken[0].Entry));
        m.Engine.CheckInvariants();
        Assert.Equal([2], m.RanksOf("k"));
        Assert.Equal(4096, m.F.UsedBytes);
    }

    [Fact]
    public void Move_that_is_given_up_or_not_wanted_any_more_or_not_its_own_changes_nothing()
    {
        MoveFixture m = new();
        m.Put(0, "k");
        m.Drain(0);
        Assert.Equal(1, m.Take(1));
        Assert.Equal(MmcStatus.ReservationRevoked, m.Finish(2, m.Taken[0].Entry));
        Assert.Equal(MmcStatus.Ok, m.Finish(1, m.Taken[0].Entry, publish: 0));
        Assert.Equal(MmcStatus.ReservationRevoked, m.Finish(1, m.Taken[0].Entry));
        m.Scan();
        Assert.Equal(1, m.Take(1));
        m.Engine.SetDraining(m.Segments[0], DrainPolicy.None);
        Assert.Equal(MmcStatus.StateMismatch, m.Finish(1, m.Taken[0].Entry));
        Assert.Equal([0], m.RanksOf("k"));
        Assert.Equal(4096, m.F.UsedBytes);
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Destination_that_has_a_replica_or_is_drained_is_given_nothing()
    {
        MoveFixture m = new();
        m.Put(0, "k", replicas: 2);
        int[] ranks = m.RanksOf("k");
        int other = ranks[1];
        int free = 3 - other;
        m.Drain(0);
        Assert.Equal(0, m.Take(other));
        Assert.Equal(0, m.Take(0));
        Assert.Equal(1, m.Take(free));
        Assert.Equal(2, m.Taken[0].Sources.Length);
        Assert.Equal(MmcStatus.Ok, m.Finish(free, m.Taken[0].Entry));
        Assert.Equal([1, 2], m.RanksOf("k"));
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Objects_that_no_rank_can_take_are_counted_and_stay_readable()
    {
        MoveFixture m = new(rankCount: 2, megabytes: 4);
        m.Put(0, "both", replicas: 2);
        m.Put(0, "large", 3 << 20);
        m.Drain(0);
        Assert.Equal(1, m.MoveAll(1));
        m.Scan();
        DrainProgress progress = m.Progress(0);
        Assert.Equal(1, progress.StuckCount);
        Assert.Equal(0, progress.MovableCount);
        Assert.Equal(1, progress.RemainingCount);
        Assert.True(progress.PassCount > 0);
        Assert.Equal([0, 1], m.RanksOf("both"));
    }

    [Fact]
    public void Room_is_made_by_evicting_objects_that_were_used_less_recently_and_no_others()
    {
        MoveFixture m = new(rankCount: 2, megabytes: 4);
        m.Put(1, "hot", 1 << 20);
        m.Put(1, "cold", 2 << 20);
        m.Put(0, "middle", 3 << 20);
        m.F.Exists("hot");
        m.Drain(0);
        Assert.Equal(1, m.MoveAll(1));
        Assert.Equal(MmcStatus.ObjectNotFound, m.F.Exists("cold"));
        Assert.Equal(MmcStatus.Ok, m.F.Exists("hot"));
        Assert.Equal([1], m.RanksOf("middle"));
        m.Engine.CheckInvariants();

        m.Engine.SetDraining(m.Segments[0], DrainPolicy.None);
        m.Put(0, "coldest", 3 << 20);
        m.F.Exists("middle");
        m.F.Exists("hot");
        m.Drain(0);
        Assert.Equal(0, m.MoveAll(1));
        Assert.True(m.Progress(0).NoRoomCount > 0);
        Assert.Equal([0], m.RanksOf("coldest"));
    }

    [Fact]
    public void Dropped_replicas_go_and_objects_without_others_with_them()
    {
        MoveFixture m = new();
        m.Put(0, "single");
        m.Put(0, "double", replicas: 2);
        m.F.Lookup("single", out _, out _, leaseMs: 5000);
        m.F.Lookup("double", out _, out _, leaseMs: 5000);
        m.Drain(0, DrainPolicy.Drop);
        Assert.Equal(MmcStatus.ObjectNotFound, m.F.Exists("single"));
        Assert.DoesNotContain(0, m.RanksOf("double"));
        Assert.Equal(2, m.Progress(0).RemainingCount);
        m.Engine.CheckInvariants();
        m.F.Now += 10_000;
        m.F.TickAll();
        Assert.Equal(0, m.Progress(0).RemainingCount);
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Replicas_of_a_lost_rank_are_made_anew_when_repair_is_on()
    {
        MoveFixture m = new();
        for (int i = 0; i < 20; i++)
        {
            m.Put(0, $"k{i}", replicas: 2);
        }

        m.Engine.DropSegment(m.Segments[0]);
        m.Scan();
        Assert.Equal(0, m.Take(1) + m.Take(2));

        m.Engine.Repairs = true;
        m.Scan();
        Assert.Equal(20, m.MoveAll(1) + m.MoveAll(2));
        m.Scan();
        Assert.Equal(0, m.Take(1) + m.Take(2));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal([1, 2], m.RanksOf($"k{i}")));
        Assert.Equal(20, m.Engine.ReadStats().ReplicasRepaired);
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Repair_waits_for_a_rank_that_can_take_it_and_keeps_to_its_bytes()
    {
        MoveFixture m = new(rankCount: 2);
        m.Engine.Repairs = true;
        for (int i = 0; i < 10; i++)
        {
            m.Put(0, $"k{i}", replicas: 2);
        }

        m.Engine.DropSegment(m.Segments[0]);
        m.Scan();
        Assert.Equal(0, m.Take(1));
        m.Segments[0] = m.F.Mount(5, 4);
        m.Sessions[0] = m.F.Open(55, 5);
        m.Scan();
        Assert.Equal(0, m.Take(0, repairBytesMax: 0));
        Assert.Equal(2, m.Take(0, repairBytesMax: 5000));
        Assert.Equal(8, m.Take(0));
        m.Engine.CheckInvariants();
    }

    [Fact]
    public void Rank_that_was_drained_and_left_comes_back_as_a_usual_one()
    {
        MoveFixture m = new(rankCount: 2);
        m.Put(0, "k");
        m.Drain(0);
        Assert.Equal(1, m.MoveAll(1));
        m.Engine.DropSegment(m.Segments[0]);
        SegmentId again = m.F.Mount(0, 4);
        Assert.NotEqual(m.Segments[0], again);
        Assert.True(m.Engine.TryReadDrain(again, out DrainProgress progress));
        Assert.Equal(DrainPolicy.None, progress.Policy);
        Assert.Equal(MmcStatus.Ok, m.F.Reserve(m.Sessions[0], "new", 4096, out _, out ReplicaLocation[] replicas));
        Assert.Equal(again, replicas[0].Segment);
        Assert.Equal(MmcStatus.Ok, m.F.Exists("k"));
    }
}
