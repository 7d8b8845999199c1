using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>The owner's side against peers that do not behave.</summary>
public sealed class TcpDataServerTests
{
    private const int LargeBytes = 3 << 20;

    [Fact]
    public void Replies_of_requests_sent_together_come_in_order()
    {
        using var f = new TcpFixture();
        BlobLocation small = f.Store(1, 5, 0, 3000, seed: 1);
        BlobLocation large = f.Store(2, 6, 10, LargeBytes, seed: 2);
        var peer = new RawPeer(f);
        byte[] together =
        [
            .. peer.Bytes(RawPeer.Read(small)), .. peer.Bytes(RawPeer.Read(large)), .. peer.Bytes(RawPeer.Read(small with { Generation = 4 })),
            .. peer.Bytes(RawPeer.Put(TcpFixture.Blob(3, 7, 2000, 2)), "kxy"u8), .. peer.Bytes(RawPeer.Read(small)),
        ];
        peer.Send(together);
        foreach (ulong id in (ulong[])[1, 2, 3, 4, 5])
        {
            DataReply reply = peer.ReceiveReply();
            Assert.Equal((id, id == 3 ? MmcStatus.BlobChanged : MmcStatus.Ok), (reply.RequestId, reply.Status));
            if (reply.PayloadBytes > 0)
            {
                Assert.Equal(
                    TcpFixture.Bytes((int)reply.PayloadBytes, (byte)(id == 2 ? 2 : 1)), peer.Receive((int)reply.PayloadBytes));
                Assert.Equal(MmcStatus.Ok, peer.ReceiveTrailer().Status);
            }
        }
    }

    [Fact]
    public void A_large_read_whose_pages_change_under_way_says_so_behind_its_bytes()
    {
        using var f = new TcpFixture(64 << 20, server: options => options with { SendBufferBytes = 64 << 10 });
        BlobLocation blob = f.Store(1, 5, 0, 40 << 20, seed: 1);
        var peer = new RawPeer(f);
        peer.Send(RawPeer.Read(blob));
        Assert.Equal(MmcStatus.Ok, peer.ReceiveReply().Status);
        f.Store(2, 6, 9000, 100, seed: 2); // one of its last pages
        _ = peer.Receive(40 << 20);
        Assert.Equal(MmcStatus.BlobChanged, peer.ReceiveTrailer().Status);
        Assert.Equal(1, f.Server.Statistics.ReadsChanged);
    }

    [Fact]
    public void A_connection_that_ends_in_the_middle_of_a_put_frees_the_slot()
    {
        using var f = new TcpFixture();
        BlobLocation blob = TcpFixture.Blob(3, 7, 4, LargeBytes);
        RawPeer peer = BeginPut(f, blob);
        Assert.Equal(OrphanState.Pending, f.Server.ResolveOrphan(f.View, 3, 7, writerIsDead: true));
        Assert.Equal(new SlotWord(7, SlotState.Writing), f.Word(3));
        peer.Close();
        TcpFixture.Eventually(() => !f.Server.IsReceiving(3, 7), "the receive ends");
        Assert.Equal(new SlotWord(7, SlotState.Free), f.Word(3));
        Assert.Equal(OrphanState.Finished, f.Server.ResolveOrphan(f.View, 3, 7, writerIsDead: true));
    }

    [Fact]
    public void A_put_that_stalls_is_given_up()
    {
        using var f = new TcpFixture(server: options => options with { StallDeadlineMs = 50 });
        RawPeer peer = BeginPut(f, TcpFixture.Blob(3, 7, 4, LargeBytes));
        TcpFixture.Eventually(() => f.Word(3) == new SlotWord(7, SlotState.Free), "the slot is freed");
        Assert.False(f.Server.IsReceiving(3, 7));
        peer.ExpectEnd();
        Assert.Equal(1, f.Server.Statistics.Refusals);
    }

    [Fact]
    public void A_byte_now_and_then_does_not_keep_a_put_alive()
    {
        using var f = new TcpFixture(server: options => options with { StallDeadlineMs = 100, BytesPerSecondMin = 1 << 30 });
        RawPeer peer = BeginPut(f, TcpFixture.Blob(3, 7, 4, LargeBytes));
        TcpFixture.Eventually(
            () =>
            {
                try
                {
                    peer.Send([1]);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return true;
                }

                return false;
            },
            "the server closes");
        TcpFixture.Eventually(() => f.Word(3) == new SlotWord(7, SlotState.Free), "the slot is freed");
    }

