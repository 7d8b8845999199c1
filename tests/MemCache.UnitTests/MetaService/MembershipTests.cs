using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class MembershipTests
{
    private const long SegmentBytes = 8 << 20;

    [Fact]
    public void A_wanted_rank_is_given_if_free_else_the_lowest()
    {
        using var f = new ServerFixture();
        using MetaConnection a = f.Connect();
        using MetaConnection b = f.Connect();
        using MetaConnection c = f.Connect();
        using MetaConnection d = f.Connect();
        Assert.Equal(new RankId(1), ServerFixture.JoinOk(a, SegmentBytes, new RankId(1)).Rank);
        Assert.Equal(new RankId(0), ServerFixture.JoinOk(b, SegmentBytes, new RankId(1)).Rank);
        Assert.Equal(new RankId(2), ServerFixture.JoinOk(c, SegmentBytes).Rank);
        Joined without = ServerFixture.JoinOk(d);
        Assert.Equal(RankId.None, without.Rank);
        Assert.Equal(SegmentId.None, without.Segment);
    }

    [Fact]
    public void The_registry_shows_who_is_there_and_its_version_changes()
    {
        using var f = new ServerFixture();
        using MetaConnection a = f.Connect();
        using MetaConnection b = f.Connect();
        Joined first = ServerFixture.JoinOk(a, SegmentBytes);
        ulong before = first.RegistryVersion;
        Joined second = ServerFixture.JoinOk(b, SegmentBytes);
        Assert.NotEqual(before, second.RegistryVersion);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Leave(a, first.Session));
        Assert.Equal(MmcStatus.Ok, b.Call(Opcode.Segments, 0, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(SegmentsReply.TryDecode(payload, out SegmentsReply reply));
        Assert.Equal(1, reply.Count);
        Assert.NotEqual(second.RegistryVersion, reply.Version);
        Assert.True(reply.TryNext(out SegmentEntry entry));
        Assert.Equal(second.Segment, entry.Segment);
        Assert.True(entry.HostId.SequenceEqual("host"u8));
    }

    [Fact]
    public void A_second_join_on_one_connection_is_refused()
    {
        using var f = new ServerFixture();
        using MetaConnection a = f.Connect();
        ServerFixture.JoinOk(a);
        Assert.Equal(MmcStatus.RepeatedCall, ServerFixture.Join(a, 0, RankId.None, out _));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(Limits.SegmentBytesMax + 4096)]
    public void A_segment_of_an_illegal_size_is_refused_and_leaves_nothing_behind(long dataBytes)
    {
        using var f = new ServerFixture();
        using MetaConnection a = f.Connect();
        var request = new JoinRequest
        {
            ProvidesMemory = true,
            Medium = Medium.Dram,
            WantedRank = RankId.None,
            SlotCount = 5,
            DataBytes = dataBytes,
            SegmentFileName = "s"u8,
        };
        int length = request.Encode(a.Payload(request.SizeBytes));
        Assert.Equal(MmcStatus.InvalidParameter, a.Call(Opcode.Join, length, ServerFixture.Soon, out _));
        Assert.Equal(0, f.Server.Sessions.SessionCount);
        Assert.Equal(new RankId(0), ServerFixture.JoinOk(a, SegmentBytes).Rank);
    }

    [Fact]
    public void A_data_connection_is_bound_by_hello_and_only_to_an_open_session_of_this_run()
    {
        using var f = new ServerFixture();
        using MetaConnection member = f.Connect(f.Options.ConfigStoreUrl);
        Joined joined = ServerFixture.JoinOk(member, SegmentBytes);
        using MetaConnection data = f.Connect(f.Options.MetaServiceUrl);
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Hello(data, joined.Session, joined.InstanceId + 1));
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Hello(data, new SessionId(999), joined.InstanceId));
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, joined.Session, joined.InstanceId));
        ServerFixture.Put(data, "a", 100);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Leave(member, joined.Session));
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Reserve(data, "b", 1, out _).Status);
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Hello(data, joined.Session, joined.InstanceId));
    }

    [Fact]
    public void A_join_reply_names_the_unix_socket_of_this_host()
    {
        using var f = new ServerFixture();
        using MetaConnection member = f.Connect(f.Options.ConfigStoreUrl);
        Joined joined = ServerFixture.JoinOk(member, SegmentBytes);
        Assert.Equal(f.Server.UnixSocketPath, joined.UnixSocketPath);
        using MetaConnection data = f.Connect("unix://" + joined.UnixSocketPath);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, joined.Session, joined.InstanceId));
    }

    [Fact]
    public void A_closed_unix_connection_frees_its_reservations_at_once()
    {
        using var f = new ServerFixture();
        using MetaConnection owner = f.Connect();
        Joined provider = ServerFixture.JoinOk(owner, SegmentBytes);
        MetaConnection data = f.Connect();
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, provider.Session, provider.InstanceId));
        Assert.Equal(MmcStatus.RepeatedCall, ServerFixture.Hello(data, provider.Session, provider.InstanceId));
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(data, "a", 100_000, out _).Status);
        Assert.Equal(1, f.Server.ReadStats().ReservationCount);
        data.Dispose();
        ServerFixture.Eventually(() => f.Server.ReadStats().ReservationCount == 0, "the reservation is gone");
        Assert.Equal(0, f.Server.ReadStats().OrphanCount);
        Assert.Equal(0, f.Server.ReadStats().Media.Sum(medium => medium.UsedBytes));
        Assert.Equal(1, f.Server.Sessions.SessionCount);
    }

    [Fact]
    public void A_silent_client_keeps_what_it_reserved_until_its_connection_ends()
    {
        using var f = new ServerFixture(heartbeatMs: 20, silenceMs: 200);
        using MetaConnection owner = f.Connect();
        Joined provider = ServerFixture.JoinOk(owner, SegmentBytes);
        using MetaConnection silent = f.Connect();
        Joined client = ServerFixture.JoinOk(silent);
        MetaConnection data = f.Connect();
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, client.Session, client.InstanceId));
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(data, "a", 100_000, out _).Status);
        ServerFixture.Eventually(
            () => ServerFixture.Heartbeat(owner, provider.Session, default, out _, out _) == MmcStatus.Ok
                && f.Server.Sessions.SessionCount == 1,
            "the silent client is lost");
        Assert.Equal(1, f.Server.ReadStats().ReservationCount);
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Reserve(data, "b", 1, out _).Status);
        data.Dispose();
        ServerFixture.Eventually(() => f.Server.ReadStats().Media.Sum(medium => medium.UsedBytes) == 0, "the space came back");
    }

    [Fact]
    public void A_lost_tcp_connection_makes_orphans_and_the_owner_frees_them()
    {
        using var f = new ServerFixture();
        using MetaConnection owner = f.Connect();
        Joined provider = ServerFixture.JoinOk(owner, SegmentBytes);
        MetaConnection writer = f.Connect(f.Options.ConfigStoreUrl);
        ServerFixture.JoinOk(writer, 0, null, "mmc-live-writer");
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(writer, "a", 100_000, out ReplicaLocation replica).Status);
        writer.Dispose();
        ServerFixture.Eventually(() => f.Server.Sessions.SessionCount == 1, "the writer is lost");
        Assert.Equal(1, f.Server.ReadStats().OrphanCount);
        Assert.NotEqual(0, f.Server.ReadStats().Media.Sum(medium => medium.UsedBytes));

        Assert.Equal(
            MmcStatus.Ok, ServerFixture.Heartbeat(owner, provider.Session, default, out OrphanEntry[] orphans, out string liveness));
        OrphanEntry orphan = Assert.Single(orphans);
        Assert.Equal(replica.Slot, orphan.Slot);
        Assert.Equal(replica.Generation, orphan.Generation);
        Assert.Equal("mmc-live-writer", liveness);

        Assert.Equal(MmcStatus.Ok, ServerFixture.Heartbeat(owner, provider.Session, orphans, out orphans, out _));
        Assert.Empty(orphans);
        Assert.Equal(0, f.Server.ReadStats().OrphanCount);
        ServerFixture.Eventually(() => f.Server.ReadStats().Media.Sum(medium => medium.UsedBytes) == 0, "the space came back");
    }

    [Fact]
    public void Only_the_owner_of_a_segment_can_resolve_its_orphans()
    {
        using var f = new ServerFixture();
        using MetaConnection owner = f.Connect();
        Joined provider = ServerFixture.JoinOk(owner, SegmentBytes);
        MetaConnection writer = f.Connect(f.Options.ConfigStoreUrl);
        ServerFixture.JoinOk(writer);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(writer, "a", 100_000, out _).Status);
        writer.Dispose();
        ServerFixture.Eventually(() => f.Server.Sessions.SessionCount == 1, "the writer is lost");
        ServerFixture.Heartbeat(owner, provider.Session, default, out OrphanEntry[] orphans, out _);

        using MetaConnection other = f.Connect();
        Joined stranger = ServerFixture.JoinOk(other);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Heartbeat(other, stranger.Session, orphans, out _, out _));
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Heartbeat(other, provider.Session, orphans, out _, out _));
        Assert.Equal(1, f.Server.ReadStats().OrphanCount);
    }

    [Fact]
    public void A_leave_frees_the_reservations_at_once()
    {
        using var f = new ServerFixture();
        using MetaConnection owner = f.Connect();
        ServerFixture.JoinOk(owner, SegmentBytes);
        using MetaConnection writer = f.Connect();
        Joined client = ServerFixture.JoinOk(writer);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(writer, "a", 100_000, out _).Status);
        Assert.Equal(MmcStatus.Ok, ServerFixture.Leave(writer, client.Session));
        Assert.Equal(0, f.Server.ReadStats().OrphanCount);
        Assert.Equal(0, f.Server.ReadStats().ReservationCount);
        Assert.Equal(0, f.Server.ReadStats().Media.Sum(medium => medium.UsedBytes));
    }

    [Fact]
    public void Objects_of_a_lost_rank_are_gone_and_its_rank_is_free()
    {
        using var f = new ServerFixture();
        MetaConnection owner = f.Connect();
        Joined provider = ServerFixture.JoinOk(owner, SegmentBytes);
        ServerFixture.Put(owner, "a", 100);
        using MetaConnection other = f.Connect();
        ServerFixture.JoinOk(other);
        owner.Dispose();
        ServerFixture.Eventually(() => f.Server.Sessions.SessionCount == 1, "the provider is lost");
        Assert.Equal([MmcStatus.ObjectNotFound], ServerFixture.Exists(other, "a"));
        using MetaConnection again = f.Connect();
        Assert.Equal(provider.Rank, ServerFixture.JoinOk(again, SegmentBytes, provider.Rank).Rank);
        Assert.Equal(1, f.Server.Sessions.LostCount);
    }

    [Fact]
    public void A_silent_client_is_lost_and_one_that_beats_is_not()
    {
        using var f = new ServerFixture(heartbeatMs: 20, silenceMs: 400);
        using MetaConnection silent = f.Connect();
        using MetaConnection lively = f.Connect();
        Joined quiet = ServerFixture.JoinOk(silent, SegmentBytes);
        Joined loud = ServerFixture.JoinOk(lively, SegmentBytes);
        ServerFixture.Eventually(
            () => ServerFixture.Heartbeat(lively, loud.Session, default, out _, out _) != MmcStatus.Ok
                || f.Server.Sessions.SessionCount == 1,
            "the silent client is lost");
        Assert.Equal(MmcStatus.Ok, ServerFixture.Heartbeat(lively, loud.Session, default, out _, out _));
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Heartbeat(silent, quiet.Session, default, out _, out _));
        Assert.True(silent.IsUsable);
    }

    [Fact]
    public void The_epoch_rises_above_what_a_client_has_seen()
    {
        using var f = new ServerFixture();
        ulong before = f.Server.Sessions.Epoch;
        var epochs = new EpochGate();
        Assert.True(epochs.TryPass(before + 5000));
        using MetaConnection client = f.Connect(null, epochs);
        ServerFixture.JoinOk(client);
        Assert.Equal(before + 5001, f.Server.Sessions.Epoch);
        Assert.Equal(before + 5001, client.Epoch);
    }

    [Fact]
    public void An_epoch_from_the_far_future_is_refused()
    {
        using var f = new ServerFixture();
        ulong before = f.Server.Sessions.Epoch;
        var epochs = new EpochGate();
        Assert.True(epochs.TryPass(ulong.MaxValue));
        using MetaConnection client = f.Connect(null, epochs);
        Assert.Equal(MmcStatus.EpochTooOld, ServerFixture.Join(client, 0, RankId.None, out _));
        Assert.Equal(before, f.Server.Sessions.Epoch);
        Assert.Equal(0, f.Server.Sessions.SessionCount);
    }

    [Fact]
    public void Stats_tell_what_is_in_the_pool()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        ServerFixture.JoinOk(client, SegmentBytes);
        ServerFixture.Put(client, "a", 5000);
        int length = ReleasesRequest.Encode(client.Payload(ReleasesRequest.SizeBytes(0)), default);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Stats, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(StatsReply.TryDecode(payload, out StatsReply reply));
        Assert.Equal(1, reply.Totals.ObjectCount);
        Assert.Equal(SegmentBytes, reply.Totals.CapacityBytes);
        Assert.Equal(8192, reply.Segments[0].AllocatedBytes);
        Assert.Equal(1, reply.Totals.SessionCount);
    }
}
