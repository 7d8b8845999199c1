using System.Net.Sockets;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.MetaService;
using MemCache.Protocol;
using MemCache.Testing.Certificates;
using MemCache.UnitTests.MetaService;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.FuzzTests.Server;

/// <summary>Garbage on every socket of a live MetaService; a healthy client beside it never notices, and one that comes later works.</summary>
public class LiveServerFuzzTests
{
    private const int Rounds = 1500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Noise_disturbs_nobody(bool tcp)
    {
        using ServerFixture f = Start();
        SplitMix64 random = FuzzSeed.Random(tcp ? 10 : 11);
        Run(f, tcp, random, () => [Mutation.Noise(3000, random)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changed_frames_disturb_nobody(bool tcp)
    {
        using ServerFixture f = Start();
        SplitMix64 random = FuzzSeed.Random(tcp ? 20 : 21);
        IReadOnlyList<byte[]> corpus = [.. FrameCorpus.Requests, .. FrameCorpus.Kept];
        Run(f, tcp, random, () =>
        {
            // A connection that has joined gets deeper; every third one has.
            byte[] changed = Mutation.Of(corpus[(int)random.Below(corpus.Count)], 0, random);
            return random.Below(3) == 0 ? [FrameCorpus.Requests[1], changed] : [changed];
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_with_changed_payloads_disturb_nobody(bool tcp)
    {
        using ServerFixture f = Start();
        SplitMix64 random = FuzzSeed.Random(tcp ? 30 : 31);
        Run(f, tcp, random, () =>
        {
            var frames = new List<byte[]> { FrameCorpus.Requests[1] };
            for (int i = 0; i < 8; i++)
            {
                // The header is made to fit, so that the payload reaches its decoder and the engine behind.
                byte[] frame = FrameCorpus.Requests[(int)random.Below(FrameCorpus.Requests.Count)];
                _ = FrameHeader.Read(frame, out FrameHeader header);
                byte[] changed = Mutation.Of(frame, FrameHeader.SizeBytes, random);
                (header with { PayloadBytes = (uint)(changed.Length - FrameHeader.SizeBytes) }).Write(changed);
                frames.Add(changed);
            }

            return frames;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Noise_at_an_encrypted_port_disturbs_nobody(bool beginsLikeTls)
    {
        using var workshop = new CertificateWorkshop();
        TlsOptions files = workshop.Issue();
        using ServerFixture f = Start(options => UseFiles(options.ConfigStoreTls, files));
        Assert.True(TlsKeyring.TryOpen(
            workshop.Issue(), "client", null, NullLogger.Instance, out TlsKeyring? keyring, out string error), error);
        using (keyring)
        {
            SplitMix64 random = FuzzSeed.Random(beginsLikeTls ? 40 : 41);
            // A record header that fits, and a hello for OpenSSL to take apart.
            byte[] hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. Mutation.Noise(600, random)];
            Run(f, tcp: true, random, () => [beginsLikeTls ? Mutation.Of(hello, 3, random) : Mutation.Noise(3000, random)], keyring);
        }
    }

    [Fact]
    public void Every_truncation_of_every_request_disturbs_nobody()
    {
        using ServerFixture f = Start();
        using MetaConnection healthy = Healthy(f);
        foreach (byte[] frame in FrameCorpus.Requests)
        {
            for (int length = 1; length < frame.Length; length += 1 + (length / 16))
            {
                using Socket socket = f.ConnectRaw();
                Send(socket, frame.AsSpan(0, length));
            }
        }

        CheckHealth(f, healthy);
    }

    private static ServerFixture Start(Action<MetaServiceOptions>? configure = null) => new(
        new FrameServerOptions { FrameDeadlineMs = 200, ReplyDeadlineMs = 500, LingerMs = 50 }, configure: configure);

    private static void UseFiles(TlsOptions to, TlsOptions from)
    {
        to.Enable = true;
        to.CaPath = from.CaPath;
        to.CertPath = from.CertPath;
        to.KeyPath = from.KeyPath;
    }

    private static void Run(
        ServerFixture f, bool tcp, SplitMix64 random, Func<IReadOnlyList<byte[]>> next, IChannelFactory? tls = null)
    {
        using MetaConnection healthy = Healthy(f);
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            using Socket socket = f.ConnectRaw(tcp);
            foreach (byte[] bytes in next())
            {
                Send(socket, bytes);
            }

            if (random.Below(4) == 0)
            {
                Drain(socket);
            }

            if (i % 100 == 0)
            {
                Assert.True(ServerFixture.Exists(healthy, "absent").Length == 1, FuzzSeed.Hint);
            }
        }

        CheckHealth(f, healthy, tls);
    }

    private static MetaConnection Healthy(ServerFixture f)
    {
        MetaConnection healthy = f.Connect();
        ServerFixture.JoinOk(healthy, 64 << 20);
        return healthy;
    }

    private static void CheckHealth(ServerFixture f, MetaConnection healthy, IChannelFactory? tls = null)
    {
        Put(healthy, "old client");
        using MetaConnection newcomer = f.Connect(f.Options.ConfigStoreUrl, tls: tls);
        ServerFixture.JoinOk(newcomer);
        Put(newcomer, "new client");
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok], ServerFixture.Exists(newcomer, "old client", "new client"));
        ServerFixture.Eventually(() => f.Server.ConnectionCount == 2, $"all garbage is closed; {FuzzSeed.Hint}");
        ServerFixture.Eventually(() => f.Server.Sessions.SessionCount == 2, $"all garbage has left; {FuzzSeed.Hint}");
    }

    // Garbage may have filled the pool with objects and orphans of its own: ranks go with their sessions, the healthy one's stays.
    private static void Put(MetaConnection client, string key)
    {
        ObjectLocation reserved = ServerFixture.Reserve(client, key, 5000, out ReplicaLocation replica);
        Assert.True(reserved.Status == MmcStatus.Ok, $"{reserved.Status}; {FuzzSeed.Hint}");
        MmcStatus status = ServerFixture.Commit(client, reserved, replica.Generation);
        if (status == MmcStatus.NotConnectedToLocal)
        {
            // It was placed on a rank of the garbage's that has just gone.
            Put(client, key);
            return;
        }

        Assert.True(status == MmcStatus.Ok, $"{status}; {FuzzSeed.Hint}");
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The server has closed already, as it should.
            return;
        }
    }

    private static void Drain(Socket socket)
    {
        byte[] room = new byte[4096];
        socket.ReceiveTimeout = 5;
        try
        {
            while (socket.Receive(room) > 0)
            {
                // Until the server closes or has no more to say.
            }
        }
        catch (SocketException)
        {
            return;
        }
    }
}