    [Fact]
    public void A_slot_that_is_revoked_under_way_gets_no_further_byte()
    {
        using var f = new TcpFixture();
        BlobLocation blob = TcpFixture.Blob(3, 7, 4, LargeBytes);
        RawPeer peer = BeginPut(f, blob);
        long stored = f.Server.Statistics.BytesIn;
        // As if another process had: the server's own way out would have been to wait.
        Assert.Equal(OrphanState.WriterDead, f.View.ResolveOrphan(3, 7, writerIsDead: true));
        peer.Send(TcpFixture.Bytes(LargeBytes - 1000, 3));
        Assert.Equal(MmcStatus.ReservationRevoked, peer.ReceiveReply().Status);
        Assert.Equal(stored, f.Server.Statistics.BytesIn);
        Assert.False(f.Server.IsReceiving(3, 7));
        BlobLocation small = f.Store(1, 8, 0, 3000, seed: 1);
        peer.Send(RawPeer.Read(small));
        Assert.Equal(MmcStatus.Ok, peer.ReceiveReply().Status);
    }

    [Fact]
    public void A_blob_is_not_ended_nor_given_up_while_a_part_is_on_its_way()
    {
        using var f = new TcpFixture();
        BlobLocation blob = TcpFixture.Blob(3, 7, 4, LargeBytes);
        Assert.Equal(MmcStatus.Ok, f.View.BeginWrite(blob, isHidden: true));
        var writer = new RawPeer(f);
        DataRequest write = RawPeer.Of(DataOpcode.Write, blob);
        (write.Offset, write.RangeBytes) = (blob.Offset, LargeBytes);
        writer.Send(write, new byte[1000]);
        TcpFixture.Eventually(() => f.Server.IsReceiving(3, 7), "the receive begins");
        f.Batch.AddEnd(f.Remote, blob, TcpFixture.Identity());
        f.Batch.AddAbort(f.Remote, blob);
        Assert.Equal([MmcStatus.StateMismatch, MmcStatus.StateMismatch], f.Run());
        writer.Close();
        TcpFixture.Eventually(() => !f.Server.IsReceiving(3, 7), "the receive ends");
        Assert.Equal(new SlotWord(7, SlotState.Writing), f.Word(3)); // begun elsewhere: not this connection's to free
        Assert.Equal(OrphanState.WriterDead, f.Server.ResolveOrphan(f.View, 3, 7, writerIsDead: true));
    }

    [Fact]
    public void Small_requests_do_not_wait_behind_a_peer_that_does_not_read()
    {
        using var f = new TcpFixture(64 << 20, server: options => options with { ThreadCount = 1, SendBufferBytes = 64 << 10 });
        BlobLocation large = f.Store(1, 5, 0, 40 << 20, seed: 1);
        BlobLocation small = f.Store(2, 6, 11_000, 3000, seed: 2);
        var lazy = new RawPeer(f);
        lazy.Send(RawPeer.Read(large));
        Assert.Equal(MmcStatus.Ok, lazy.ReceiveReply().Status);
        RawPeer halfway = BeginPut(f, TcpFixture.Blob(3, 7, 12_000, LargeBytes));
        f.Batch.AddRead(f.Remote, small.Offset, 6, TcpFixture.Layers(f.Memory(3000)));
        Assert.Equal([MmcStatus.Ok], f.Run());
        Assert.True(f.Server.IsReceiving(3, 7));
        Assert.Equal(TcpFixture.Bytes(40 << 20, 1), lazy.Receive(40 << 20));
        halfway.Close();
    }

    [Fact]
    public void A_hello_for_another_segment_is_refused()
    {
        using var f = new TcpFixture();
        var peer = new RawPeer(f, greets: false);
        Assert.Equal(MmcStatus.NotConnectedToLocal, peer.Greet(SegmentUuid.New()));
        peer.ExpectEnd();
    }

    [Fact]
    public void A_hello_of_another_version_is_told_so()
    {
        using var f = new TcpFixture();
        var peer = new RawPeer(f, greets: false);
        Assert.Equal(MmcStatus.ProtocolMismatch, peer.Greet(f.View.Uuid, version: 2));
        peer.ExpectEnd();
    }

    [Fact]
    public void What_is_not_the_protocol_is_closed_and_counted()
    {
        using var f = new TcpFixture();
        var stranger = new RawPeer(f, greets: false);
        stranger.Send("GET / HTTP/1.1\r\n\r\n"u8);
        stranger.ExpectEnd();
        var unknown = new RawPeer(f);
        unknown.Send(RawPeer.Of((DataOpcode)99, default));
        Assert.Equal(MmcStatus.NoRequestHandler, ReadStatus(unknown));
        unknown.ExpectEnd();
        var absurd = new RawPeer(f);
        absurd.Send(RawPeer.Read(TcpFixture.Blob(1, 1, 0, long.MaxValue)));
        Assert.Equal(MmcStatus.MalformedFrame, ReadStatus(absurd));
        absurd.ExpectEnd();
        TcpFixture.Eventually(() => f.Server.Statistics.ConnectionsOpen == 0, "all are closed");
        Assert.Equal(3, f.Server.Statistics.Refusals);
    }

