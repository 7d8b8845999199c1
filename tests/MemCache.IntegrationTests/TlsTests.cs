using System.Globalization;
using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using MemCache.Testing.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Real processes whose control and membership connections are encrypted, over TCP: there is no Unix socket.</summary>
[SupportedOSPlatform("linux")]
public sealed class TlsTests : IDisposable
{
    private readonly CertificateWorkshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Processes_put_and_get_and_a_killed_one_leaves_nothing()
    {
        using PoolFixture pool = StartPool();
        ChildProcess host = pool.StartHost(32 << 20, Lines(_workshop.Issue("host"), '='));
        ObjectStore reader = pool.OpenStore(16 << 20, Secure);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("0", host.Ask(string.Create(CultureInfo.InvariantCulture, $"put block-{i} {400_003 + i}")));
            Assert.Equal(400_003 + i, reader.Get($"block-{i}")!.Length);
        }

        host.Signal(ProcessSignal.Kill);
        pool.WaitForMetric("memcache_sessions", sessions => sessions == 1, "1");
        Assert.Equal(MmcStatus.Ok, reader.Put("after", "still here"u8));
        Assert.Equal("still here"u8.ToArray(), reader.Get("after"));
    }

    [Fact]
    public void A_MetaService_that_comes_back_is_joined_again()
    {
        using PoolFixture pool = StartPool();
        ObjectStore store = pool.OpenStore(16 << 20, Secure);
        pool.Meta.Kill();
        pool.Meta.Restart();
        pool.WaitForMetric("memcache_sessions", sessions => sessions == 1, "1");
        Assert.Equal(MmcStatus.Ok, store.Put("after", "still here"u8));
    }

    [Fact]
    public void A_stranger_gets_nowhere_and_the_log_says_who_and_why()
    {
        using PoolFixture pool = StartPool();
        using var other = new CertificateWorkshop("Other authority");
        LocalServiceOptions options = pool.Options(16 << 20);
        Copy(other.Issue("stranger"), options.Tls);
        Copy(other.Issue("stranger"), options.ConfigStoreTls);
        options.Tls.CaPath = _workshop.CaPath;
        options.ConfigStoreTls.CaPath = _workshop.CaPath;
        Assert.Equal(MmcStatus.TlsFailed, ObjectStore.Open(options, NullLogger.Instance, out _, out string error));
        Assert.Contains("does not know our authority", error, StringComparison.Ordinal);
        pool.Meta.Child.WaitForOutput("'/CN=stranger' is not signed by an authority in ca.path", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Hosts_read_and_write_each_other_over_an_encrypted_data_path()
    {
        using PoolFixture pool = StartPool();
        ObjectStore far = pool.OpenStore(64 << 20, pool.On(1, SecureAll));
        ObjectStore client = pool.OpenStore(0, pool.On(2, SecureAll));
        const int Count = 8;
        const int ObjectBytes = 2_000_000;
        using NativeBuffer memory = NativeBuffer.Allocate(Count * ObjectBytes);
        var keys = new KeyBatch();
        var layers = new BufferBatch();
        for (int i = 0; i < Count; i++)
        {
            keys.Add($"block-{i}");
            KeyedContent.Fill($"block-{i}", memory.Slice(i * ObjectBytes, ObjectBytes));
            for (int offset = 0, size = 1; offset < ObjectBytes; offset += size, size = (size * 3) + 1)
            {
                size = Math.Min(size % 200_000, ObjectBytes - offset);
                layers.Add(memory.Address + (nuint)((i * ObjectBytes) + offset), size);
            }

            layers.EndObject();
        }

        var results = new MmcStatus[Count];
        Assert.Equal(MmcStatus.Ok, client.PutBatch(keys, layers, default, results));
        for (int round = 0; round < 3; round++)
        {
            memory.Slice(0, Count * ObjectBytes).Clear();
            Assert.Equal(MmcStatus.Ok, client.GetBatch(keys, layers, results));
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(-1, KeyedContent.FirstWrong($"block-{i}", memory.Slice(i * ObjectBytes, ObjectBytes)));
            }
        }

        Assert.Equal(KeyedContent.Of("block-3", ObjectBytes), far.Get("block-3"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_whose_data_path_is_not_trusted_gets_no_bytes(bool hasCertificate)
    {
        using PoolFixture pool = StartPool();
        using var other = new CertificateWorkshop("Other authority");
        ObjectStore far = pool.OpenStore(32 << 20, pool.On(1, SecureAll));
        Assert.Equal(MmcStatus.Ok, far.Put("k", KeyedContent.Of("k", 100_000)));
        ObjectStore stranger = pool.OpenStore(0, pool.On(2, options =>
        {
            Secure(options);
            if (hasCertificate)
            {
                Copy(other.Issue("stranger"), options.HcomTls);
                options.HcomTls.CaPath = _workshop.CaPath;
            }
        }));
        Assert.NotEqual(MmcStatus.Ok, stranger.Get("k", new byte[100_000], out _));
        Assert.Equal(KeyedContent.Of("k", 100_000), far.Get("k"));
    }

    private void SecureAll(LocalServiceOptions options)
    {
        Secure(options);
        Copy(_workshop.Issue("store"), options.HcomTls);
    }

    private PoolFixture StartPool() =>
        new([.. Lines(_workshop.Issue("meta"), " = "), "ock.mmc.meta_service.socket_path = /proc/nowhere"]);

    private void Secure(LocalServiceOptions options)
    {
        Copy(_workshop.Issue("store"), options.Tls);
        Copy(_workshop.Issue("store"), options.ConfigStoreTls);
    }

    private static void Copy(TlsOptions from, TlsOptions to)
    {
        to.Enable = true;
        to.CaPath = from.CaPath;
        to.CertPath = from.CertPath;
        to.KeyPath = from.KeyPath;
    }

    private static string[] Lines(TlsOptions files, object equals) =>
    [
        .. new[] { "ock.mmc.tls", "ock.mmc.config_store.tls" }.SelectMany(prefix => new[]
        {
            $"{prefix}.enable{equals}true", $"{prefix}.ca.path{equals}{files.CaPath}",
            $"{prefix}.cert.path{equals}{files.CertPath}", $"{prefix}.key.path{equals}{files.KeyPath}",
        }),
    ];
}
