using System.Security.Cryptography.X509Certificates;
using MemCache.Core;
using MemCache.Interop;
using MemCache.Testing.Certificates;
using Xunit;

namespace MemCache.UnitTests.Interop.Tls;

public sealed class TlsHandshakeTests : IDisposable
{
    private readonly CertificateWorkshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Two_ends_that_trust_each_other_agree_on_TLS_1_3()
    {
        using TlsPair pair = Pair(_workshop.Issue(), _workshop.Issue());
        Assert.True(pair.Shake(), pair.ServerError + pair.ClientError);
        Assert.Equal("TLSv1.3", ((TlsChannel)pair.Server).ProtocolName);
    }

    [Fact]
    public void A_name_is_checked_like_an_address()
    {
        using TlsPair pair = Pair(_workshop.Issue(host: "meta.example"), _workshop.Issue(), "meta.example");
        Assert.True(pair.Shake(), pair.ServerError + pair.ClientError);
    }

    [Theory]
    [InlineData(-30, -1, "has expired", "it has expired, or is not valid yet")]
    [InlineData(1, 30, "is not valid yet", "refused our certificate")]
    public void A_client_whose_certificate_is_out_of_its_time_is_refused(double from, double until, string serverSays, string clientSays)
    {
        using TlsPair pair = Pair(_workshop.Issue("server"), _workshop.Issue("late", from: from, until: until));
        AssertRefused(pair, $"'/CN=late' {serverSays}", clientSays);
    }

    [Fact]
    public void A_server_whose_certificate_has_expired_is_refused()
    {
        using TlsPair pair = Pair(_workshop.Issue("old", from: -30, until: -1), _workshop.Issue());
        AssertRefused(pair, "it has expired", "'/CN=old' has expired");
    }

    [Fact]
    public void A_client_on_the_revocation_list_is_refused()
    {
        TlsOptions client = _workshop.Issue("stolen", "127.0.0.1", -1, 30, null, out X509Certificate2 certificate);
        TlsOptions server = _workshop.Issue("server");
        _workshop.Revoke(certificate);
        server.CaCrlPath = _workshop.WriteRevocationList();
        using TlsPair pair = Pair(server, client);
        AssertRefused(pair, "'/CN=stolen' has been revoked", "it has been revoked");
    }

    [Fact]
    public void Who_is_not_on_the_list_is_let_in()
    {
        TlsOptions server = _workshop.Issue("server");
        server.CaCrlPath = _workshop.WriteRevocationList();
        using TlsPair pair = Pair(server, _workshop.Issue());
        Assert.True(pair.Shake(), pair.ServerError + pair.ClientError);
    }

    [Fact]
    public void An_old_revocation_list_lets_nobody_in()
    {
        TlsOptions server = _workshop.Issue("server");
        server.CaCrlPath = _workshop.WriteRevocationList(until: -1);
        using TlsPair pair = Pair(server, _workshop.Issue());
        AssertRefused(pair, "revocation list has expired", "refused our certificate");
    }

    [Fact]
    public void A_list_of_another_authority_lets_nobody_in()
    {
        using var other = new CertificateWorkshop("Other authority");
        TlsOptions server = _workshop.Issue("server");
        server.CaCrlPath = other.WriteRevocationList();
        using TlsPair pair = Pair(server, _workshop.Issue());
        AssertRefused(pair, "revocation list is not in ca.crl.path", "refused our certificate");
    }

    [Fact]
    public void Another_authority_is_not_believed()
    {
        using var other = new CertificateWorkshop("Other authority");
        TlsOptions stranger = other.Issue("stranger");
        stranger.CaPath = _workshop.CaPath;
        using TlsPair pair = Pair(_workshop.Issue("server"), stranger);
        AssertRefused(pair, "is not signed by an authority in ca.path", "does not know our authority");
    }

    [Fact]
    public void A_server_of_another_authority_is_not_believed()
    {
        using var other = new CertificateWorkshop("Other authority");
        TlsOptions stranger = other.Issue("stranger");
        stranger.CaPath = _workshop.CaPath;
        using TlsPair pair = Pair(stranger, _workshop.Issue());
        AssertRefused(pair, "does not know our authority", "is not signed by an authority in ca.path");
    }

    [Theory]
    [InlineData("10.1.2.3", "127.0.0.1")]
    [InlineData("meta.example", "127.0.0.1")]
    [InlineData("meta.example", "other.example")]
    [InlineData("127.0.0.1", "meta.example")]
    public void A_server_that_is_not_the_host_that_was_dialled_is_refused(string named, string dialled)
    {
        using TlsPair pair = Pair(_workshop.Issue("server", host: named), _workshop.Issue(), dialled);
        AssertRefused(pair, "refused our certificate", $"does not name the host '{dialled}' that was dialled");
    }

    private static TlsPair Pair(TlsOptions server, TlsOptions client, string host = "127.0.0.1") =>
        new(TlsPair.Context(server), TlsPair.Context(client), host);

    private static void AssertRefused(TlsPair pair, string serverSays, string clientSays)
    {
        Assert.False(pair.Shake());
        Assert.Contains(serverSays, pair.ServerError, StringComparison.Ordinal);
        Assert.Contains(clientSays, pair.ClientError, StringComparison.Ordinal);
        // It stays refused, whatever is tried next.
        Assert.False(pair.Server.Receive(new byte[1]).IsOk);
        Assert.False(pair.Server.Send(new byte[1]).IsOk);
    }
}