    [Fact]
    public void A_silent_connection_is_closed()
    {
        using var f = new TcpFixture(server: options => options with { HelloDeadlineMs = 30 });
        new RawPeer(f, greets: false).ExpectEnd();
        var half = new RawPeer(f, greets: false);
        half.Send("MMD1"u8);
        half.ExpectEnd();
        TcpFixture.Eventually(() => f.Server.Statistics.Refusals == 2, "both are counted");
    }

    [Fact]
    public void An_idle_connection_is_closed_and_replaced_without_notice()
    {
        using var f = new TcpFixture(server: options => options with { IdleDeadlineMs = 30 });
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        MemoryBuffer[] layers = TcpFixture.Layers(f.Memory(3000));
        for (int i = 0; i < 3; i++)
        {
            f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
            f.Batch.AddRead(f.Remote, blob.Offset, 5, layers);
            Assert.Equal([MmcStatus.Ok, MmcStatus.Ok], f.Run());
            TcpFixture.Eventually(() => f.Server.Statistics.ConnectionsOpen == 0, "the server closes");
        }

        Assert.Equal(3, f.Server.Statistics.Connections);
        Assert.Equal(0, f.Server.Statistics.Refusals);
        Assert.True(f.Remote.IsReachable);
    }

    [Fact]
    public void Connections_beyond_the_bound_are_closed_and_the_others_served()
    {
        using var f = new TcpFixture(server: options => options with { ConnectionCountMax = 2 });
        BlobLocation blob = f.Store(1, 5, 0, 3000, seed: 1);
        var first = new RawPeer(f);
        var second = new RawPeer(f);
        new RawPeer(f, greets: false).ExpectEnd();
        foreach (RawPeer peer in (RawPeer[])[first, second])
        {
            peer.Send(RawPeer.Read(blob));
            Assert.Equal(MmcStatus.Ok, peer.ReceiveReply().Status);
        }
    }

    [Fact]
    public void Stopping_lets_running_requests_end_and_begins_no_new_ones()
    {
        using var f = new TcpFixture(64 << 20, server: options => options with { SendBufferBytes = 64 << 10, DrainMs = 20_000 });
        BlobLocation blob = f.Store(1, 5, 0, 40 << 20, seed: 1);
        var peer = new RawPeer(f);
        peer.Send(RawPeer.Read(blob));
        peer.Send(RawPeer.Read(blob));
        Assert.Equal(MmcStatus.Ok, peer.ReceiveReply().Status);
        var stopping = new Thread(f.Server.Dispose);
        stopping.Start();
        TcpFixture.Eventually(() => f.Server.IsStopping, "it stops");
        Assert.Equal(TcpFixture.Bytes(40 << 20, 1), peer.Receive(40 << 20));
        Assert.Equal(MmcStatus.Ok, peer.ReceiveTrailer().Status);
        peer.ExpectEnd();
        stopping.Join();
    }

    [Fact]
    public void Ports_are_tried_one_after_the_other()
    {
        using var f = new TcpFixture();
        using TcpDataServer next = TcpFixture.StartServer(port: f.Port);
        Assert.NotEqual(f.Server.Address, next.Address);
        var options = new TcpServerOptions { Address = f.Server.Address, PortCount = 1 };
        Assert.Equal(
            MmcStatus.ObjectCreationFailed, TcpDataServer.Start(options, NullLogger.Instance, out TcpDataServer? none, out string error));
        Assert.Null(none);
        Assert.Contains("in use", error, StringComparison.Ordinal);
        options = options with { Address = "tcp://nowhere" };
        Assert.Equal(MmcStatus.InvalidParameter, TcpDataServer.Start(options, NullLogger.Instance, out _, out _));
    }

    private static MmcStatus ReadStatus(RawPeer peer) =>
        // An operation that does not exist makes its header no legal one, but its status lies where it always does.
        (MmcStatus)BitConverter.ToInt32(peer.Receive(DataReply.SizeBytes), 16);

    private static RawPeer BeginPut(TcpFixture f, in BlobLocation blob)
    {
        var peer = new RawPeer(f);
        peer.Send(RawPeer.Put(blob), [(byte)'k', .. TcpFixture.Bytes(1000, 3)]);
        (uint slot, ulong generation) = (blob.Slot, blob.Generation);
        TcpFixture.Eventually(() => f.Server.IsReceiving(slot, generation), "the receive begins");
        TcpFixture.Eventually(() => f.Server.Statistics.BytesIn == 1000, "its first bytes are stored");
        return peer;
    }
}
