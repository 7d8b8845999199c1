using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Testing;
using MemCache.Testing.Certificates;
using Xunit;

namespace MemCache.UnitTests.Interop.Tls;

public sealed class TlsChannelTests : IDisposable
{
    private readonly CertificateWorkshop _workshop = new();
    private readonly TlsPair _pair;

    public TlsChannelTests()
    {
        _pair = new TlsPair(TlsPair.Context(_workshop.Issue("server")), TlsPair.Context(_workshop.Issue("client")));
        Assert.True(_pair.Shake(), _pair.ServerError + _pair.ClientError);
    }

    public void Dispose()
    {
        _pair.Dispose();
        _workshop.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData((16 << 10) + 1)]
    [InlineData(3_000_001)]
    public void Bytes_arrive_as_they_were_sent_in_both_directions(int count)
    {
        byte[] sent = Content(count);
        byte[] there = new byte[count];
        TlsPair.Move(_pair.Client, sent, _pair.Server, there);
        Assert.Equal(sent, there);
        byte[] back = new byte[count];
        TlsPair.Move(_pair.Server, there, _pair.Client, back);
        Assert.Equal(sent, back);
    }

    [Fact]
    public void Lists_of_buffers_of_all_sizes_are_one_stream()
    {
        var random = new Random(7);
        byte[] sent = Content(2_000_000);
        byte[] there = new byte[sent.Length];
        using var from = new PinnedBytes(sent);
        using var to = new PinnedBytes(there);
        MemoryBuffer[] outgoing = Cut(from.Address, sent.Length, random);
        MemoryBuffer[] incoming = Cut(to.Address, sent.Length, random);
        long deadline = Deadline.In(10_000);
        long sentBytes = 0, receivedBytes = 0;
        while (receivedBytes < sent.Length)
        {
            Assert.False(Deadline.HasPassed(deadline), $"timed out at {receivedBytes}");
            MemoryBuffer[] rest = Behind(outgoing, sentBytes);
            IoResult result = rest.Length == 0 ? default : _pair.Client.Send(rest);
            Assert.True(result.IsOk || result.IsNotReady, _pair.Client.ErrorText);
            sentBytes += result.Count;
            result = _pair.Server.Receive(Behind(incoming, receivedBytes));
            Assert.True(result.IsOk || result.IsNotReady, _pair.Server.ErrorText);
            receivedBytes += result.Count;
        }

        Assert.Equal(sent.Length, sentBytes);
        Assert.Equal(sent, there);
    }

    [Fact]
    public void What_the_socket_does_not_take_is_offered_again_and_nothing_is_lost()
    {
        // Nobody reads until the sender has run into a full socket several times.
        byte[] sent = Content(20_000_000);
        ReadOnlySpan<byte> rest = sent;
        int refusals = 0;
        long deadline = Deadline.In(10_000);
        while (refusals < 3)
        {
            Assert.False(Deadline.HasPassed(deadline), "the socket takes everything");
            IoResult result = _pair.Client.Send(rest);
            refusals += result.IsNotReady ? 1 : 0;
            Assert.True(!result.IsNotReady || _pair.Client.Awaits == SocketReadiness.Writable);
            rest = rest[result.Count..];
        }

        byte[] there = new byte[sent.Length];
        int early = sent.Length - rest.Length;
        TlsPair.Move(_pair.Client, rest, _pair.Server, there);
        Assert.True(early > 0);
        Assert.Equal(sent, there);
    }

    [Fact]
    public void Bytes_that_wait_inside_are_announced_and_a_vain_look_ends_that()
    {
        TlsPair.Move(_pair.Client, Content(5000), _pair.Server, new byte[1000]);
        Assert.True(_pair.Server.HasBuffered);
        byte[] rest = new byte[8000];
        Assert.Equal(4000, _pair.Server.Receive(rest).Count);
        Assert.True(_pair.Server.Receive(rest).IsNotReady);
        Assert.False(_pair.Server.HasBuffered);
        Assert.Equal(SocketReadiness.Readable, _pair.Server.Awaits);
    }

    [Fact]
    public void Bytes_that_come_one_at_a_time_make_the_same_handshake_and_the_same_stream()
    {
        (SocketHandle accepted, SocketHandle towardsServer) = TlsPair.Sockets();
        (SocketHandle towardsClient, SocketHandle dialled) = TlsPair.Sockets();
        using SocketChannel server = TlsPair.Context(_workshop.Issue("server")).Accept(accepted);
        using SocketChannel client = TlsPair.Context(_workshop.Issue("client")).Connect(dialled, "127.0.0.1");
        byte[] one = new byte[1];
        void Carry()
        {
            _ = towardsClient.Receive(one, dontWait: true).Count == 1 ? towardsServer.Send(one) : default;
            _ = towardsServer.Receive(one, dontWait: true).Count == 1 ? towardsClient.Send(one) : default;
        }

        long deadline = Deadline.In(20_000);
        while (!(client.Handshake(out _).IsOk & server.Handshake(out string error).IsOk))
        {
            Assert.False(Deadline.HasPassed(deadline), "handshake timed out " + error);
            Carry();
        }

        byte[] sent = Content(20_000);
        byte[] there = new byte[sent.Length];
        int sentBytes = 0, receivedBytes = 0;
        while (receivedBytes < there.Length)
        {
            Assert.False(Deadline.HasPassed(deadline), $"timed out at {receivedBytes}");
            sentBytes += sentBytes < sent.Length ? client.Send(sent.AsSpan(sentBytes)).Count : 0;
            Carry();
            IoResult result = server.Receive(there.AsSpan(receivedBytes));
            Assert.True(result.IsOk || result.IsNotReady, server.ErrorText);
            receivedBytes += result.Count;
        }

        Assert.Equal(sent, there);
        towardsServer.Dispose();
        towardsClient.Dispose();
    }

