using MemCache.Core;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.Protocol;

public class MessageTests
{
    private readonly byte[] _room = new byte[Limits.FrameBytesMax];

    [Fact]
    public void Keys_request_travels_whole_and_illegal_keys_stay_in_their_place()
    {
        var keys = new KeyBatch("alpha", "", new string('x', 257), "beta");
        LeaseRelease[] releases = [new() { Ref = new ObjectRef(7), Generation = 8 }];
        int length = KeysRequest.Encode(_room, releases, keys.Spans);
        Assert.InRange(length, 1, KeysRequest.SizeBytes(1, keys.Spans));
        Assert.True(KeysRequest.TryDecode(_room.AsSpan(0, length), out KeysRequest request));
        Assert.Equal(4, request.Keys.Count);
        Assert.Equal(8UL, request.Releases[0].Generation);
        Assert.True(request.Keys.TryGet(0, out ReadOnlySpan<byte> first));
        Assert.True(first.SequenceEqual("alpha"u8));
        Assert.False(request.Keys.TryGet(1, out _));
        Assert.False(request.Keys.TryGet(2, out _));
        Assert.True(request.Keys.TryGet(3, out ReadOnlySpan<byte> last));
        Assert.True(last.SequenceEqual("beta"u8));
    }

    [Fact]
    public void Keys_request_of_one_key_has_its_golden_bytes()
    {
        int length = KeysRequest.Encode(_room, default, new KeyBatch("ab").Spans);
        Assert.Equal(
            "0000000000000000" + "0100000002000000" + "02000000" + "6162" + "0000", Convert.ToHexString(_room.AsSpan(0, length)));
    }

    [Fact]
    public void Largest_legal_batch_fits_one_frame_both_ways()
    {
        var keys = new KeyBatch();
        for (int i = 0; i < Limits.BatchCountMax; i++)
        {
            keys.Add(new string('k', Limits.KeyBytesMax));
        }

        var releases = new LeaseRelease[Limits.LeaseReleaseCountMax];
        long[] sizes = new long[keys.Count];
        int length = ReserveRequest.Encode(_room, releases, keys.Spans, sizes, default, Medium.Dram);
        Assert.InRange(length, 1, Limits.FrameBytesMax);
        Assert.True(ReserveRequest.TryDecode(_room.AsSpan(0, length), out _));
        Assert.InRange(LocationsReply.SizeBytesMax(Limits.BatchCountMax), 1, Limits.FrameBytesMax);
    }

    [Fact]
    public void Reserve_request_carries_its_options()
    {
        var keys = new KeyBatch("a", "b");
        var options = new ReplicateOptions(3, new RankId(4), new RankId(9)) { Pin = ObjectPin.Hard, TtlMs = 77_000 };
        int length = ReserveRequest.Encode(_room, default, keys.Spans, [10, 20], options, Medium.Ssd);
        Assert.True(ReserveRequest.TryDecode(_room.AsSpan(0, length), out ReserveRequest request));
        Assert.Equal(3, request.Options.ReplicaCount);
        Assert.Equal(2, request.Options.PreferredCount);
        Assert.Equal(new RankId(9), request.Options.PreferredRank(1));
        Assert.Equal((ObjectPin.Hard, 77_000), (request.Options.Pin, request.Options.TtlMs));
        Assert.Equal(Medium.Ssd, request.Medium);
        Assert.Equal([10, 20], request.Sizes.ToArray());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(ObjectPin.None, 0)]
    [InlineData(ObjectPin.Hard, null)]
    [InlineData(null, 5)]
    public void Pin_request_tells_what_stays_from_what_is_nothing(ObjectPin? pin, int? ttlMs)
    {
        var keys = new KeyBatch("a", "b");
        int length = PinRequest.Encode(_room, [default], keys.Spans, pin, ttlMs);
        Assert.InRange(length, 1, PinRequest.SizeBytes(1, keys.Spans));
        Assert.True(PinRequest.TryDecode(_room.AsSpan(0, length), out PinRequest request));
        Assert.Equal((pin, ttlMs, 2, 1), (request.Pin, request.TtlMs, request.Keys.Count, request.Releases.Length));
        Assert.False(PinRequest.TryDecode(_room.AsSpan(0, length - 1), out _));
        Assert.False(PinRequest.TryDecode(_room.AsSpan(0, length + 8), out _));
    }

    [Fact]
    public void Sizes_that_do_not_match_the_keys_are_not_encoded()
    {
        Assert.Equal(-1, ReserveRequest.Encode(_room, default, new KeyBatch("a").Spans, [1, 2], default, Medium.Dram));
    }

