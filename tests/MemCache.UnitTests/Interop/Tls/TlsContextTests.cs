using MemCache.Core;
using MemCache.Interop;
using MemCache.Testing.Certificates;
using Xunit;

namespace MemCache.UnitTests.Interop.Tls;

public sealed class TlsContextTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Program = Private | UnixFileMode.UserExecute;

    private readonly CertificateWorkshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void An_encrypted_key_opens_with_its_passphrase()
    {
        TlsOptions options = _workshop.Issue(passphrase: "correct horse");
        options.KeyPassPath = _workshop.Write("pass", "correct horse\n");
        using TlsContext context = TlsPair.Context(options);
        Assert.Equal("/CN=member", context.Subject);
        Assert.InRange(context.SecondsUntilExpiry, 99 * 86_400, 100 * 86_400);
    }

    [Fact]
    public void A_wrong_passphrase_is_named_but_not_shown()
    {
        TlsOptions options = _workshop.Issue(passphrase: "correct horse");
        options.KeyPassPath = _workshop.Write("pass", "battery staple");
        string problem = Assert.Single(Problems(options));
        Assert.Contains("can't be decrypted with the passphrase of 'tls.key.pass.path'", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_key_without_a_passphrase_asks_nobody() =>
        Assert.Contains(
            "is encrypted, and 'tls.key.pass.path' gives no passphrase",
            Assert.Single(Problems(_workshop.Issue(passphrase: "correct horse"))), StringComparison.Ordinal);

    [Fact]
    public void A_decrypter_turns_the_file_into_the_passphrase()
    {
        TlsOptions options = _workshop.Issue(passphrase: "correct horse");
        options.KeyPassPath = _workshop.Write("pass", "esroh tcerroc\n");
        options.DecrypterPath = _workshop.Write("decrypt", "#!/bin/sh\nexec rev\n", Program);
        using TlsContext context = TlsPair.Context(options);
        Assert.Equal("/CN=member", context.Subject);
    }

    [Theory]
    [InlineData("exit 3", "ended with code 3")]
    [InlineData("echo half; exit 4", "ended with code 4")]
    [InlineData("kill -9 $$", "was ended by signal 9")]
    [InlineData("true", "printed nothing")]
    [InlineData("head -c 5000 /dev/zero", "printed more than 1024 bytes")]
    [InlineData("sleep 100", "did not end in time")]
    [InlineData("echo half; exec sleep 100", "did not end in time")]
    [InlineData("exec >&-; sleep 100", "did not end in time")]
    public void A_decrypter_that_fails_is_reported(string script, string expected)
    {
        string path = _workshop.Write("decrypt", $"#!/bin/sh\n{script}\n", Program);
        Assert.Null(DecrypterCommand.Run(path, "secret"u8, out string error, timeoutMs: 300));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_decrypter_need_not_read_its_input()
    {
        string path = _workshop.Write("decrypt", "#!/bin/sh\nexec <&-\necho fine\n", Program);
        byte[]? answer = DecrypterCommand.Run(path, new byte[10_000], out string error);
        Assert.Equal("fine\n"u8.ToArray(), answer);
        Assert.Equal("", error);
    }

    [Fact]
    public void A_decrypter_that_others_can_write_is_not_run()
    {
        string path = _workshop.Write("decrypt", "#!/bin/sh\necho x\n", Program | UnixFileMode.GroupWrite);
        Assert.Null(DecrypterCommand.Run(path, default, out string error));
        Assert.Contains("can be written by others (mode 0720)", error, StringComparison.Ordinal);
        _ = _workshop.Write("decrypt", "#!/bin/sh\necho x\n");
        Assert.Null(DecrypterCommand.Run(path, default, out error));
        Assert.Equal("is not executable", error);
        _ = _workshop.Write("decrypt", "no program", Program);
        Assert.Null(DecrypterCommand.Run(path, default, out error));
        Assert.StartsWith("can't be run", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void A_key_that_others_can_read_is_refused(UnixFileMode extra)
    {
        TlsOptions options = _workshop.Issue();
        File.SetUnixFileMode(options.KeyPath, Private | extra);
        Assert.Contains("is a secret that others can read", Assert.Single(Problems(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_behind_a_link_is_read()
    {
        TlsOptions options = _workshop.Issue();
        string link = Path.Combine(_workshop.Directory, "link");
        _ = File.CreateSymbolicLink(link, options.KeyPath);
        options.KeyPath = link;
        TlsPair.Context(options).Dispose();
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        TlsOptions options = _workshop.Issue();
        options.KeyPath = _workshop.Issue().KeyPath;
        Assert.Contains("is not the key of the certificate", Assert.Single(Problems(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once_with_their_keys()
    {
        TlsOptions options = _workshop.Issue();
        string garbage = _workshop.Write("garbage", "-----BEGIN NOTHING-----\n");
        options.CaPath = garbage;
        options.CaCrlPath = garbage;
        options.CertPath = garbage;
        options.KeyPath = garbage;
        IReadOnlyList<string> problems = Problems(options);
        Assert.Equal(4, problems.Count);
        Assert.Contains(problems, p => p.StartsWith("'tls.ca.path'", StringComparison.Ordinal) && p.Contains("holds no certificate", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("'tls.ca.crl.path'", StringComparison.Ordinal) && p.Contains("holds no revocation list", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("'tls.cert.path'", StringComparison.Ordinal) && p.Contains("holds no certificate", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("'tls.key.path'", StringComparison.Ordinal) && p.Contains("holds no private key", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_are_not_there_are_told_at_once_with_their_keys()
    {
        var options = new MetaServiceOptions();
        options.Tls.Enable = true;
        options.Tls.CaPath = "/no/such/ca";
        options.ConfigStoreTls.Enable = true;
        options.ConfigStoreTls.DecrypterPath = "/no/such/program";
        options.ConfigStoreTls.PackagePath = "/no/such/directory";
        string message = Assert.Throws<OptionsException>(options.Validate).Message;
        Assert.Equal(9, message.Split(Environment.NewLine).Length);
        Assert.Contains("'ock.mmc.tls.ca.path' = '/no/such/ca': there is no such file", message, StringComparison.Ordinal);
        Assert.Contains("'ock.mmc.tls.key.path' is not given", message, StringComparison.Ordinal);
        Assert.Contains("'ock.mmc.config_store.tls.key.pass.path' is not given", message, StringComparison.Ordinal);
        Assert.Contains("'ock.mmc.config_store.tls.package.path' = '/no/such/directory'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_without_OpenSSL_is_refused_in_words()
    {
        TlsOptions options = _workshop.Issue();
        options.PackagePath = _workshop.Directory;
        string problem = Assert.Single(Problems(options));
        // Which of the two depends on whether another test has loaded the system's library before.
        Assert.True(
            problem.Contains("TLS needs OpenSSL 1.1.1 or 3: neither", StringComparison.Ordinal)
            || problem.Contains("one process uses one", StringComparison.Ordinal), problem);
    }

    private static IReadOnlyList<string> Problems(TlsOptions options)
    {
        Assert.False(TlsContext.TryCreate(options, "tls", out TlsContext? context, out IReadOnlyList<string> problems));
        Assert.Null(context);
        return problems;
    }
}
