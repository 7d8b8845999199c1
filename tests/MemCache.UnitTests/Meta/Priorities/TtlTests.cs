using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>Objects with an end.</summary>
public sealed class TtlTests
{
    private const long Size = 64 << 10;

    private static ReplicateOptions Ttl(int ms) => new() { TtlMs = ms };

    [Fact]
    public void An_object_is_invisible_when_its_time_is_over_before_any_tick()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        fixture.Put(session, "key", Size, Ttl(1000));
        fixture.Now += 999;
        Assert.Equal(MmcStatus.Ok, fixture.Exists("key"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("key"));
        fixture.Now += 1 + ExpiryTable.UnitMs;
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Exists("key"));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Lookup("key", out _, out _));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Remove("key"));
        Assert.Equal(1, fixture.Engine.ReadStats().ObjectsExpired);
        Assert.Equal(0, fixture.UsedBytes);

        // Its key is free for another put.
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "key", Size));
        fixture.Now += 1_000_000;
        Assert.Equal(MmcStatus.Ok, fixture.Query("key"));
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Ticks_bring_the_space_back_without_anybody_asking()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        for (int i = 0; i < 40; i++)
        {
            fixture.Put(session, $"key{i}", Size, Ttl(1000 + 100 * i));
        }

        fixture.Put(session, "other", Size);
        fixture.Now += 2950 + ExpiryTable.UnitMs;
        fixture.TickAll();
        Assert.Equal(20, fixture.Engine.ReadStats().ObjectsExpired);
        Assert.Equal(20, fixture.Engine.ReadStats().TtlCount);
        Assert.Equal(21 * Size, fixture.UsedBytes);
        fixture.Now += 10_000;
        fixture.TickAll();
        Assert.Equal(Size, fixture.UsedBytes);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Many_ends_are_seen_to_in_bounded_steps()
    {
        EngineFixture fixture = new(shardCount: 1);
        fixture.Mount(0, 64);
        SessionId session = fixture.Open(1, 0);
        for (int i = 0; i < 8000; i++)
        {
            Assert.Equal(MmcStatus.Ok, fixture.Put(session, $"key{i}", 4096, Ttl(1 + i % 7 * 1000)));
        }

        fixture.Now += 500;
        int tickCount = 0;
        while (fixture.Engine.Tick(fixture.Now))
        {
            tickCount++;
        }

        Assert.Equal(8000 / 7 + 1, fixture.Engine.ReadStats().ObjectsExpired);
        Assert.InRange(tickCount, 3, 100);
        fixture.Engine.CheckInvariants();
        fixture.Now += 100_000;
        fixture.TickAll();
        Assert.Equal(8000, fixture.Engine.ReadStats().ObjectsExpired);
        Assert.Equal(0, fixture.UsedBytes);
    }

    [Fact]
    public void A_reader_keeps_its_bytes_beyond_the_end()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        fixture.Put(session, "key", Size, Ttl(100));
        fixture.Lookup("key", out ObjectLocation location, out ReplicaLocation[] replicas, leaseMs: 5000);
        fixture.Now += 1000;
        fixture.TickAll();
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("key"));
        Assert.Equal(Size, fixture.UsedBytes);
        fixture.Release(location, replicas);
        Assert.Equal(0, fixture.UsedBytes);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Ends_of_objects_that_are_there_are_changed()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        fixture.Put(session, "none", Size, Ttl(100));
        fixture.Put(session, "later", Size, Ttl(100));
        fixture.Put(session, "sooner", Size);
        Assert.Equal(MmcStatus.Ok, fixture.Pin("none", null, ttlMs: 0));
        Assert.Equal(MmcStatus.Ok, fixture.Pin("later", null, ttlMs: 5000));
        Assert.Equal(MmcStatus.Ok, fixture.Pin("sooner", ObjectPin.Hard, ttlMs: 100));
        fixture.Now += 1000;
        fixture.TickAll();
        Assert.Equal(MmcStatus.Ok, fixture.Query("none"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("later"));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("sooner"));
        Assert.Equal(0, fixture.Engine.ReadStats().Media[0].HardPinnedBytes);
        fixture.Now += 5000;
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("later"));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Pin("sooner", ObjectPin.None));
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void An_object_that_ended_while_it_was_written_is_reclaimed()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        fixture.Reserve(session, "key", Size, out ObjectLocation location, out ReplicaLocation[] replicas, Ttl(100));
        fixture.Now += 1000;
        fixture.TickAll();
        Assert.Equal(MmcStatus.Ok, fixture.Commit(session, location, replicas));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("key"));
        fixture.Reserve(session, "key", Size, out location, out replicas, Ttl(100));
        fixture.Now += 1000;
        fixture.TickAll();
        fixture.Commit(session, location, replicas);
        fixture.TickAll();
        Assert.Equal(0, fixture.UsedBytes);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void A_commit_of_a_key_whose_object_has_ended_wins()
    {
        EngineFixture fixture = Fixture(out SessionId session);
        fixture.Reserve(session, "key", Size, out ObjectLocation location, out ReplicaLocation[] replicas);
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "key", Size, Ttl(100)));
        fixture.Now += 1000;
        Assert.Equal(MmcStatus.Ok, fixture.Commit(session, location, replicas));
        Assert.Equal(MmcStatus.Ok, fixture.Query("key"));
    }

    private static EngineFixture Fixture(out SessionId session)
    {
        EngineFixture fixture = new();
        fixture.Mount(0, 16);
        session = fixture.Open(1, 0);
        return fixture;
    }
}
