using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using MemCache.Testing;
using MemCache.Testing.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

#pragma warning disable CA5359 // What the other library makes of the server's certificate is not tested here.

namespace MemCache.UnitTests.MetaService;

public sealed class TlsServerTests : IDisposable
{
    private readonly CertificateWorkshop _workshop = new();
    private readonly LogLines _log = new();
    private readonly TlsOptions _server;
    private readonly List<IDisposable> _owned = [];

    public TlsServerTests() => _server = _workshop.Issue("meta");

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _workshop.Dispose();
    }

    [Fact]
    public void Requests_of_all_sizes_are_served()
    {
        ServerFixture f = Start();
        using MetaConnection client = f.Connect(f.Options.ConfigStoreUrl, tls: Keyring(_workshop.Issue()));
        ServerFixture.JoinOk(client, 8 << 20);
        ServerFixture.Put(client, "a", 5000);
        Assert.Equal([MmcStatus.Ok, MmcStatus.ObjectNotFound], ServerFixture.Exists(client, "a", "b"));
        // Megabytes in both directions, several records and buffers long.
        string[] keys = [.. Enumerable.Range(0, Limits.BatchCountMax).Select(i => $"{i:D256}")];
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(keys.Length, ServerFixture.Exists(client, keys).Length);
        }
    }

    [Fact]
    public void Many_connections_at_once_all_come_through()
    {
        ServerFixture f = Start();
        TlsKeyring keyring = Keyring(_workshop.Issue());
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 20 }, _ =>
        {
            using MetaConnection client = f.Connect(f.Options.ConfigStoreUrl, tls: keyring);
            ServerFixture.JoinOk(client);
        });
    }

    [Fact]
    public void A_plain_client_gets_nowhere_and_leaves_a_line()
    {
        ServerFixture f = Start();
        using var client = new MetaConnection(new EpochGate());
        Assert.Equal(MmcStatus.Ok, client.Connect(ServerFixture.Endpoint(f.Options.ConfigStoreUrl), ServerFixture.Soon));
        Assert.NotEqual(MmcStatus.Ok, ServerFixture.Join(client, 0, RankId.None, out _));
        Assert.Equal("the peer speaks TLS, and this client is configured without", client.ErrorText);
        AssertLine("127.0.0.1:", "the peer does not speak TLS");
    }

    [Fact]
    public void A_client_with_TLS_says_that_a_server_has_none()
    {
        using var f = new ServerFixture();
        using var client = new MetaConnection(new EpochGate(), tls: Keyring(_workshop.Issue()));
        Assert.Equal(
            MmcStatus.TlsFailed, client.Connect(ServerFixture.Endpoint(f.Options.ConfigStoreUrl), ServerFixture.Soon));
        Assert.Contains("the peer does not speak TLS", client.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_of_another_authority_gets_nowhere_and_both_say_why()
    {
        ServerFixture f = Start();
        using var other = new CertificateWorkshop("Other authority");
        TlsOptions stranger = other.Issue("stranger");
        stranger.CaPath = _workshop.CaPath;
        using var client = new MetaConnection(new EpochGate(), tls: Keyring(stranger));
        MmcStatus status = client.Connect(ServerFixture.Endpoint(f.Options.ConfigStoreUrl), ServerFixture.Soon);
        status = status == MmcStatus.Ok ? ServerFixture.Join(client, 0, RankId.None, out _) : status;
        Assert.Equal(MmcStatus.TlsFailed, status);
        Assert.Contains("the peer refused our certificate", client.ErrorText, StringComparison.Ordinal);
        AssertLine("'/CN=stranger' is not signed by an authority in ca.path", "127.0.0.1:");
        Assert.Equal(1, f.Server.HandshakeFailureCount);
    }

    [Fact]
    public void A_server_that_is_not_the_host_that_was_dialled_is_refused()
    {
        ServerFixture f = Start();
        using var client = new MetaConnection(new EpochGate(), tls: Keyring(_workshop.Issue()));
        string url = $"tcp://localhost:{f.MembershipPort}";
        Assert.Equal(MmcStatus.TlsFailed, client.Connect(ServerFixture.Endpoint(url), ServerFixture.Soon));
        Assert.Contains("does not name the host 'localhost'", client.ErrorText, StringComparison.Ordinal);
        AssertLine("127.0.0.1:", "the peer refused our certificate");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls12, true)]
    public async Task Another_TLS_library_gets_in_with_a_certificate_and_not_without(SslProtocols protocol, bool hasCertificate)
    {
        ServerFixture f = Start();
        using SslStream stream = Stranger(f);
        TlsOptions files = _workshop.Issue();
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(files.CertPath, files.KeyPath);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocol,
            ClientCertificates = hasCertificate ? [certificate] : null,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        if (hasCertificate)
        {
            await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            byte[] request = new byte[FrameHeader.SizeBytes + 8];
            FrameHeader.ForRequest(Opcode.Stats, 8, 1, 0).Write(request);
            await stream.WriteAsync(request, TestContext.Current.CancellationToken);
            byte[] reply = new byte[FrameHeader.SizeBytes];
            await stream.ReadExactlyAsync(reply, TestContext.Current.CancellationToken);
            Assert.Equal(FrameVerdict.Complete, FrameHeader.Read(reply, out FrameHeader header));
            Assert.Equal(MmcStatus.Ok, header.Status);
            return;
        }

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(options);
            await stream.WriteAsync(new byte[40]);
            await stream.ReadExactlyAsync(new byte[40]);
        });
        AssertLine("127.0.0.1:", "the peer showed no certificate");
    }

    [Fact]
    public async Task TLS_1_1_is_refused()
    {
        ServerFixture f = Start();
        using SslStream stream = Stranger(f);
        await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
#pragma warning disable SYSLIB0039, CA5397 // An old version is what this is about.
            EnabledSslProtocols = SslProtocols.Tls11,
#pragma warning restore SYSLIB0039, CA5397
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        }));
    }

    [Fact]
    public void A_handshake_that_does_not_end_is_cut()
    {
        ServerFixture f = Start(new FrameServerOptions { FrameDeadlineMs = 300 });
        using Socket socket = f.ConnectRaw(tcp: true);
        // The beginning of a long record, then silence.
        socket.Send([0x16, 3, 1, 0x02, 0, 1]);
        Assert.Equal(0, socket.Receive(new byte[100]));
        AssertLine("127.0.0.1:", "no end of the TLS handshake in time");
    }

    [Fact]
    public void A_flood_of_strangers_leaves_few_lines()
    {
        ServerFixture f = Start();
        for (int i = 0; i < 60; i++)
        {
            using Socket socket = f.ConnectRaw(tcp: true);
            socket.Send("GET / HTTP/1.1\r\n\r\n"u8);
        }

        ServerFixture.Eventually(() => f.Server.HandshakeFailureCount == 60, "all are counted");
        Assert.InRange(_log.All.Count(line => line.Contains("turned away", StringComparison.Ordinal)), 1, 30);
    }

    [Fact]
    public void Who_only_asks_whether_somebody_listens_leaves_no_line()
    {
        ServerFixture f = Start();
        f.ConnectRaw(tcp: true).Dispose();
        ServerFixture.Eventually(() => f.Server.ConnectionCount == 0, "the connection is closed");
        Assert.False(_log.Contains("turned away"));
    }

    [Fact]
    public void Membership_in_the_clear_serves_no_objects_when_those_are_encrypted()
    {
        using var f = new ServerFixture(configure: options =>
        {
            options.MetaServiceUrl = $"tcp://127.0.0.1:{ServerFixture.FreePort()}";
            CopyTo(_server, options.Tls);
        });
        using MetaConnection member = f.Connect(f.Options.ConfigStoreUrl);
        Joined joined = ServerFixture.JoinOk(member, 8 << 20);
        Assert.Equal(MmcStatus.TlsFailed, ServerFixture.Reserve(member, "k", 100, out _).Status);
        Assert.Equal("objects are served over TLS at meta_service_url only", member.ErrorText);

        using MetaConnection data = f.Connect(f.Options.MetaServiceUrl, tls: Keyring(_workshop.Issue()));
        Assert.Equal(MmcStatus.Ok, ServerFixture.Hello(data, joined.Session, joined.InstanceId));
        ServerFixture.Put(data, "k", 100);
    }

    [Fact]
    public void One_address_can_not_be_both()
    {
        var options = new MetaServiceOptions { ConfigStoreUrl = "tcp://127.0.0.1:5000" };
        CopyTo(_server, options.Tls);
        Assert.Contains("differ", Assert.Throws<OptionsException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_files_are_taken_and_broken_ones_are_not()
    {
        ServerFixture f = Start();
        ServerFixture.Eventually(() => f.Server.Tls.Keyrings.Single().Keyring.SecondsUntilExpiry > 99 * 86_400, "first expiry");

        TlsOptions shorter = _workshop.Issue("meta", until: 20);
        File.Copy(shorter.KeyPath, _server.KeyPath, overwrite: true);
        File.Copy(shorter.CertPath, _server.CertPath, overwrite: true);
        ServerFixture.Eventually(() => _log.Contains("files reloaded, certificate '/CN=meta', good for 19 days"), "reload: " + _log);
        ServerFixture.Eventually(() => _log.Contains("ock.mmc.config_store.tls.cert.path expires in 19 days"), "warning: " + _log);
        using MetaConnection client = f.Connect(f.Options.ConfigStoreUrl, tls: Keyring(_workshop.Issue()));
        ServerFixture.JoinOk(client);

        File.WriteAllText(_server.CertPath, "half a cert");
        ServerFixture.Eventually(() => _log.Contains("the old ones stay: 'ock.mmc.config_store.tls.cert.path'"), "error: " + _log);
        using MetaConnection later = f.Connect(f.Options.ConfigStoreUrl, tls: Keyring(_workshop.Issue()));
        ServerFixture.JoinOk(later);
        Assert.Contains(
            "memcache_tls_certificate_expiry_seconds{connection=\"config_store\"} 1", MetricsPage.Format(f.Server),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_revocation_takes_effect_without_a_restart()
    {
        _server.CaCrlPath = _workshop.WriteRevocationList();
        ServerFixture f = Start();
        TlsOptions files = _workshop.Issue("leaver", "127.0.0.1", -1, 50, null, out X509Certificate2 certificate);
        TlsKeyring keyring = Keyring(files);
        using (MetaConnection client = f.Connect(f.Options.ConfigStoreUrl, tls: keyring))
        {
            ServerFixture.JoinOk(client);
        }

        _workshop.Revoke(certificate);
        _ = _workshop.WriteRevocationList();
        ServerFixture.Eventually(() => _log.Contains("files reloaded"), "reload: " + _log);
        using var refused = new MetaConnection(new EpochGate(), tls: keyring);
        MmcStatus status = refused.Connect(ServerFixture.Endpoint(f.Options.ConfigStoreUrl), ServerFixture.Soon);
        status = status == MmcStatus.Ok ? ServerFixture.Join(refused, 0, RankId.None, out _) : status;
        Assert.Equal(MmcStatus.TlsFailed, status);
        AssertLine("'/CN=leaver' has been revoked", "127.0.0.1:");
    }

    [Fact]
    public void A_server_that_can_not_use_its_files_does_not_start()
    {
        var options = new MetaServiceOptions { ConfigStoreUrl = $"tcp://127.0.0.1:{ServerFixture.FreePort()}" };
        CopyTo(_server, options.Tls);
        CopyTo(_server, options.ConfigStoreTls);
        options.Tls.KeyPath = _workshop.Issue().KeyPath;
        options.ConfigStoreTls.CaPath = _server.KeyPath;
        Assert.False(MetaServer.TryStart(
            options, new FrameServerOptions(), TimeProvider.System, NullLogger.Instance, out _, out string error));
        Assert.Contains("'ock.mmc.tls.key.path'", error, StringComparison.Ordinal);
        Assert.Contains("'ock.mmc.config_store.tls.ca.path'", error, StringComparison.Ordinal);
    }

    /// <summary>Membership, which serves objects too, over TLS.</summary>
    private ServerFixture Start(FrameServerOptions? server = null)
    {
        var f = new ServerFixture(server, configure: options => CopyTo(_server, options.ConfigStoreTls), logger: _log);
        _owned.Add(f);
        return f;
    }

    private TlsKeyring Keyring(TlsOptions options)
    {
        Assert.True(TlsKeyring.TryOpen(options, "client", null, NullLogger.Instance, out TlsKeyring? keyring, out string error), error);
        _owned.Add(keyring!);
        return keyring!;
    }

    private SslStream Stranger(ServerFixture f)
    {
        var stream = new SslStream(new NetworkStream(f.ConnectRaw(tcp: true), ownsSocket: true));
        _owned.Add(stream);
        return stream;
    }

    private void AssertLine(params string[] texts) => ServerFixture.Eventually(
        () => _log.All.Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))), string.Join(" + ", texts) + " in\n" + _log);

    internal static void CopyTo(TlsOptions from, TlsOptions to)
    {
        to.Enable = true;
        to.CaPath = from.CaPath;
        to.CaCrlPath = from.CaCrlPath;
        to.CertPath = from.CertPath;
        to.KeyPath = from.KeyPath;
        to.KeyPassPath = from.KeyPassPath;
    }
}
