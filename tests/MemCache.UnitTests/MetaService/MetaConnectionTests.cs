using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class MetaConnectionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://127.0.0.1:70000")]
    [InlineData("unix://relative")]
    public void An_illegal_address_is_explained(string text)
    {
        Assert.False(MetaEndpoint.TryParse(text, out _, out string error));
        Assert.Contains("tcp://host:port", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_says_that_nobody_listens()
    {
        using var connection = new MetaConnection(new EpochGate());
        MetaEndpoint nobody = ServerFixture.Endpoint($"tcp://127.0.0.1:{ServerFixture.FreePort()}");
        Assert.Equal(MmcStatus.NotConnectedToMeta, connection.Connect(nobody, ServerFixture.Soon));
        Assert.Contains("errno 111", connection.ErrorText, StringComparison.Ordinal);
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public void Connect_to_a_name_resolves_it()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect($"tcp://localhost:{f.MembershipPort}");
        ServerFixture.JoinOk(client);
    }

    [Fact]
    public void A_call_ends_at_its_deadline_and_the_connection_is_spoilt()
    {
        using Socket listener = Listen(out string url);
        using var connection = new MetaConnection(new EpochGate(), spinMicroseconds: 20);
        Assert.Equal(MmcStatus.Ok, connection.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        connection.Payload(8).Clear();
        long begin = Stopwatch.GetTimestamp();
        Assert.Equal(MmcStatus.Timeout, connection.Call(Opcode.Stats, 8, Deadline.In(250), out _));
        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, 240, 5000);
        Assert.Equal(MmcStatus.NotConnectedToMeta, connection.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
    }

    [Fact]
    public void A_request_that_the_peer_does_not_take_ends_at_its_deadline()
    {
        using Socket listener = Listen(out string url);
        using var connection = new MetaConnection(new EpochGate());
        Assert.Equal(MmcStatus.Ok, connection.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        connection.Payload(Limits.FrameBytesMax).Clear();
        Assert.Equal(MmcStatus.Timeout, connection.Call(Opcode.Stats, Limits.FrameBytesMax, Deadline.In(250), out _));
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public void A_payload_beyond_the_limit_is_not_sent()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        Assert.Equal(MmcStatus.InvalidParameter, client.Call(Opcode.Stats, Limits.FrameBytesMax + 1, ServerFixture.Soon, out _));
        Assert.Equal(MmcStatus.InvalidParameter, client.Call(Opcode.Stats, -1, ServerFixture.Soon, out _));
        Assert.True(client.IsUsable);
    }

    [Theory]
    [InlineData(2, false, 0, MmcStatus.UnexpectedResult)]
    [InlineData(1, true, 0, MmcStatus.UnexpectedResult)]
    [InlineData(1, false, 1, MmcStatus.UnexpectedResult)]
    public void A_reply_that_is_not_ours_is_refused(ulong requestId, bool otherOpcode, int extraBytes, MmcStatus expected)
    {
        using Socket listener = Listen(out string url);
        using var connection = new MetaConnection(new EpochGate());
        Assert.Equal(MmcStatus.Ok, connection.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        using Socket peer = listener.Accept();
        byte[] frame = new byte[32 + extraBytes];
        FrameHeader.ForRequest(otherOpcode ? Opcode.Exists : Opcode.Stats, 0, requestId, 1).ToReply(MmcStatus.Ok, 0, 1).Write(frame);
        peer.Send(frame);
        connection.Payload(8).Clear();
        Assert.Equal(expected, connection.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public void A_reply_with_a_lower_epoch_is_refused()
    {
        using var f = new ServerFixture();
        var epochs = new EpochGate();
        using MetaConnection client = f.Connect(null, epochs);
        epochs.TryPass(f.Server.Sessions.Epoch + 1);
        client.Payload(8).Clear();
        Assert.Equal(MmcStatus.EpochTooOld, client.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
    }

    [Fact]
    public void A_server_of_another_version_is_named()
    {
        using Socket listener = Listen(out string url);
        using var connection = new MetaConnection(new EpochGate());
        Assert.Equal(MmcStatus.Ok, connection.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        using Socket peer = listener.Accept();
        byte[] frame = new byte[32];
        new FrameHeader(9, 0x8000, 0, MmcStatus.ProtocolMismatch, 1, 1).Write(frame);
        peer.Send(frame);
        connection.Payload(8).Clear();
        Assert.Equal(MmcStatus.ProtocolMismatch, connection.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
        Assert.Contains("version 1", connection.ErrorText, StringComparison.Ordinal);
        Assert.Contains("speaks 9", connection.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_wakes_a_call_that_waits()
    {
        using Socket listener = Listen(out string url);
        using var connection = new MetaConnection(new EpochGate());
        Assert.Equal(MmcStatus.Ok, connection.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        using Socket peer = listener.Accept();
        Task waker = Task.Run(() =>
        {
            // The request has arrived, so the caller waits or is about to.
            peer.Receive(new byte[40]);
            connection.Shutdown();
        }, TestContext.Current.CancellationToken);
        connection.Payload(8).Clear();
        Assert.Equal(MmcStatus.NotConnectedToMeta, connection.Call(Opcode.Stats, 8, ServerFixture.Soon, out _));
        await waker;
    }

    [Fact]
    public void An_epoch_gate_only_goes_up()
    {
        var gate = new EpochGate();
        Assert.True(gate.TryPass(5));
        Assert.True(gate.TryPass(5));
        Assert.False(gate.TryPass(4));
        Assert.True(gate.TryPass(6));
        Assert.Equal(6UL, gate.Highest);
    }

    private static Socket Listen(out string url)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        url = $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}";
        return listener;
    }
}
