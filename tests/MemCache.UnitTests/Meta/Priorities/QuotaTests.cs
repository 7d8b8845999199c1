using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>Quotas of tenants.</summary>
public sealed class QuotaTests
{
    private const long Size = 64 << 10;

    [Fact]
    public void A_tenant_over_its_quota_loses_its_own_objects_and_nobody_elses()
    {
        EngineFixture fixture = Fixture(out SessionId session, new TenantQuota("a/", 16 * Size));
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(MmcStatus.Ok, fixture.Put(session, $"b/{i}", Size));
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(MmcStatus.Ok, fixture.Put(session, $"a/{i}", Size));
            fixture.Engine.CheckInvariants();
        }

        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(MmcStatus.Ok, fixture.Query($"b/{i}")));
        Assert.Equal(16, Enumerable.Range(0, 100).Count(i => fixture.Query($"a/{i}") == MmcStatus.Ok));
        TenantStats tenant = Assert.Single(fixture.Engine.ReadStats().Tenants);
        Assert.Equal(("a/", 16 * Size, 16 * Size, 0), (tenant.Prefix, tenant.QuotaBytes, tenant.UsedBytes, tenant.Refusals));
        Assert.Equal(84, fixture.Engine.ReadStats().EvictedByQuota);
    }

    [Fact]
    public void What_a_tenant_uses_often_stays()
    {
        EngineFixture fixture = Fixture(out SessionId session, new TenantQuota("a/", 32 * Size));
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(MmcStatus.Ok, fixture.Put(session, $"a/{i}", Size));
            Assert.Equal(MmcStatus.Ok, fixture.Exists("a/0"));
        }
    }

    [Fact]
    public void What_can_not_go_is_refused_with_a_clear_status()
    {
        EngineFixture fixture = Fixture(out SessionId session, new TenantQuota("a/", 2 * Size));
        Assert.Equal(MmcStatus.QuotaExceeded, fixture.Put(session, "a/large", 3 * Size));
        Assert.Equal(MmcStatus.QuotaExceeded, fixture.Put(session, "a/twice", 2 * Size, new ReplicateOptions(2)));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "a/hard", Size, new() { Pin = ObjectPin.Hard }));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "a/read", Size));
        fixture.Lookup("a/read", out ObjectLocation location, out ReplicaLocation[] replicas, leaseMs: 1000);
        Assert.Equal(MmcStatus.QuotaExceeded, fixture.Put(session, "a/new", Size));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "b/new", Size));
        fixture.Release(location, replicas);
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "a/new", Size));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("a/read"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("a/hard"));
        Assert.Equal(3, fixture.Engine.ReadStats().Tenants[0].Refusals);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Objects_with_a_soft_pin_of_a_tenant_go_last()
    {
        EngineFixture fixture = Fixture(out SessionId session, new TenantQuota("a/", 4 * Size));
        fixture.Put(session, "a/soft", Size, new() { Pin = ObjectPin.Soft });
        fixture.Put(session, "a/soft too", Size);
        fixture.Pin("a/soft too", ObjectPin.Soft);
        fixture.Put(session, "a/1", Size);
        fixture.Put(session, "a/2", Size);
        fixture.Put(session, "a/3", Size);
        fixture.Put(session, "a/4", Size);
        Assert.Equal(MmcStatus.Ok, fixture.Query("a/soft"));
        Assert.Equal(MmcStatus.Ok, fixture.Query("a/soft too"));
        Assert.Equal(MmcStatus.Ok, fixture.Put(session, "a/large", 4 * Size));
        Assert.Equal(MmcStatus.ObjectNotFound, fixture.Query("a/soft"));
    }

    [Fact]
    public void The_longest_prefix_counts()
    {
        EngineFixture fixture = Fixture(
            out SessionId session, new TenantQuota("a", 2 * Size), new TenantQuota("a/b", Size), new TenantQuota("é", Size));
        fixture.Put(session, "a/b/1", Size);
        fixture.Put(session, "a/c", Size);
        fixture.Put(session, "été", Size);
        fixture.Put(session, "e", Size);
        Assert.Equal(
            [("a", Size), ("a/b", Size), ("é", Size)],
            fixture.Engine.ReadStats().Tenants.Select(tenant => (tenant.Prefix, tenant.UsedBytes)));
        fixture.Remove("a/c");
        fixture.Remove("été");
        Assert.Equal([0L, Size, 0L], fixture.Engine.ReadStats().Tenants.Select(tenant => tenant.UsedBytes));
    }

    [Fact]
    public void Lost_segments_and_lost_writers_give_the_tenants_bytes_back()
    {
        EngineFixture fixture = Fixture(out SessionId session, new TenantQuota("a/", 64 * Size));
        SegmentId segment = fixture.Mount(7, 4);
        fixture.Put(session, "a/1", Size, new ReplicateOptions(1, new RankId(7)));
        fixture.Put(session, "a/2", Size, new ReplicateOptions(1, new RankId(7)) { Pin = ObjectPin.Soft, TtlMs = 50_000 });
        fixture.Reserve(session, "a/3", Size, out _, out _);
        fixture.Engine.DropSegment(segment);
        fixture.TickAll();
        fixture.Engine.CloseSession(session, writerIsDead: true, fixture.Now);
        Assert.Equal(0, fixture.Engine.ReadStats().Tenants[0].UsedBytes);
        Assert.Equal(0, fixture.Engine.ReadStats().TtlCount);
        fixture.Engine.CheckInvariants();
    }

    [Fact]
    public void Quotas_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Fixture(out _, new TenantQuota("", 1)));
        Assert.Throws<ArgumentException>(() => Fixture(out _, new TenantQuota("a", -1)));
        Assert.Throws<ArgumentException>(() => Fixture(out _, new TenantQuota("a", 1), new TenantQuota("a", 2)));
        Assert.ThrowsAny<ArgumentException>(() => Fixture(
            out _, [.. Enumerable.Range(0, 64).Select(i => new TenantQuota($"t{i}", 1))]));
    }

    private static EngineFixture Fixture(out SessionId session, params TenantQuota[] quotas)
    {
        EngineFixture fixture = new(quotas: quotas);
        fixture.Mount(0, 16);
        fixture.Mount(1, 16);
        session = fixture.Open(1, 0);
        return fixture;
    }
}
