using System.Globalization;
using MemCache.Core;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>The logs of a pool under traffic: where they are, what is in them and what never is.</summary>
public sealed class LogTests
{
    private const string SecretKey = "secret-of-a-tenant";

    [Fact]
    public void No_log_holds_a_key_or_a_byte_of_an_object_and_both_programs_reload_their_level()
    {
        using var pool = new PoolFixture("ock.mmc.log_output_target = both");
        string local = Path.Combine(pool.Meta.Directory, "mmc-local.conf");
        string[] lines =
        [
            $"ock.mmc.meta_service_url = {pool.Meta.MetaServiceUrl}",
            $"ock.mmc.local_service.config_store_url = {pool.Meta.ConfigStoreUrl}",
            $"ock.mmc.local_service.shm.path = {pool.SharedMemory}",
            "ock.mmc.local_service.dram.size = 8MB",
            $"ock.mmc.log_path = {pool.Meta.Directory}",
            "ock.mmc.log_output_target = file",
        ];
        File.WriteAllLines(local, lines);
        LocalServiceOptions options = LocalServiceOptions.Load(local, out _);
        string localLog = Path.Combine(pool.Meta.Directory, "logs", Invariant($"mmc-local-{Environment.ProcessId}.log"));
        string metaLog = Path.Combine(pool.Meta.Directory, "logs", "mmc-meta.log");
        string config = Path.Combine(pool.Meta.Directory, "mmc-meta.conf");
        var host = new LogLines();
        Assert.Equal(MmcStatus.Ok, LocalService.ObjectStore.Open(options, host, out LocalService.ObjectStore? store, out _));
        using (store)
        {
            Traffic(store!);
            File.WriteAllLines(local, [.. lines, "ock.mmc.log_level = warn"]);
            File.AppendAllText(config, "ock.mmc.log_level = warn\nock.mmc.meta_service.heartbeat_ms = 51\n");
            WaitFor(localLog, "'ock.mmc.log_level': 'info' is now 'warn'");
            WaitFor(metaLog, "'ock.mmc.log_level': 'info' is now 'warn'");
            WaitFor(metaLog, "takes effect at the next start: 'ock.mmc.meta_service.heartbeat_ms'");
            File.AppendAllText(config, "ock.mmc.meta.lease_ttl_ms = soon\n");
            WaitFor(metaLog, "configuration not reloaded, the old one stays: ");
        }

        Assert.Contains("[4000] joined as", File.ReadAllText(localLog), StringComparison.Ordinal);
        Assert.True(host.Contains("joined as"));
        foreach (string text in new[] { File.ReadAllText(localLog), File.ReadAllText(metaLog), pool.Meta.Child.Output, host.ToString() })
        {
            Assert.NotEmpty(text);
            Assert.DoesNotContain(SecretKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain("payload-of-a-tenant", text, StringComparison.Ordinal);
        }
    }

    private static void Traffic(LocalService.ObjectStore store)
    {
        byte[] payload = [.. Enumerable.Repeat("payload-of-a-tenant "u8.ToArray(), 5000).SelectMany(bytes => bytes)];
        for (int i = 0; i < 200; i++)
        {
            string key = Invariant($"{SecretKey}-{i}");
            // More than fits: eviction and refusals are part of it. So are statuses of every kind.
            _ = store.Put(key, payload);
            _ = store.Exists(key);
            _ = store.Get(key, new byte[payload.Length], out _);
            _ = store.Get(key, new byte[7], out _);
            _ = store.Remove(Invariant($"{SecretKey}-{i / 2}"));
        }

        _ = store.Put(SecretKey + "-large", new byte[64 << 20]);
        _ = store.Exists(new string('x', 300) + SecretKey);
    }

    private static void WaitFor(string path, string text)
    {
        bool isThere = SpinWait.SpinUntil(
            () => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.True(isThere, $"'{text}' is not in {path}:\n{(File.Exists(path) ? File.ReadAllText(path) : "")}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
