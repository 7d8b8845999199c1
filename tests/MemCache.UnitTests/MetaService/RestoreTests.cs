using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Joining with content over real sockets.</summary>
public sealed class RestoreTests
{
    private const long SegmentBytes = 2 << 20;

    private readonly Guid _uuid = Guid.NewGuid();

    [Fact]
    public void What_a_segment_holds_is_readable_after_it_was_told_and_placed_into_after_the_end()
    {
        using var f = new ServerFixture();
        using MetaConnection member = f.Connect();
        Assert.Equal(MmcStatus.Ok, Join(member, seen: 5000, out _, out ulong floor));
        Assert.True(floor > 5000);
        Assert.Equal([MmcStatus.Ok, MmcStatus.BlobChanged], Restore(member, Entry(1, 10, page: 3), Entry(2, 11, page: 3)));
        Assert.Equal([MmcStatus.Ok, MmcStatus.ObjectNotFound], ServerFixture.Exists(member, "k1", "k2"));
        Assert.Equal(MmcStatus.AllocationFailed, ServerFixture.Reserve(member, "new", 1, out _).Status);
        Assert.Equal(MmcStatus.Ok, EndRestore(member));
        Assert.Equal(MmcStatus.StateMismatch, EndRestore(member));
        Assert.Equal(MmcStatus.Ok, ServerFixture.Reserve(member, "new", 1, out ReplicaLocation replica).Status);
        Assert.True(replica.Generation >= floor);
    }

    [Fact]
    public void A_file_is_never_mounted_twice_and_only_its_own_client_ends_the_earlier_session()
    {
        using var f = new ServerFixture();
        using MetaConnection first = f.Connect();
        using MetaConnection second = f.Connect();
        Assert.Equal(MmcStatus.Ok, Join(first, seen: 0, out RankId rank, out ulong floor));
        Assert.Equal(MmcStatus.InvalidParameter, Join(second, seen: 0, out _, out _, liveness: "stranger"));
        Assert.Equal(1, f.Server.Sessions.SessionCount);
        Assert.Equal(MmcStatus.Ok, Join(second, seen: floor, out RankId again, out ulong floorAgain));
        Assert.Equal(rank, again);
        Assert.True(floorAgain > floor);
        Assert.Equal(1, f.Server.Sessions.SessionCount);
        Assert.Equal(MmcStatus.NotConnectedToMeta, EndRestore(first));
        Assert.Equal(MmcStatus.Ok, EndRestore(second));
    }

    [Fact]
    public void Only_the_connection_that_joined_speaks_for_a_segment()
    {
        using var f = new ServerFixture();
        using MetaConnection member = f.Connect();
        Joined joined = ServerFixture.JoinOk(member, SegmentBytes);
        using MetaConnection data = f.Connect();
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, joined.Session, joined.InstanceId));
        Assert.Equal(MmcStatus.NotConnectedToMeta, EndRestore(data));
        Assert.Equal(MmcStatus.StateMismatch, EndRestore(member));
        using MetaConnection nobody = f.Connect();
        Assert.Equal(MmcStatus.NotConnectedToMeta, EndRestore(nobody));
    }

    [Fact]
    public void A_generation_from_far_in_the_future_is_refused()
    {
        using var f = new ServerFixture();
        using MetaConnection member = f.Connect();
        Assert.Equal(MmcStatus.InvalidParameter, Join(member, seen: Limits.GenerationMax, out _, out _));
        Assert.Equal(MmcStatus.InvalidParameter, Join(member, seen: ulong.MaxValue, out _, out _));
        Assert.Equal(MmcStatus.Ok, Join(member, seen: 1, out _, out _));
    }

    private MmcStatus Join(MetaConnection connection, ulong seen, out RankId rank, out ulong floor, string liveness = "live")
    {
        var request = new JoinRequest
        {
            ProvidesMemory = true,
            Medium = Medium.Dram,
            WantedRank = RankId.None,
            SlotCount = (uint)(SegmentBytes >> 12),
            DataBytes = SegmentBytes,
            SegmentUuid = _uuid,
            SegmentFileName = "segment"u8,
            LivenessFileName = Encoding.UTF8.GetBytes(liveness),
            HostId = "host"u8,
            HasContent = true,
            GenerationSeen = seen,
        };
        int length = request.Encode(connection.Payload(request.SizeBytes));
        MmcStatus status = connection.Call(Opcode.Join, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload);
        (rank, floor) = (RankId.None, 0);
        if (status == MmcStatus.Ok)
        {
            Assert.True(JoinReply.TryDecode(payload, out JoinReply reply));
            (rank, floor) = (reply.Rank, reply.GenerationFloor);
        }

        return status;
    }

    private static MmcStatus[] Restore(MetaConnection connection, params RestoreEntry[] entries)
    {
        KeySpans keys = new KeyBatch([.. entries.Select(entry => $"k{entry.Slot}")]).Spans;
        int length = RestoreRequest.Encode(
            connection.Payload(RestoreRequest.SizeBytes(entries.Length, keys)), entries, keys);
        Assert.Equal(MmcStatus.Ok, connection.Call(Opcode.Restore, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(StatusesReply.TryDecode(payload, entries.Length, out ReadOnlySpan<MmcStatus> statuses));
        return statuses.ToArray();
    }

    private static MmcStatus EndRestore(MetaConnection connection)
    {
        _ = connection.Payload(0);
        return connection.Call(Opcode.EndRestore, 0, ServerFixture.Soon, out _);
    }

    private static RestoreEntry Entry(uint slot, ulong generation, int page) => new()
    {
        Slot = slot,
        Generation = generation,
        PutGeneration = generation,
        Offset = page * 4096L,
        SizeBytes = 100,
        ReplicaCount = 1,
    };
}
