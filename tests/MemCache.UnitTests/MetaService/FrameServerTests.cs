using System.Net.Sockets;
using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class FrameServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Objects_are_put_found_and_removed_over_both_kinds_of_socket(bool tcp)
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect(tcp ? f.Options.ConfigStoreUrl : null);
        ServerFixture.JoinOk(client, 8 << 20);
        ServerFixture.Put(client, "a", 5000);
        Assert.Equal([MmcStatus.Ok, MmcStatus.ObjectNotFound], ServerFixture.Exists(client, "a", "b"));

        KeySpans keys = new KeyBatch("a", "b", "").Spans;
        int length = LookupRequest.Encode(client.Payload(LookupRequest.SizeBytes(0, keys)), default, keys, 0);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Lookup, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(LocationsReply.TryDecode(payload, 3, out LocationsReply found));
        Assert.Equal(5000, found.Objects[0].SizeBytes);
        Assert.Equal(MmcStatus.ObjectNotFound, found.Objects[1].Status);
        Assert.Equal(MmcStatus.InvalidParameter, found.Objects[2].Status);
        LeaseRelease[] releases = [new() { Ref = found.Objects[0].Ref, Generation = found.ReplicasOf(0)[0].Generation }];

        length = KeysRequest.Encode(client.Payload(KeysRequest.SizeBytes(1, keys)), releases, keys);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Remove, length, ServerFixture.Soon, out payload));
        Assert.True(StatusesReply.TryDecode(payload, 3, out ReadOnlySpan<MmcStatus> removed));
        Assert.Equal(MmcStatus.Ok, removed[0]);
        Assert.Equal([MmcStatus.ObjectNotFound], ServerFixture.Exists(client, "a"));
    }

    [Fact]
    public void Largest_batch_is_answered_whole()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect(f.Options.ConfigStoreUrl);
        ServerFixture.JoinOk(client, 8 << 20);
        var batch = new KeyBatch();
        for (int i = 0; i < Limits.BatchCountMax; i++)
        {
            batch.Add($"{i:D256}");
        }

        KeySpans keys = batch.Spans;
        for (int round = 0; round < 3; round++)
        {
            int length = LookupRequest.Encode(client.Payload(LookupRequest.SizeBytes(0, keys)), default, keys, 0);
            Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Lookup, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
            Assert.True(LocationsReply.TryDecode(payload, keys.Count, out _));
        }
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        using var f = new ServerFixture();
        using Socket raw = f.ConnectRaw();
        const int Count = 5000;
        byte[] frames = new byte[Count * 40];
        for (int i = 0; i < Count; i++)
        {
            FrameHeader.ForRequest(Opcode.Stats, 8, (ulong)i, 0).Write(frames.AsSpan(i * 40));
        }

        Task sender = Task.Run(() => SendAll(raw, frames), TestContext.Current.CancellationToken);
        for (int i = 0; i < Count; i++)
        {
            FrameHeader reply = ReadFrame(raw, out _);
            Assert.Equal(MmcStatus.Ok, reply.Status);
            Assert.Equal((ulong)i, reply.RequestId);
            Assert.Equal(f.Server.Sessions.Epoch, reply.Epoch);
        }

        await sender;
    }

    [Fact]
    public void A_frame_that_comes_byte_by_byte_is_answered()
    {
        using var f = new ServerFixture();
        using Socket raw = f.ConnectRaw(tcp: true);
        byte[] frame = StatsFrame(7);
        foreach (byte one in frame)
        {
            raw.Send([one]);
        }

        Assert.Equal(7UL, ReadFrame(raw, out _).RequestId);
    }

    [Fact]
    public void An_unknown_operation_is_refused_and_the_connection_stays()
    {
        using var f = new ServerFixture();
        using Socket raw = f.ConnectRaw();
        byte[] frame = new byte[32];
        FrameHeader.ForRequest((Opcode)999, 0, 1, 0).Write(frame);
        raw.Send(frame);
        Assert.Equal(MmcStatus.NoRequestHandler, ReadFrame(raw, out _).Status);
        raw.Send(StatsFrame(2));
        Assert.Equal(MmcStatus.Ok, ReadFrame(raw, out _).Status);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("MMC")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void Garbage_is_refused_and_others_are_not_disturbed(string garbage)
    {
        using var f = new ServerFixture(new FrameServerOptions { FrameDeadlineMs = 300 });
        using MetaConnection healthy = f.Connect();
        ServerFixture.JoinOk(healthy);
        using Socket raw = f.ConnectRaw(tcp: true);
        raw.Send(Encoding.ASCII.GetBytes(garbage));
        if (garbage != "MMC")
        {
            Assert.Equal(MmcStatus.MalformedFrame, ReadFrame(raw, out string text).Status);
            Assert.Contains("not a frame", text, StringComparison.Ordinal);
        }

        Assert.Equal(0, raw.Receive(new byte[1]));
        Assert.Equal([MmcStatus.ObjectNotFound], ServerFixture.Exists(healthy, "a"));
    }

    [Fact]
    public void An_announcement_beyond_the_limit_is_refused()
    {
        using var f = new ServerFixture();
        using Socket raw = f.ConnectRaw();
        byte[] frame = new byte[32];
        FrameHeader.ForRequest(Opcode.Exists, Limits.FrameBytesMax + 1, 1, 0).Write(frame);
        raw.Send(frame);
        Assert.Equal(MmcStatus.MalformedFrame, ReadFrame(raw, out _).Status);
        Assert.Equal(0, raw.Receive(new byte[1]));
    }

    [Fact]
    public void A_payload_that_does_not_decode_is_refused_and_the_connection_closed()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        ServerFixture.JoinOk(client);
        client.Payload(3).Fill(0xFF);
        Assert.Equal(MmcStatus.MalformedFrame, client.Call(Opcode.Exists, 3, ServerFixture.Soon, out _));
        Assert.False(client.IsUsable);
    }

    [Fact]
    public void Another_version_is_told_both_versions_and_closed()
    {
        using var f = new ServerFixture();
        using Socket raw = f.ConnectRaw(tcp: true);
        byte[] frame = new byte[64];
        new FrameHeader(7, (ushort)Opcode.Join, 32, MmcStatus.Ok, 1, 0).Write(frame);
        raw.Send(frame);
        Assert.Equal(MmcStatus.ProtocolMismatch, ReadFrame(raw, out string text).Status);
        Assert.Contains("version 7", text, StringComparison.Ordinal);
        Assert.Contains($"speaks {FrameHeader.CurrentVersion}", text, StringComparison.Ordinal);
        Assert.Equal(0, raw.Receive(new byte[1]));
    }

    [Fact]
    public void A_frame_that_is_not_completed_in_time_ends_its_connection_only()
    {
        using var f = new ServerFixture(new FrameServerOptions { FrameDeadlineMs = 200 });
        using MetaConnection healthy = f.Connect();
        ServerFixture.JoinOk(healthy);
        using Socket halfOpen = f.ConnectRaw();
        halfOpen.Send(StatsFrame(1).AsSpan(0, 36));
        using Socket silent = f.ConnectRaw();
        Assert.Equal(0, halfOpen.Receive(new byte[1]));
        Assert.Equal(0, silent.Receive(new byte[1]));
        Assert.Equal([MmcStatus.ObjectNotFound], ServerFixture.Exists(healthy, "a"));
    }

    [Fact]
    public void A_reader_that_does_not_read_is_closed_and_others_are_served_meanwhile()
    {
        using var f = new ServerFixture(new FrameServerOptions { ReplyDeadlineMs = 300 });
        using MetaConnection healthy = f.Connect();
        ServerFixture.JoinOk(healthy);
        using Socket deaf = f.ConnectRaw();
        byte[] frame = StatsFrame(1);
        deaf.SendTimeout = 2000;
        Assert.ThrowsAny<SocketException>(() => SendForEver(deaf, frame));
        Assert.Equal([MmcStatus.ObjectNotFound], ServerFixture.Exists(healthy, "a"));
        ServerFixture.Eventually(() => f.Server.ConnectionCount == 1, "the deaf connection is gone");
    }

    [Fact]
    public void Connections_beyond_the_limit_are_closed_and_a_place_comes_free_again()
    {
        using var f = new ServerFixture(new FrameServerOptions { ConnectionCountMax = 2 });
        using Socket first = f.ConnectRaw();
        using Socket second = f.ConnectRaw();
        using Socket third = f.ConnectRaw();
        Assert.Equal(0, third.Receive(new byte[1]));
        Assert.Equal(1, f.Server.ConnectionRefusedCount);
        first.Dispose();
        ServerFixture.Eventually(() => f.Server.ConnectionCount == 1, "the first connection is gone");
        using Socket fourth = f.ConnectRaw();
        fourth.Send(StatsFrame(9));
        Assert.Equal(9UL, ReadFrame(fourth, out _).RequestId);
    }

    [Fact]
    public void Membership_is_refused_where_only_data_is_served()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect(f.Options.MetaServiceUrl);
        Assert.Equal(MmcStatus.NoRequestHandler, ServerFixture.Join(client, 0, RankId.None, out _));
        Assert.True(client.IsUsable);
        Assert.Contains("config_store_url", client.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_requests_without_a_session_are_refused_and_the_connection_stays()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        Assert.Equal(MmcStatus.NotConnectedToMeta, ServerFixture.Reserve(client, "a", 1, out _).Status);
        Assert.True(client.IsUsable);
        Assert.Contains("join", client.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_tells_the_clients_and_removes_the_sockets()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        ServerFixture.JoinOk(client);
        Assert.True(File.Exists(f.Server.UnixSocketPath));
        f.Server.Stop();
        Assert.False(File.Exists(f.Server.UnixSocketPath));
        client.Payload(8).Clear();
        Assert.Equal(MmcStatus.NotConnectedToMeta, client.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
        Assert.False(client.IsUsable);
    }

    [Fact]
    public void Unix_socket_can_be_opened_by_its_owner_only()
    {
        using var f = new ServerFixture();
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f.Server.UnixSocketPath));
    }

    [Fact]
    public void An_address_in_use_is_named_with_its_errno()
    {
        using var f = new ServerFixture();
        Assert.Null(ListenSocket.Open(f.Options.ConfigStoreUrl, ListenerRole.Data, out string error));
        Assert.Contains(f.Options.ConfigStoreUrl, error, StringComparison.Ordinal);
        Assert.Contains("errno 98", error, StringComparison.Ordinal);
        Assert.Null(ListenSocket.Open(f.Options.MetaServiceUrl, ListenerRole.Data, out error));
        Assert.Contains("another process serves it", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_file_that_nobody_serves_is_replaced()
    {
        string path = Path.Combine(Path.GetTempPath(), $"mmc-{Guid.NewGuid():N}");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            File.Copy("/dev/null", path + ".keep");
        }

        File.Move(path + ".keep", path, overwrite: true);
        Listener? listener = ListenSocket.Open("unix://" + path, ListenerRole.Data, out string error);
        Assert.True(listener is not null, error);
        ListenSocket.Close(listener!);
        Assert.False(File.Exists(path));
    }

    private static void SendForEver(Socket socket, byte[] frame)
    {
        while (true)
        {
            socket.Send(frame);
        }
    }

    private static byte[] StatsFrame(ulong requestId)
    {
        byte[] frame = new byte[40];
        FrameHeader.ForRequest(Opcode.Stats, 8, requestId, 0).Write(frame);
        return frame;
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private static FrameHeader ReadFrame(Socket socket, out string errorText)
    {
        byte[] head = ReadExactly(socket, FrameHeader.SizeBytes);
        Assert.Equal(FrameVerdict.Complete, FrameHeader.Read(head, out FrameHeader header));
        byte[] payload = ReadExactly(socket, (int)header.PayloadBytes);
        errorText = header.Status != MmcStatus.Ok && ErrorReply.TryDecode(payload, out ReadOnlySpan<byte> text)
            ? Encoding.UTF8.GetString(text)
            : "";
        return header;
    }

    private static byte[] ReadExactly(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        int done = 0;
        while (done < count)
        {
            int received = socket.Receive(bytes.AsSpan(done));
            Assert.True(received > 0, "the server closed");
            done += received;
        }

        return bytes;
    }
}
