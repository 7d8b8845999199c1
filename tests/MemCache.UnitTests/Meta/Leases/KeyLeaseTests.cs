using MemCache.Core;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class KeyLeaseTests
{
    private readonly EngineFixture _f = new(leaseMs: 100);
    private readonly ObjectLocation[] _objects = new ObjectLocation[Limits.BatchCountMax];
    private readonly ReplicaLocation[] _replicas = new ReplicaLocation[Limits.BatchCountMax * Limits.ReplicaCountMax];
    private readonly MmcStatus[] _statuses = new MmcStatus[Limits.BatchCountMax];
    private readonly SessionId _writer;
    private readonly SessionId _reader;

    public KeyLeaseTests()
    {
        _f.Mount(0, 2);
        _writer = _f.Open(1, 0);
        _reader = _f.Open(2);
    }

    [Fact]
    public void Leased_object_is_neither_evicted_nor_is_its_space_freed_by_remove()
    {
        _f.Put(_writer, "held", 4096);
        Assert.Equal(MmcStatus.Ok, Add("held", 1_000_000));
        for (int i = 0; i < 2000; i++)
        {
            _f.Now++;
            Assert.Equal(MmcStatus.Ok, _f.Put(_writer, $"filler-{i}", 4096));
        }

        Assert.Equal(MmcStatus.Ok, _f.Exists("held"));
        _f.Engine.RemoveAll(_f.Now);
        _f.TickAll();
        Assert.Equal(4096, _f.UsedBytes);
        Assert.Equal(MmcStatus.ObjectNotFound, _f.Exists("held"));
        Assert.Equal(MmcStatus.Ok, Remove("held"));
        Assert.Equal(0, _f.UsedBytes);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Adding_renews_and_one_remove_gives_back()
    {
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 100));
        Assert.Equal(MmcStatus.Ok, Add("k", 1000));
        Assert.Equal(MmcStatus.Ok, Add("k", 1));
        Assert.Equal(1, _f.Engine.ReadStats().KeyLeaseCount);
        _f.Now += 900;
        _f.TickAll();
        Assert.Equal(1, _f.Engine.ReadStats().KeyLeaseCount);
        _f.Remove("k");
        Assert.Equal(4096, _f.UsedBytes);
        Assert.Equal(MmcStatus.Ok, Remove("k"));
        Assert.Equal(0, _f.UsedBytes);
        Assert.Equal(MmcStatus.KeyNotFound, Remove("k"));
    }

    [Fact]
    public void Lease_ends_at_its_time_whether_it_was_cleared_or_not()
    {
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 50));
        _f.Now += 50;
        _f.Remove("k");
        Assert.Equal(0, _f.UsedBytes);
        Assert.Equal(MmcStatus.KeyNotFound, Remove("k"));
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 50));
        _f.Now += 50;
        Assert.Equal(MmcStatus.KeyNotFound, Remove("k"));
        Assert.Equal(MmcStatus.Ok, Add("k", 50));
        _f.Now += 50;
        _f.TickAll();
        Assert.Equal(0, _f.Engine.ReadStats().KeyLeaseCount);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Default_lease_is_the_configured_one()
    {
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 0));
        _f.Now += 99;
        _f.Remove("k");
        Assert.Equal(4096, _f.UsedBytes);
        _f.Now += 1;
        _f.TickAll();
        Assert.Equal(0, _f.UsedBytes);
    }

    [Fact]
    public void Leases_of_several_sessions_and_of_readers_do_not_end_each_other()
    {
        _f.Put(_writer, "k", 4096);
        SessionId other = _f.Open(3);
        Assert.Equal(MmcStatus.Ok, Add("k", 1000));
        Assert.Equal(MmcStatus.Ok, Add("k", 100, other));
        Assert.Equal(MmcStatus.Ok, _f.Lookup("k", out ObjectLocation read, out ReplicaLocation[] replicas, leaseMs: 20));
        _f.Remove("k");
        Assert.Equal(MmcStatus.Ok, Remove("k"));
        Assert.Equal(4096, _f.UsedBytes);
        Assert.Equal(MmcStatus.Ok, Remove("k", other));
        Assert.Equal(4096, _f.UsedBytes);
        _f.Release(read, replicas);
        Assert.Equal(0, _f.UsedBytes);
    }

    [Fact]
    public void Reader_that_died_holds_an_object_no_longer_than_its_own_lease()
    {
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 1_000_000));
        Assert.Equal(MmcStatus.Ok, _f.Lookup("k", out _, out _, leaseMs: 20));
        _f.Remove("k");
        _f.Now += 20;
        Assert.Equal(MmcStatus.Ok, Remove("k"));
        Assert.Equal(0, _f.UsedBytes);
    }

    [Fact]
    public void Leases_end_with_their_session()
    {
        for (int i = 0; i < 300; i++)
        {
            _f.Put(_writer, $"k-{i}", 1);
            Assert.Equal(MmcStatus.Ok, Add($"k-{i}", 1_000_000));
        }

        _f.Engine.RemoveAll(_f.Now);
        Assert.Equal(300 * 4096, _f.UsedBytes);
        _f.Engine.CloseSession(_reader, writerIsDead: true, _f.Now);
        Assert.Equal(0, _f.UsedBytes);
        Assert.Equal(0, _f.Engine.ReadStats().KeyLeaseCount);
        Assert.Equal(MmcStatus.NotConnectedToMeta, Add("k-0", 1));
        Assert.Equal(MmcStatus.NotConnectedToMeta, Remove("k-0"));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void One_remove_ends_leases_on_a_removed_object_and_on_its_successor()
    {
        _f.Put(_writer, "k", 4096);
        Assert.Equal(MmcStatus.Ok, Add("k", 1000));
        _f.Remove("k");
        Assert.Equal(MmcStatus.KeyNotFound, Add("k", 1000));
        _f.Put(_writer, "k", 8192);
        Assert.Equal(MmcStatus.Ok, Add("k", 1000));
        Assert.Equal(3 * 4096, _f.UsedBytes);
        Assert.Equal(2, _f.Engine.ReadStats().KeyLeaseCount);
        Assert.Equal(MmcStatus.Ok, Remove("k"));
        Assert.Equal(2 * 4096, _f.UsedBytes);
        Assert.Equal(0, _f.Engine.ReadStats().KeyLeaseCount);
    }

    [Fact]
    public void Allocated_key_is_not_yet_readable_for_everybody_and_absent_again_when_dropped()
    {
        KeyBatch key = new("k");
        _f.Engine.Allocate(_writer, key.Spans, [100], default, Medium.Dram, _f.Now, _objects.AsSpan(0, 1), _replicas);
        ObjectLocation location = _objects[0];
        ReplicaLocation[] replicas = [_replicas[0]];
        Assert.Equal(MmcStatus.Ok, location.Status);
        Assert.Equal(MmcStatus.StateMismatch, Add("k", 100));
        Assert.Equal(MmcStatus.StateMismatch, Add("k", 100, _writer));
        Assert.Equal(1, _f.Engine.ReadStats().AllocationCount);
        _f.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.Ok, _f.Commit(_writer, location, replicas, publish: false));
        Assert.Equal(MmcStatus.KeyNotFound, Add("k", 100));
        _f.Engine.Allocate(_writer, key.Spans, [100], default, Medium.Dram, _f.Now, _objects.AsSpan(0, 1), _replicas);
        Assert.Equal(MmcStatus.Ok, _f.Commit(_writer, _objects[0], [_replicas[0]]));
        Assert.Equal(MmcStatus.Ok, Add("k", 100));
        Assert.Equal(0, _f.Engine.ReadStats().AllocationCount);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Allocations_of_a_lost_session_are_not_known_under_their_keys_any_more()
    {
        KeyBatch keys = new("a", "b");
        _f.Engine.Allocate(_writer, keys.Spans, [100, 100], default, Medium.Dram, _f.Now, _objects.AsSpan(0, 2), _replicas);
        _f.Engine.CloseSession(_writer, writerIsDead: false, _f.Now);
        Assert.Equal(MmcStatus.KeyNotFound, Add("a", 100));
        Assert.Equal(2, _f.Engine.ReadStats().OrphanCount);
        Assert.Equal(0, _f.Engine.ReadStats().AllocationCount);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Session_can_hold_as_many_leases_as_the_limit_says()
    {
        EngineFixture f = new();
        f.Mount(0, 1 << 10);
        SessionId session = f.Open(1, 0);
        int batchCount = Limits.KeyLeaseCountMaxPerSession / Limits.BatchCountMax;
        KeyBatch keys = new();
        for (int batch = 0; batch <= batchCount; batch++)
        {
            keys.Clear();
            for (int i = 0; i < Limits.BatchCountMax && (batch < batchCount || i == 0); i++)
            {
                keys.Add($"{batch}-{i}");
                f.Put(session, $"{batch}-{i}", 1);
            }

            f.Engine.AddKeyLeases(session, keys.Spans, 1000, f.Now, _objects.AsSpan(0, keys.Count), _replicas);
            MmcStatus expected = batch < batchCount ? MmcStatus.Ok : MmcStatus.LimitExceeded;
            Assert.All(_objects.AsSpan(0, keys.Count).ToArray(), o => Assert.Equal(expected, o.Status));
        }

        f.Engine.CloseSession(session, writerIsDead: true, f.Now);
        Assert.Equal(0, f.Engine.ReadStats().KeyLeaseCount);
    }

    [Fact]
    public void Leases_of_objects_that_are_lost_with_their_segment_are_forgotten()
    {
        SegmentId lost = _f.Mount(1, 2);
        var there = new ReplicateOptions(1, new RankId(1));
        for (int i = 0; i < 100; i++)
        {
            _f.Put(_writer, $"k-{i}", 1, there);
            Assert.Equal(MmcStatus.Ok, Add($"k-{i}", 1000));
        }

        _f.Engine.DropSegment(lost);
        Assert.Equal(MmcStatus.KeyNotFound, Add("k-7", 1000));
        _f.TickAll();
        Assert.Equal(0, _f.Engine.ReadStats().KeyLeaseCount);
        Assert.Equal(MmcStatus.KeyNotFound, Remove("k-1"));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Bad_input_fails_alone()
    {
        _f.Put(_writer, "k", 1);
        KeyBatch keys = new("k", "", "absent", new string('x', 257));
        _f.Engine.AddKeyLeases(_reader, keys.Spans, 10, _f.Now, _objects.AsSpan(0, 4), _replicas);
        Assert.Equal(
            [MmcStatus.Ok, MmcStatus.InvalidParameter, MmcStatus.KeyNotFound, MmcStatus.InvalidParameter],
            _objects.AsSpan(0, 4).ToArray().Select(o => o.Status));
        _f.Engine.RemoveKeyLeases(_reader, keys.Spans, _f.Now, _statuses.AsSpan(0, 4));
        Assert.Equal(
            [MmcStatus.Ok, MmcStatus.InvalidParameter, MmcStatus.KeyNotFound, MmcStatus.InvalidParameter],
            _statuses.AsSpan(0, 4).ToArray());
        Assert.Equal(MmcStatus.InvalidParameter, Add("k", -1));
    }

    [Fact]
    public void Warm_leases_allocate_nothing()
    {
        KeyBatch keys = new();
        for (int i = 0; i < 64; i++)
        {
            _f.Put(_writer, $"k-{i}", 1);
            keys.Add($"k-{i}");
        }

        Assert.Equal(0, SteadyState.AllocatedBytes(2000, i =>
        {
            _f.Engine.AddKeyLeases(_reader, keys.Spans, 10, i, _objects.AsSpan(0, 64), _replicas);
            _f.Engine.RemoveKeyLeases(_reader, keys.Spans, i, _statuses.AsSpan(0, 64));
            _f.Engine.Tick(i);
        }));
    }

    private MmcStatus Add(string key, int leaseMs, SessionId? holder = null)
    {
        _f.Engine.AddKeyLeases(holder ?? _reader, new KeyBatch(key).Spans, leaseMs, _f.Now, _objects.AsSpan(0, 1), _replicas);
        return _objects[0].Status;
    }

    private MmcStatus Remove(string key, SessionId? holder = null)
    {
        _f.Engine.RemoveKeyLeases(holder ?? _reader, new KeyBatch(key).Spans, _f.Now, _statuses.AsSpan(0, 1));
        return _statuses[0];
    }
}
