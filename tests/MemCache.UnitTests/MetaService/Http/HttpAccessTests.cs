using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Testing;
using MemCache.Testing.Certificates;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Who may do what: tokens, read-only mode, pages of other sites, https, client certificates.</summary>
public class HttpAccessTests
{
    private const string Token = "0123456789abcdef-first";
    private const string Bearer = "Bearer " + Token;

    [Theory]
    [InlineData("none", "/openapi/v1.json", "/health")]
    [InlineData("health", "/health", "/metrics")]
    [InlineData("metrics", "/metrics", "/get_all_keys")]
    [InlineData("read", "/get_all_keys", null)]
    public async Task A_token_is_asked_for_beyond_what_is_open(string open, string free, string? guarded)
    {
        using var files = new CertificateWorkshop();
        await using HttpFixture f = await HttpFixture.StartAsync(
            options => (options.HttpTokenPath, options.HttpOpen) = (files.Write("tokens", Token), open));
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Get, free));
        Assert.Equal(HttpStatusCode.Unauthorized, await f.StatusAsync(HttpMethod.Put, "/metadata?key=a", "x"));
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Put, "/metadata?key=a", "x", Bearer));
        if (guarded is not null)
        {
            using HttpResponseMessage answer = await f.SendAsync(HttpMethod.Get, guarded);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Get, guarded, token: Bearer));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer 0123456789abcdef-firs")]
    [InlineData("Bearer 0123456789abcdef-first1")]
    [InlineData("Bearer 0123456789abcdef-First")]
    [InlineData("Basic 0123456789abcdef-first")]
    public async Task Nothing_like_a_token_is_one(string header)
    {
        using var files = new CertificateWorkshop();
        await using HttpFixture f = await HttpFixture.StartAsync(options => options.HttpTokenPath = files.Write("tokens", Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await f.StatusAsync(HttpMethod.Get, "/metrics", token: header));
    }

    [Fact]
    public void Tokens_are_read_anew_and_a_broken_file_leaves_the_old_ones()
    {
        using var files = new CertificateWorkshop();
        var log = new LogLines();
        string path = files.Write("tokens", Token + "\n");
        AccessTokens tokens = AccessTokens.Open(path);
        Assert.True(tokens.Matches(Bearer));
        files.Write("tokens", $"{Token}\nanother-token-of-length\n");
        tokens.Refresh(log);
        Assert.True(tokens.Matches(Bearer) && tokens.Matches("bearer another-token-of-length"));
        files.Write("tokens", "short");
        tokens.Refresh(log);
        Assert.True(tokens.Matches(Bearer));
        files.Write("tokens", "another-token-of-length");
        tokens.Refresh(log);
        Assert.False(tokens.Matches(Bearer));
    }

    [Theory]
    [InlineData("short", UnixFileMode.UserRead, "must hold")]
    [InlineData("", UnixFileMode.UserRead, "must hold")]
    [InlineData("with spaces and long enough", UnixFileMode.UserRead, "must hold")]
    [InlineData(Token, UnixFileMode.UserRead | UnixFileMode.OtherRead, "mode")]
    public void A_token_file_that_is_of_no_use_ends_the_start(string content, UnixFileMode mode, string expected)
    {
        using var files = new CertificateWorkshop();
        string path = files.Write("tokens", content, mode);
        OptionsException exception = Assert.Throws<OptionsException>(() => AccessTokens.Open(path));
        Assert.Contains("token_path", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_only_mode_refuses_every_call_that_changes_something_until_it_is_ended()
    {
        await using HttpFixture f = await HttpFixture.StartAsync(options => options.HttpReadOnly = true);
        using MetaConnection client = f.Fill("a");
        string[] changing = [.. f.Calls.Where(call => call.Right == HttpRight.Change).Select(call => $"{call.Method} {call.Path}")];
        Assert.NotEmpty(changing);
        foreach (string call in changing)
        {
            string[] parts = call.Split(' ');
            Assert.Equal(
                HttpStatusCode.Forbidden, await f.StatusAsync(new HttpMethod(parts[0]), parts[1] + "?key=a&job_id=1", "x", Bearer));
        }

        Assert.Equal(4096, (await f.GetAsync("/query_key?key=a")).GetProperty("size").GetInt64());
        f.Pool.Server.Configure(new MetaServiceOptions());
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Delete, "/api/v1/keys?key=a"));
    }

    [Fact]
    public async Task A_page_of_another_site_can_not_change_anything()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        const string Path = "/metadata?key=a";
        Assert.Equal(HttpStatusCode.Forbidden, await f.StatusAsync(HttpMethod.Put, Path, "x", origin: "http://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await f.StatusAsync(HttpMethod.Put, Path, "x", origin: "null"));
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Put, Path, "x", origin: $"http://127.0.0.1:{f.Port}"));
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Get, Path, origin: "http://elsewhere.example"));
    }

    [Fact]
    public async Task Https_takes_the_files_of_the_pool_with_an_encrypted_key_and_takes_up_new_ones()
    {
        using var files = new CertificateWorkshop();
        TlsOptions issued = files.Issue("first", passphrase: "secret");
        string passphrase = files.Write("pass", "secret\n");
        await using HttpFixture f = await HttpFixture.StartAsync(options => Use(options, issued, passphrase), "https");
        Assert.Equal("ok", (await f.GetAsync("/health")).GetProperty("status").GetString());
        Assert.Equal("CN=first", f.ServerSubject);

        TlsOptions second = files.Issue("second", passphrase: "secret");
        File.Move(second.CertPath, issued.CertPath, overwrite: true);
        File.Move(second.KeyPath, issued.KeyPath, overwrite: true);
        ServerFixture.Eventually(() => SubjectAt(f.Port) == "CN=second", "the new certificate is shown");
    }

    [Fact]
    public void Https_without_a_certificate_and_client_certificates_without_https_are_told_of()
    {
        var options = new MetaServiceOptions { MetricsUrl = "https://127.0.0.1:8000" };
        OptionsException exception = Assert.Throws<OptionsException>(options.Validate);
        Assert.Contains("ock.mmc.tls.cert.path", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ock.mmc.tls.ca.path", exception.Message, StringComparison.Ordinal);
        options = new MetaServiceOptions { HttpClientCertificate = "optional" };
        exception = Assert.Throws<OptionsException>(options.Validate);
        Assert.Contains("needs https", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optional")]
    [InlineData("required")]
    public async Task A_client_certificate_of_the_authority_lets_in_and_no_other_does(string mode)
    {
        using var files = new CertificateWorkshop();
        using var strangers = new CertificateWorkshop("Another authority");
        TlsOptions issued = files.Issue("server");
        TlsOptions member = files.Issue("member");
        files.Issue("revoked", "127.0.0.1", -1, 100, null, out X509Certificate2 revoked);
        TlsOptions withdrawn = files.Issue("withdrawn", "127.0.0.1", -1, 100, null, out X509Certificate2 listed);
        files.Revoke(revoked);
        files.Revoke(listed);
        issued.CaCrlPath = files.WriteRevocationList();
        await using HttpFixture f = await HttpFixture.StartAsync(
            options =>
            {
                Use(options, issued, "");
                options.HttpClientCertificate = mode;
            },
            "https");
        Assert.True(await IsLetInAsync(f, "/metrics", member));
        Assert.False(await IsLetInAsync(f, "/metrics", strangers.Issue("stranger")));
        Assert.False(await IsLetInAsync(f, "/metrics", files.Issue("late", until: -0.5)));
        Assert.False(await IsLetInAsync(f, "/metrics", withdrawn));
        Assert.False(await IsLetInAsync(f, "/metrics", null));
        Assert.Equal(mode == "optional", await IsLetInAsync(f, "/health", null));
        revoked.Dispose();
        listed.Dispose();
    }

    [Fact]
    public async Task What_speaks_no_tls_costs_the_https_port_a_connection_and_nothing_else()
    {
        using var files = new CertificateWorkshop();
        TlsOptions issued = files.Issue("server");
        await using HttpFixture f = await HttpFixture.StartAsync(options => Use(options, issued, ""), "https");
        Assert.Equal("", f.SendRaw("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal("leader", await f.TextAsync("/role"));
    }

    private static string SubjectAt(int port)
    {
        using var client = new TcpClient("127.0.0.1", port);
        using var stream = new SslStream(client.GetStream(), false, (_, shown, _, _) => shown is not null);
        stream.AuthenticateAsClient("127.0.0.1");
        return stream.RemoteCertificate!.Subject;
    }

    private static void Use(MetaServiceOptions options, TlsOptions issued, string passphrasePath)
    {
        options.Tls.CaPath = issued.CaPath;
        options.Tls.CaCrlPath = issued.CaCrlPath;
        options.Tls.CertPath = issued.CertPath;
        options.Tls.KeyPath = issued.KeyPath;
        options.Tls.KeyPassPath = passphrasePath;
    }

    private static async Task<bool> IsLetInAsync(HttpFixture f, string path, TlsOptions? certificate)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown is not null };
        using X509Certificate2? own = certificate is null
            ? null
            : X509Certificate2.CreateFromPemFile(certificate.CertPath, certificate.KeyPath);
        if (own is not null)
        {
            handler.ClientCertificates.Add(own);
        }

        using var client = new HttpClient(handler) { BaseAddress = f.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException exception) when (exception.InnerException is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