    [Fact]
    public void Lookup_request_carries_its_lease()
    {
        int length = LookupRequest.Encode(_room, default, new KeyBatch("a").Spans, 1234);
        Assert.True(LookupRequest.TryDecode(_room.AsSpan(0, length), out LookupRequest request));
        Assert.Equal(1234, request.LeaseMs);
        length = LookupRequest.Encode(_room, default, new KeyBatch("a").Spans, -2);
        Assert.False(LookupRequest.TryDecode(_room.AsSpan(0, length), out _));
    }

    [Fact]
    public void Commit_request_and_statuses_reply_travel_whole()
    {
        CommitEntry[] entries = [new() { Ref = new ObjectRef(1), Generation = 2, Publish = 1 }, new() { Ref = new ObjectRef(3) }];
        int length = CommitRequest.Encode(_room, default, entries);
        Assert.Equal(CommitRequest.SizeBytes(0, 2), length);
        Assert.True(CommitRequest.TryDecode(_room.AsSpan(0, length), out CommitRequest request));
        Assert.Equal(2UL, request.Entries[0].Generation);
        length = StatusesReply.Begin(_room, 3, out Span<MmcStatus> statuses);
        statuses[0] = MmcStatus.Ok;
        statuses[1] = MmcStatus.Timeout;
        statuses[2] = MmcStatus.ReservationRevoked;
        Assert.Equal(StatusesReply.SizeBytes(3), length);
        Assert.True(StatusesReply.TryDecode(_room.AsSpan(0, length), 3, out ReadOnlySpan<MmcStatus> read));
        Assert.Equal(MmcStatus.ReservationRevoked, read[2]);
        Assert.False(StatusesReply.TryDecode(_room.AsSpan(0, length), 2, out _));
    }

