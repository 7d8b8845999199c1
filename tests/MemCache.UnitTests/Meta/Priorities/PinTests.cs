using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>Objects that are evicted last, or never.</summary>
public sealed class PinTests
{
    private const long Size = 64 << 10;

    private static readonly ReplicateOptions Soft = new() { Pin = ObjectPin.Soft };
    private static readonly ReplicateOptions Hard = new() { Pin = ObjectPin.Hard };

    [Fact]
    public void Objects_with_a_pin_stay_while_newer_ones_go()
    {
        EngineFixture fixture = new();
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "soft", Size, Soft));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "hard", Size, Hard));
        PutMany(fixture, session, "key", 500);

        Assert.Equal(MmcStatus.Ok, fixture.Query("soft"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("hard"));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("key0"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("key499"));
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Soft_pins_go_when_nothing_else_is_left_and_in_the_order_of_their_use()
    {
        EngineFixture fixture = new();
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        PutMany(fixture, session, "soft", 100, Soft);

        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("soft0"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("soft99"));
        fixture.TickAll();
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Watermarks_take_soft_pins_last_and_hard_ones_never()
    {
        EngineFixture fixture = new(high: 60, low: 30);
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        PutMany(fixture, session, "hard", 16, Hard);
        PutMany(fixture, session, "soft", 12, Soft);
        PutMany(fixture, session, "key", 12);
        fixture.TickAll();

        // 64 blocks of 64 KiB: 40 are above 60 percent, 19 are left below 30.
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(MmcStatus.Ok, fixture.Query($"hard{i}")));
        Assert.All(Enumerable.Range(0, 12), i => Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query($"key{i}")));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("soft0"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("soft11"));
    }

    [Fact]
    public void Hard_pins_beyond_their_share_are_refused()
    {
        EngineFixture fixture = new(hardPinPercent: 25);
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        PutMany(fixture, session, "hard", 16, Hard);

        Assert.Equal(MmcStatus.QuotaExceeded, fixture.Put(session, "one more", Size, Hard));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "one more", Size));
        Assert.Equal(MmcStatus.QuotaExceeded, fixture.Pin("one more", ObjectPin.Hard));
        Assert.Equal(MmcStatus.Ok, fixture.Pin("hard0", ObjectPin.None));
        Assert.Equal(MmcStatus.Ok, fixture.Pin("one more", ObjectPin.Hard));
        Assert.Equal(MmcStatus.Ok, fixture.Remove("hard1"));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "hard1", Size, Hard));
        Assert.Equal(2, fixture.Engine.ReadStats().PinRefusals);
        Assert.Equal(1 << 20, fixture.Engine.ReadStats().Media[0].HardPinnedBytes);
        Assert.Equal(1 << 20, fixture.Engine.ReadStats().Media[0].HardPinBytesMax);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void A_pool_full_of_hard_pins_refuses_puts_and_does_not_hang()
    {
        EngineFixture fixture = new(hardPinPercent: 100);
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        PutMany(fixture, session, "hard", 64, Hard);

        Assert.Equal(MmcStatus.AllocationFailed, fixture.Put(session, "key", Size));
        fixture.TickAll();
        Assert.Equal(MmcStatus.Ok, fixture.Pin("hard7", ObjectPin.None));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "key", Size));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("hard7"));
    }

    [Fact]
    public void Pins_of_objects_that_are_there_are_changed()
    {
        EngineFixture fixture = new();
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        fixture.Put(session, "key", Size);
        Assert.Equal(MmcStatus.Ok, fixture.Pin("key", ObjectPin.Hard));
        Assert.Equal(MmcStatus.Ok, fixture.Pin("key", ObjectPin.Soft));
        Assert.Equal(Size, fixture.Engine.ReadStats().Media[0].SoftPinnedBytes);
        Assert.Equal(0, fixture.Engine.ReadStats().Media[0].HardPinnedBytes);
        Assert.Equal(MmcStatus.Ok, fixture.Pin("key", null));
        Assert.Equal(Size, fixture.Engine.ReadStats().Media[0].SoftPinnedBytes);
        Assert.Equal(MmcStatus.Ok, fixture.Pin("key", ObjectPin.None));
        Assert.Equal(0, fixture.Engine.ReadStats().Media[0].SoftPinnedBytes);

        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Pin("other", ObjectPin.Soft));
        Assert.Equal(MmcStatus.InvalidParameter, fixture.Pin("key", (ObjectPin)3));
        Assert.Equal(MmcStatus.InvalidParameter, fixture.Pin("key", null, ttlMs: -5));
        Assert.Equal(MmcStatus.InvalidParameter, fixture.Put(session, "new", Size, new() { Pin = (ObjectPin)3 }));
        Assert.Equal(MmcStatus.InvalidParameter, fixture.Put(session, "new", Size, new() { TtlMs = -1 }));
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Reservations_that_are_dropped_give_their_share_back()
    {
        EngineFixture fixture = new();
        fixture.Mount(0, 4);
        SessionId session = fixture.Open(1, 0);
        fixture.Reserve(session, "a", Size, out ObjectLocation a, out ReplicaLocation[] replicas, Hard);
        fixture.Commit(session, a, replicas, publish: false);
        fixture.Reserve(session, "b", Size, out _, out _, Hard);
        fixture.Engine.CloseSession(session, writerIsDead: true, fixture.Now);
        Assert.Equal(0, fixture.Engine.ReadStats().Media[0].HardPinnedBytes);
    }

    private static void PutMany(
        EngineFixture fixture, SessionId session, string prefix, int count, in ReplicateOptions options = default)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(MmcStatus.Ok, fixture.Put(session, $"{prefix}{i}", Size, options));
        }
    }
}
