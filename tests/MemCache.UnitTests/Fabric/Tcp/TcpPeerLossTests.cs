using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>Peers that are gone, come back, or stop in the middle.</summary>
public sealed class TcpPeerLossTests
{
    [Fact]
    public void Nobody_there_fails_at_once_until_somebody_is()
    {
        using var f = new TcpFixture();
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(3000));
        f.Server.Dispose();
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        f.Batch.AddPut(f.Remote, TcpFixture.Blob(2, 6, 10, 3000), TcpFixture.Identity(), layers);
        Assert.Equal([MmcStatus.LinkNotFound, MmcStatus.LinkNotFound], f.Run());
        Assert.False(f.Remote.IsReachable);
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.LinkNotFound], f.Run(deadline: 0));

        f.RestartServer(f.View);
        TcpFixture.Eventually(() => f.Remote.IsReachable, "the peer is found again");
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.Ok], f.Run());
    }

    [Fact]
    public void A_peer_that_has_another_segment_now_is_not_asked()
    {
        using var f = new TcpFixture();
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(3000));
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.Ok], f.Run());
        f.Server.Serve(f.AnotherSegment().View);
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.NotConnectedToLocal], f.Run()); // on the connection that was open
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.NotConnectedToLocal], f.Run()); // on a new one
        Assert.False(f.Remote.IsReachable);
        f.Server.Serve(f.View);
        TcpFixture.Eventually(() => f.Remote.IsReachable, "the segment is found again");
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.Ok], f.Run());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pooled_connection_of_a_restarted_peer_is_replaced(bool reads)
    {
        using var f = new TcpFixture();
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(3000));
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.Ok], f.Run());
        f.RestartServer(f.View);
        if (reads)
        {
            f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        }
        else
        {
            f.Batch.AddPut(f.Remote, TcpFixture.Blob(2, 6, 10, 3000), TcpFixture.Identity(), layers);
        }

        Assert.Equal([MmcStatus.Ok], f.Run());
        Assert.True(f.Remote.IsReachable);
    }

    [Fact]
    public void A_peer_that_says_nothing_costs_one_timeout()
    {
        using var f = new TcpFixture(transport: options => options with { PeerTimeoutMs = 50, ConnectTimeoutMs = 50 });
        using var mute = new FakePeer(socket => FakePeer.Greet(socket));
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), mute.Address);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(3000));
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        f.Batch.AddRead(remote, 0, 5, layers);
        f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
        Assert.Equal([MmcStatus.Timeout, MmcStatus.Ok], f.Run());
        Assert.True(f.Remote.IsReachable);
        Assert.Equal(1, f.Transport.Statistics.Refusals);
    }

    [Fact]
    public void A_peer_that_does_not_greet_is_not_reachable()
    {
        using var f = new TcpFixture(transport: options => options with { ConnectTimeoutMs = 50 });
        using var mute = new FakePeer(_ => { });
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), mute.Address);
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(f.Memory(3000)));
        Assert.Equal([MmcStatus.LinkNotFound], f.Run());
        Assert.False(remote.IsReachable);
    }

    [Fact]
    public void The_deadline_ends_a_batch_and_leaves_the_peer_alone()
    {
        using var f = new TcpFixture();
        using var mute = new FakePeer(socket => FakePeer.Greet(socket));
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), mute.Address);
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(f.Memory(3000)));
        Assert.Equal([MmcStatus.Timeout], f.Run(deadline: Deadline.In(50)));
        Assert.True(remote.IsReachable);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DataReply.SizeBytes)]
    [InlineData(DataReply.SizeBytes + 1000)]
    [InlineData(DataReply.SizeBytes + 100_000)]
    [InlineData(DataReply.SizeBytes + 100_000 + 5)]
    public void A_peer_that_dies_in_the_middle_of_a_read_fails_it(int sentBytes)
    {
        using var f = new TcpFixture();
        using var dying = new FakePeer(socket =>
        {
            FakePeer.Greet(socket);
            byte[] request = FakePeer.Receive(socket, DataRequest.SizeBytes);
            _ = DataRequest.Read(request, out DataRequest asked);
            byte[] answer = new byte[DataReply.SizeBytes + 100_000 + DataTrailer.SizeBytes];
            new DataReply(asked.Opcode, asked.RequestId, MmcStatus.Ok, 100_000).Write(answer);
            _ = socket.Send(answer.AsSpan(0, sentBytes));
            socket.Close();
        });
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), dying.Address);
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(f.Memory(100_000), 3));
        Assert.Equal([MmcStatus.LinkNotFound], f.Run());
    }

    [Theory]
    [InlineData(1, 0)] // another request's
    [InlineData(0, 1)] // another size
    public void An_answer_to_something_else_is_not_taken(int idAdded, int sizeAdded)
    {
        using var f = new TcpFixture();
        using var wrong = new FakePeer(socket =>
        {
            FakePeer.Greet(socket);
            _ = DataRequest.Read(FakePeer.Receive(socket, DataRequest.SizeBytes), out DataRequest asked);
            byte[] answer = new byte[DataReply.SizeBytes + 3000 + DataTrailer.SizeBytes];
            new DataReply(asked.Opcode, asked.RequestId + (ulong)idAdded, MmcStatus.Ok, 3000 + sizeAdded).Write(answer);
            _ = socket.Send(answer);
        });
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), wrong.Address);
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(f.Memory(3000)));
        Assert.Equal([MmcStatus.LinkNotFound], f.Run());
    }

    [Fact]
    public void An_address_that_is_none_is_not_reachable()
    {
        using var f = new TcpFixture();
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), "nonsense");
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(f.Memory(3000)));
        Assert.Equal([MmcStatus.LinkNotFound], f.Run());
        Assert.False(remote.IsReachable);
    }

    [Fact]
    public void What_is_given_up_touches_no_buffer_any_more()
    {
        using var f = new TcpFixture();
        var release = new ManualResetEventSlim();
        using var slow = new FakePeer(socket =>
        {
            FakePeer.Greet(socket);
            _ = DataRequest.Read(FakePeer.Receive(socket, DataRequest.SizeBytes), out DataRequest asked);
            byte[] answer = new byte[DataReply.SizeBytes];
            new DataReply(asked.Opcode, asked.RequestId, MmcStatus.Ok, 100_000).Write(answer);
            _ = socket.Send(answer);
            _ = socket.Send(TcpFixture.Bytes(50_000, 7));
            release.Wait();
            try
            {
                _ = socket.Send(TcpFixture.Bytes(50_000, 7));
            }
            catch (SocketException)
            {
                return;
            }
        });
        using RemoteSegment remote = f.Transport.Open(f.View.Uuid, new RankId(2), slow.Address);
        NativeBuffer memory = f.Memory(100_000);
        f.Batch.AddRead(remote, 0, 5, TcpFixture.Layers(memory));
        Assert.Equal([MmcStatus.Timeout], f.Run(deadline: Deadline.In(100)));
        byte[] before = memory.Slice(0, 100_000).ToArray();
        release.Set();
        Assert.Equal(before, memory.Slice(0, 100_000));
    }
}