    [Fact]
    public void Locations_reply_shows_each_object_its_replicas()
    {
        Assert.True(LocationsReply.Begin(_room, 2, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas));
        objects[0] = new ObjectLocation { Status = MmcStatus.ObjectNotFound, FirstReplicaIndex = 99 };
        objects[1] = new ObjectLocation { Status = MmcStatus.Ok, ReplicaCount = 2, SizeBytes = 5 };
        replicas[1] = new ReplicaLocation { Segment = new SegmentId(6), Offset = 4096 };
        int length = LocationsReply.End(_room, 2, 2);
        Assert.True(LocationsReply.TryDecode(_room.AsSpan(0, length), 2, out LocationsReply reply));
        Assert.True(reply.ReplicasOf(0).IsEmpty);
        Assert.Equal(4096, reply.ReplicasOf(1)[1].Offset);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 0)]
    [InlineData(2, 1)]
    [InlineData(1, uint.MaxValue)]
    public void Locations_reply_with_a_range_outside_its_list_is_refused(int replicaCount, uint first)
    {
        Assert.True(LocationsReply.Begin(_room, 1, out Span<ObjectLocation> objects, out _));
        objects[0] = new ObjectLocation { ReplicaCount = (ushort)replicaCount, FirstReplicaIndex = first };
        int length = LocationsReply.End(_room, 1, 2);
        Assert.False(LocationsReply.TryDecode(_room.AsSpan(0, length), 1, out _));
    }

    [Fact]
    public void Join_travels_whole()
    {
        var uuid = Guid.NewGuid();
        var request = new JoinRequest
        {
            ProvidesMemory = true,
            Medium = Medium.Dram,
            WantedRank = new RankId(5),
            SlotCount = 100,
            DataBytes = 1 << 21,
            SegmentUuid = uuid,
            ProcessId = 42,
            SegmentFileName = "mmc-seg-1"u8,
            LivenessFileName = "mmc-live-1"u8,
            HostId = "boot/dev"u8,
            SoftwareVersion = "1.0"u8,
            HasContent = true,
            GenerationSeen = 1UL << 59,
        };
        int length = request.Encode(_room);
        Assert.InRange(length, 1, request.SizeBytes);
        Assert.True(JoinRequest.TryDecode(_room.AsSpan(0, length), out JoinRequest read));
        Assert.Equal(uuid, read.SegmentUuid);
        Assert.Equal(42, read.ProcessId);
        Assert.True(read.HostId.SequenceEqual("boot/dev"u8));
        Assert.True(read.HasContent);
        Assert.Equal(1UL << 59, read.GenerationSeen);
        var reply = new JoinReply
        {
            Session = new SessionId(3),
            Rank = new RankId(5),
            Segment = new SegmentId(6),
            InstanceId = 7,
            HeartbeatMs = 8,
            SilenceMs = 9,
            LeaseMs = 10,
            RegistryVersion = 11,
            GenerationFloor = 12,
            UnixSocketPath = "/tmp/x.sock"u8,
        };
        length = reply.Encode(_room);
        Assert.InRange(length, 1, reply.SizeBytes);
        Assert.True(JoinReply.TryDecode(_room.AsSpan(0, length), out JoinReply readReply));
        Assert.Equal(11UL, readReply.RegistryVersion);
        Assert.Equal(12UL, readReply.GenerationFloor);
        Assert.True(readReply.UnixSocketPath.SequenceEqual("/tmp/x.sock"u8));
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    public void A_file_name_that_leads_elsewhere_is_refused(string name)
    {
        var request = new JoinRequest { SegmentFileName = System.Text.Encoding.UTF8.GetBytes(name) };
        int length = request.Encode(_room);
        Assert.False(JoinRequest.TryDecode(_room.AsSpan(0, length), out _));
    }

    [Fact]
    public void Heartbeat_reply_names_the_writers_of_its_orphans()
    {
        OrphanEntry[] orphans =
            [new() { Session = new SessionId(1), Slot = 4 }, new() { Session = new SessionId(2), Generation = 5 }];
        var writer = new PayloadWriter(_room);
        RetireEntry[] retired = [new() { Slot = 8, Generation = 9 }];
        HeartbeatReply.Begin(ref writer, 77, new HeartbeatNews(5, 6, 7, 8), orphans, retired, 1);
        HeartbeatReply.WriteWriter(ref writer, new SessionId(2), "live-2"u8);
        Assert.True(HeartbeatReply.TryDecode(_room.AsSpan(0, writer.Length), out HeartbeatReply reply));
        Assert.Equal(77UL, reply.RegistryVersion);
        Assert.Equal(2, reply.Orphans.Length);
        Assert.Equal(new HeartbeatNews(5, 6, 7, 8), reply.News);
        Assert.Equal(9UL, Assert.Single(reply.Retirements.ToArray()).Generation);
        Assert.True(reply.LivenessFileNameOf(new SessionId(2)).SequenceEqual("live-2"u8));
        Assert.True(reply.LivenessFileNameOf(new SessionId(1)).IsEmpty);
    }

    [Fact]
    public void Moves_travel_with_their_keys_and_sources_and_a_range_outside_is_refused()
    {
        MoveEntry[] moves =
        [
            new() { SizeBytes = 5, SourceCount = 2, ReplicaCount = 3, ReplicaIndex = 2, PutGeneration = 9 },
            new() { SizeBytes = 6, FirstSourceIndex = 2, SourceCount = 1, ReplicaCount = 1 },
        ];
        ReplicaLocation[] sources = [new() { Slot = 1 }, new() { Slot = 2 }, new() { Slot = 3 }];
        KeySpans keys = new KeyBatch("a", "bc").Spans;
        int length = MovesReply.Encode(_room, moves, sources, keys);
        Assert.InRange(length, 1, MovesReply.SizeBytes(2, 3, keys));
        Assert.True(MovesReply.TryDecode(_room.AsSpan(0, length), out MovesReply reply));
        Assert.Equal(9UL, reply.Moves[0].PutGeneration);
        Assert.Equal(3U, Assert.Single(reply.SourcesOf(1).ToArray()).Slot);
        Assert.True(reply.Keys[1].SequenceEqual("bc"u8));

        moves[1].SourceCount = 2;
        length = MovesReply.Encode(_room, moves, sources, keys);
        Assert.False(MovesReply.TryDecode(_room.AsSpan(0, length), out _));
        moves[1] = moves[0] with { ReplicaIndex = 3 };
        length = MovesReply.Encode(_room, moves, sources, keys);
        Assert.False(MovesReply.TryDecode(_room.AsSpan(0, length), out _));
        length = MovesReply.Encode(_room, [moves[0]], sources, keys);
        Assert.False(MovesReply.TryDecode(_room.AsSpan(0, length), out _));
    }

    [Fact]
    public void Leaving_in_steps_travels()
    {
        int length = new LeaveRequest(new SessionId(3), LeaveMode.AskMove).Encode(_room);
        Assert.True(LeaveRequest.TryDecode(_room.AsSpan(0, length), out LeaveRequest leave));
        Assert.Equal(new LeaveRequest(new SessionId(3), LeaveMode.AskMove), leave);
        length = new LeaveRequest(new SessionId(3), (LeaveMode)3).Encode(_room);
        Assert.False(LeaveRequest.TryDecode(_room.AsSpan(0, length), out _));
        length = new LeaveReply(LeaveReply.Ended, 7).Encode(_room);
        Assert.True(LeaveReply.TryDecode(_room.AsSpan(0, length), out LeaveReply reply));
        Assert.Equal(new LeaveReply(LeaveReply.Ended, 7), reply);
        length = new MovesRequest(4, 5).Encode(_room);
        Assert.True(MovesRequest.TryDecode(_room.AsSpan(0, length), out MovesRequest moves));
        Assert.Equal(new MovesRequest(4, 5), moves);
    }

    [Fact]
    public void Restore_travels_with_a_key_for_each_entry()
    {
        RestoreEntry[] entries = [new() { Slot = 1, Held = 1 }, new() { Slot = 2, Generation = 3, ReplicaCount = 1 }];
        KeySpans keys = new KeyBatch("", "key").Spans;
        int length = RestoreRequest.Encode(_room, entries, keys);
        Assert.InRange(length, 1, RestoreRequest.SizeBytes(2, keys));
        Assert.True(RestoreRequest.TryDecode(_room.AsSpan(0, length), out RestoreRequest read));
        Assert.True(read.Entries[0].IsHeld);
        Assert.Equal(3UL, read.Entries[1].Generation);
        Assert.True(read.Keys[1].SequenceEqual("key"u8));

        length = RestoreRequest.Encode(_room, entries, new KeyBatch("one too few").Spans);
        Assert.False(RestoreRequest.TryDecode(_room.AsSpan(0, length), out _));
    }

    [Fact]
    public void Segments_reply_lists_every_segment()
    {
        var entry = new SegmentEntry
        {
            Segment = new SegmentId(1),
            Rank = new RankId(2),
            Medium = Medium.Dram,
            SlotCount = 3,
            DataBytes = 4096,
            Uuid = Guid.NewGuid(),
            FileName = "seg"u8,
            HostId = "host"u8,
        };
        var writer = new PayloadWriter(_room);
        SegmentsReply.Begin(ref writer, 5, 2);
        entry.Write(ref writer);
        entry.Write(ref writer);
        Assert.True(SegmentsReply.TryDecode(_room.AsSpan(0, writer.Length), out SegmentsReply reply));
        Assert.True(reply.TryNext(out SegmentEntry first));
        Assert.Equal(entry.Uuid, first.Uuid);
        Assert.True(reply.TryNext(out _));
        Assert.False(reply.TryNext(out _));
    }

    [Fact]
    public void Stats_reply_travels_whole()
    {
        SegmentUsage[] segments = [new() { Segment = new SegmentId(1), CapacityBytes = 10, AllocatedBytes = 5 }];
        int length = StatsReply.Encode(_room, new PoolTotals { ObjectCount = 3, UptimeMs = 4 }, segments);
        Assert.Equal(StatsReply.SizeBytes(1), length);
        Assert.True(StatsReply.TryDecode(_room.AsSpan(0, length), out StatsReply reply));
        Assert.Equal(3, reply.Totals.ObjectCount);
        Assert.Equal(4, reply.Totals.UptimeMs);
        Assert.Equal(5, reply.Segments[0].AllocatedBytes);
    }

    [Fact]
    public void An_encoder_that_does_not_fit_says_so()
    {
        var keys = new KeyBatch("some key");
        Assert.Equal(-1, KeysRequest.Encode(_room.AsSpan(0, 20), default, keys.Spans));
        Assert.Equal(-1, new HelloRequest(new SessionId(1), 2).Encode(_room.AsSpan(0, 15)));
        Assert.Equal(-1, StatusesReply.Begin(_room.AsSpan(0, 8), 1, out _));
        Assert.False(LocationsReply.Begin(_room.AsSpan(0, 8), 1, out _, out _));
    }

    [Fact]
    public void Error_text_is_cut_at_its_limit()
    {
        int length = ErrorReply.Encode(_room, new byte[5000]);
        Assert.InRange(length, 1, ErrorReply.SizeBytesMax);
        Assert.True(ErrorReply.TryDecode(_room.AsSpan(0, length), out ReadOnlySpan<byte> text));
        Assert.Equal(WireLimits.ErrorTextBytesMax, text.Length);
        Assert.True(ErrorReply.TryDecode(default, out _));
    }
}
