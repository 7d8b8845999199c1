using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;
using MemCache.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class SegmentHandlesTests : IDisposable
{
    private static readonly Guid Uuid = Guid.NewGuid();

    private readonly FakeTransport _transport = new();
    private readonly SegmentHandles _handles;

    public SegmentHandlesTests() =>
        _handles = new SegmentHandles(new SegmentPaths("/dev/shm", "here/1:2/0", _transport, NullLogger.Instance));

    public void Dispose()
    {
        _handles.Dispose();
        _transport.Dispose();
    }

    [Fact]
    public void A_segment_keeps_its_way_under_another_number_and_in_the_next_session()
    {
        using var first = new SegmentMap(_handles);
        Apply(first, 1, Entry(segment: 3, rank: 0, "tcp://10.0.0.2:7000"));
        SegmentHandle handle = first.Find(new SegmentId(3))!;
        RemoteSegment? way = handle.Remote;
        Assert.Equal("tcp://10.0.0.2:7000", Assert.IsType<FakeSegment>(way).Address);
        Apply(first, 2, Entry(segment: 4, rank: 0, "tcp://10.0.0.2:7000"));
        Assert.Null(first.Find(new SegmentId(3)));
        Assert.Same(handle, first.Find(new SegmentId(4)));

        first.Dispose();
        using var second = new SegmentMap(_handles);
        Apply(second, 1, Entry(segment: 0, rank: 7, "tcp://10.0.0.2:7000"));
        Assert.Same(handle, second.Find(new SegmentId(0)));
        Assert.Same(way, handle.Remote);
        Assert.Equal(new RankId(7), handle.Rank);

        Apply(second, 2, []);
        Apply(second, 3, Entry(segment: 0, rank: 7, "tcp://10.0.0.2:7000"));
        Assert.NotSame(handle, second.Find(new SegmentId(0)));
    }

    [Fact]
    public void A_new_address_is_a_new_way()
    {
        using var first = new SegmentMap(_handles);
        Apply(first, 1, Entry(segment: 3, rank: 0, "tcp://10.0.0.2:7000"));
        _ = first.Find(new SegmentId(3))!.Remote;
        using var second = new SegmentMap(_handles);
        Apply(second, 1, Entry(segment: 3, rank: 0, "tcp://10.0.0.3:7000"));
        Assert.Equal("tcp://10.0.0.3:7000", Assert.IsType<FakeSegment>(second.Find(new SegmentId(3))!.Remote).Address);
    }

    [Fact]
    public void A_segment_of_this_host_is_never_reached_over_the_network()
    {
        using var map = new SegmentMap(_handles);
        Apply(map, 1, Entry(segment: 3, rank: 0, "tcp://10.0.0.2:7000", hostId: "here/1:2/0"));
        SegmentHandle handle = map.Find(new SegmentId(3))!;
        Assert.Null(handle.Remote);
        Assert.False(handle.TryAcquire(out _));
    }

    [Theory]
    [InlineData("there/1:2/0", "it lies on another host")]
    [InlineData("here/1:3/0", "it lies in another shared-memory directory, of another container perhaps")]
    [InlineData("here/1:2/1000", "it belongs to user 1000")]
    [InlineData("strange", "it lies on another host")]
    public void What_keeps_a_file_from_being_mapped_is_named(string other, string reason) =>
        Assert.Equal(reason, HostIdentity.Difference("here/1:2/0", other));

    private static void Apply(SegmentMap map, ulong version, params byte[][] entries)
    {
        byte[] payload = new byte[4096];
        var writer = new PayloadWriter(payload);
        SegmentsReply.Begin(ref writer, version, entries.Length);
        int length = writer.Length;
        foreach (byte[] entry in entries)
        {
            entry.CopyTo(payload.AsSpan(length));
            length += entry.Length;
        }

        Assert.True(SegmentsReply.TryDecode(payload.AsSpan(0, length), out SegmentsReply reply));
        map.Apply(ref reply, null);
    }

    private static byte[] Entry(ushort segment, ushort rank, string address, string hostId = "there/1:2/0")
    {
        byte[] bytes = new byte[512];
        var writer = new PayloadWriter(bytes);
        new SegmentEntry
        {
            Segment = new SegmentId(segment),
            Rank = new RankId(rank),
            Medium = Medium.Dram,
            SlotCount = 512,
            DataBytes = 2 << 20,
            Uuid = Uuid,
            FileName = Encoding.UTF8.GetBytes($"mmc-{Uuid:N}.segment"),
            HostId = Encoding.UTF8.GetBytes(hostId),
            DataAddress = Encoding.UTF8.GetBytes(address),
        }.Write(ref writer);
        return bytes[..writer.Length];
    }
}