    [Fact]
    public void An_end_of_stream_is_one_with_and_without_notice()
    {
        ((TlsChannel)_pair.Client).SendEnd();
        Poll(_pair.Server);
        IoResult end = _pair.Server.Receive(new byte[10]);
        Assert.True(end.IsOk && end.Count == 0, end.ErrorText);
        _ = _pair.Server.Socket.ShutdownSend();
        Poll(_pair.Client);
        end = _pair.Client.Receive(new byte[10]);
        Assert.True(end.IsOk && end.Count == 0, _pair.Client.ErrorText + end.ErrorText);
        Assert.True(_pair.Client.Receive(new byte[10]) is { IsOk: true, Count: 0 });
    }

    [Fact]
    public void A_send_to_a_peer_that_has_gone_fails_without_a_signal()
    {
        _pair.Server.Dispose();
        long deadline = Deadline.In(10_000);
        IoResult result = _pair.Client.Send(Content(1000));
        while (result.IsOk)
        {
            Assert.False(Deadline.HasPassed(deadline));
            result = _pair.Client.Send(Content(1000));
        }

        Assert.True(result.IsPeerGone, result.ErrorText);
    }

    [Fact]
    public void Bytes_that_were_changed_on_the_way_are_refused()
    {
        Assert.True(_pair.Client.Socket.Send(Content(100)).IsOk);
        Poll(_pair.Server);
        IoResult result = _pair.Server.Receive(new byte[100]);
        Assert.True(result.IsProtocolFailure, result.ErrorText);
        Assert.NotEqual("", _pair.Server.ErrorText);
        Assert.True(_pair.Server.Receive(new byte[100]).IsProtocolFailure);
    }

    [Fact]
    public void A_closed_channel_refuses()
    {
        _pair.Client.Dispose();
        Assert.False(_pair.Client.Send(new byte[1]).IsOk);
        Assert.False(_pair.Client.Receive(new byte[1]).IsOk);
        _pair.Client.Dispose();
    }

    [Fact]
    public void A_warm_channel_allocates_nothing()
    {
        byte[] sent = Content(40_000);
        byte[] room = new byte[40_000];
        Assert.Equal(0, SteadyState.AllocatedBytes(200, _ =>
        {
            ReadOnlySpan<byte> rest = sent;
            int received = 0;
            while (received < room.Length)
            {
                rest = rest.IsEmpty ? rest : rest[_pair.Client.Send(rest).Count..];
                received += _pair.Server.Receive(room.AsSpan(received)).Count;
            }
        }));
    }

    private static void Poll(SocketChannel channel)
    {
        _ = channel.Socket.Poll(SocketReadiness.Readable, 10_000, out SocketReadiness happened);
        Assert.NotEqual(SocketReadiness.None, happened);
    }

    private static byte[] Content(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static MemoryBuffer[] Cut(nuint address, int length, Random random)
    {
        var buffers = new List<MemoryBuffer>();
        for (int offset = 0; offset < length;)
        {
            int size = Math.Min(random.Next(4) == 0 ? random.Next(1, 200_000) : random.Next(1, 300), length - offset);
            buffers.Add(new MemoryBuffer(address + (nuint)offset, size));
            offset += size;
        }

        return [.. buffers];
    }

    private static MemoryBuffer[] Behind(MemoryBuffer[] buffers, long done)
    {
        var rest = new List<MemoryBuffer>();
        foreach (MemoryBuffer buffer in buffers)
        {
            long skipped = Math.Min(done, buffer.SizeBytes);
            done -= skipped;
            if (skipped < buffer.SizeBytes)
            {
                rest.Add(new MemoryBuffer(buffer.Address + (nuint)skipped, buffer.SizeBytes - skipped));
            }
        }

        return [.. rest.Take(1000)];
    }

    private sealed class PinnedBytes : IDisposable
    {
        private GCHandle _handle;

        public PinnedBytes(byte[] bytes) => _handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);

        public nuint Address => (nuint)_handle.AddrOfPinnedObject();

        public void Dispose() => _handle.Free();
    }
}
