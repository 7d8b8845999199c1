using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using MemCache.Testing.Certificates;
using MemCache.UnitTests.MetaService;
using Xunit;

namespace MemCache.UnitTests.LocalService;

/// <summary>A MetaService and stores in this process, over TCP, each kind of connection encrypted or not.</summary>
public sealed class TlsPoolTests : IDisposable
{
    private readonly CertificateWorkshop _workshop = new();
    private readonly LogLines _log = new();
    private readonly string _sharedMemory =
        Directory.CreateDirectory($"/dev/shm/memcache-test-{Environment.ProcessId}-{Guid.NewGuid():N}").FullName;

    public void Dispose()
    {
        Directory.Delete(_sharedMemory, recursive: true);
        _workshop.Dispose();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Objects_are_put_and_got(bool control, bool membership)
    {
        using ServerFixture f = StartServer(control, membership);
        using ObjectStore writer = Open(f, control, membership);
        using ObjectStore reader = Open(f, control, membership);
        byte[] value = new byte[300_000];
        new Random(1).NextBytes(value);
        Assert.Equal(MmcStatus.Ok, writer.Put("k", value));
        Assert.Equal(MmcStatus.Ok, reader.Exists("k"));
        Assert.Equal(value, reader.Get("k"));
        Assert.Equal(MmcStatus.Ok, reader.Remove("k"));
        Assert.Equal(MmcStatus.ObjectNotFound, writer.Exists("k"));
    }

    [Fact]
    public void A_store_without_a_certificate_does_not_open()
    {
        using ServerFixture f = StartServer(control: false, membership: true);
        MmcStatus status = ObjectStore.Open(Options(f), _log, out _, out string error);
        Assert.NotEqual(MmcStatus.Ok, status);
        Assert.Contains("the peer speaks TLS, and this client is configured without", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_with_a_certificate_that_has_expired_does_not_open_and_says_why()
    {
        using ServerFixture f = StartServer(control: false, membership: true);
        LocalServiceOptions options = Options(f);
        TlsServerTests.CopyTo(_workshop.Issue("late", from: -9, until: -1), options.ConfigStoreTls);
        Assert.Equal(MmcStatus.TlsFailed, ObjectStore.Open(options, _log, out _, out string error));
        Assert.Contains("the peer refused our certificate: it has expired", error, StringComparison.Ordinal);
        Assert.True(_log.Contains("ock.mmc.config_store.tls.cert.path has expired"), _log.ToString());
    }

    [Fact]
    public void A_store_whose_files_can_not_be_used_names_all_of_them()
    {
        using ServerFixture f = StartServer(control: false, membership: true);
        LocalServiceOptions options = Options(f);
        TlsServerTests.CopyTo(_workshop.Issue(), options.ConfigStoreTls);
        TlsServerTests.CopyTo(_workshop.Issue(), options.HcomTls);
        options.ConfigStoreTls.KeyPath = options.HcomTls.KeyPath;
        options.HcomTls.CertPath = options.HcomTls.KeyPath;
        Assert.Equal(MmcStatus.InvalidParameter, ObjectStore.Open(options, _log, out _, out string error));
        Assert.Contains("'ock.mmc.config_store.tls.key.path'", error, StringComparison.Ordinal);
        Assert.Contains("'ock.mmc.local_service.hcom.tls.cert.path'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void New_files_are_used_by_the_next_connections()
    {
        using ServerFixture f = StartServer(control: true, membership: true);
        TlsOptions files = _workshop.Issue("first");
        LocalServiceOptions options = Options(f);
        TlsServerTests.CopyTo(files, options.Tls);
        TlsServerTests.CopyTo(files, options.ConfigStoreTls);
        Assert.Equal(MmcStatus.Ok, ObjectStore.Open(options, _log, out ObjectStore? store, out string error));
        using (store)
        {
            TlsOptions second = _workshop.Issue("second", until: 3);
            File.Copy(second.KeyPath, files.KeyPath, overwrite: true);
            File.Copy(second.CertPath, files.CertPath, overwrite: true);
            ServerFixture.Eventually(
                () => _log.Contains("ock.mmc.tls: files reloaded, certificate '/CN=second'")
                    && _log.Contains("ock.mmc.tls.cert.path expires in 2 days"), "reload: " + _log);
            Assert.Equal(MmcStatus.Ok, store!.Put("k", "v"u8));
        }
    }

    private ServerFixture StartServer(bool control, bool membership) => new(heartbeatMs: 50, configure: options =>
    {
        options.MetaServiceUrl = $"tcp://127.0.0.1:{ServerFixture.FreePort()}";
        // Where no socket can be made: clients have to take the way over TCP.
        options.SocketDirectory = "/proc/nowhere";
        Choose(control, options.Tls, "meta");
        Choose(membership, options.ConfigStoreTls, "meta");
    });

    private ObjectStore Open(ServerFixture f, bool control, bool membership)
    {
        LocalServiceOptions options = Options(f);
        Choose(control, options.Tls, "store");
        Choose(membership, options.ConfigStoreTls, "store");
        MmcStatus status = ObjectStore.Open(options, _log, out ObjectStore? store, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status} {error}\n{_log}");
        return store!;
    }

    private LocalServiceOptions Options(ServerFixture f) => new()
    {
        MetaServiceUrl = f.Options.MetaServiceUrl,
        ConfigStoreUrl = f.Options.ConfigStoreUrl,
        SharedMemoryDirectory = _sharedMemory,
        DramSizeBytes = 16 << 20,
        ClientTimeoutSeconds = 20,
    };

    private void Choose(bool isWanted, TlsOptions options, string name)
    {
        if (isWanted)
        {
            TlsServerTests.CopyTo(_workshop.Issue(name), options);
        }
    }
}
