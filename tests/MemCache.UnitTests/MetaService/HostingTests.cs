using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class HostingTests
{
    [Fact]
    public void Command_line_wins_over_the_defaults()
    {
        CommandLine line = CommandLine.Parse(
            ["--meta-service-url", "tcp://127.0.0.1:5555", "--log-level=debug", "--set", "ock.mmc.meta.lease_ttl_ms=77"]);
        MetaServiceOptions options = line.Load(out _);
        Assert.Equal("tcp://127.0.0.1:5555", options.MetaServiceUrl);
        Assert.Equal("debug", options.LogLevel);
        Assert.Equal(77, options.LeaseTtlMs);
    }

    [Theory]
    [InlineData("--set", "ock.mmc.meta.lease_ttl_ms=0", "legal is 1 ..")]
    [InlineData("--set", "no.such.key=1", "unknown key")]
    [InlineData("--nonsense", "1", "unknown option")]
    [InlineData("--config", null, "needs a value")]
    public void What_is_wrong_on_the_command_line_is_named(string option, string? value, string expected)
    {
        string[] arguments = value is null ? [option] : [option, value];
        OptionsException exception = Assert.Throws<OptionsException>(() => CommandLine.Parse(arguments).Load(out _));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_key()
    {
        string help = CommandLine.HelpText();
        Assert.All(MetaServiceOptions.Table.Settings, setting => Assert.Contains(setting.Key, help, StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_directory_that_can_not_be_written_is_reported_and_the_screen_taken()
    {
        var options = new MetaServiceOptions { LogPath = "/proc/nowhere", LogOutputTarget = "file" };
        using LogOutput log = LogOutput.Open(options, TimeProvider.System);
        Assert.NotEmpty(log.Problem);
    }

    [Fact]
    public void A_log_file_gets_what_is_logged_at_the_level_that_is_set()
    {
        string directory = Directory.CreateTempSubdirectory("mmc-log-").FullName;
        using (LogOutput log = LogOutput.Open(new MetaServiceOptions { LogPath = directory }, TimeProvider.System))
        {
            using ILoggerFactory factory = LoggerFactory.Create(log.AddTo);
            ILogger logger = factory.CreateLogger("MemCache.Test");
            Log.Summary(logger, "first {line}");
            log.Level.Set("warn");
            Log.Summary(logger, "second");
            Log.ConfigurationWarning(logger, "third");
        }

        string text = File.ReadAllText(Path.Combine(directory, "logs", "mmc-meta.log"));
        Assert.Contains("summary: first {line}", text, StringComparison.Ordinal);
        Assert.Contains("[5004]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("second", text, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_default_socket_directory_is_private()
    {
        Assert.True(RuntimeDirectory.TryPrepare("", out string directory, out string error), error);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void A_socket_directory_that_can_not_be_made_leaves_tcp()
    {
        using var f = new ServerFixture(configure: options =>
        {
            options.SocketDirectory = "/proc/nowhere";
            options.MetaServiceUrl = $"tcp://127.0.0.1:{ServerFixture.FreePort()}";
        });
        Assert.Equal("", f.Server.UnixSocketPath);
        using MetaConnection client = f.Connect(f.Options.ConfigStoreUrl);
        Assert.Equal("", ServerFixture.JoinOk(client).UnixSocketPath);
    }

    [Fact]
    public void The_metrics_page_has_the_names_that_dashboards_know()
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect();
        ServerFixture.JoinOk(client, 8 << 20);
        ServerFixture.Put(client, "a", 5000);
        ServerFixture.Exists(client, "a", "b");
        string page = MetricsPage.Format(f.Server);
        string[] operations =
        [
            "alloc", "batch_alloc", "get", "batch_get", "remove", "batch_remove", "remove_all", "update_state",
            "batch_update_state", "query", "batch_query", "get_all_keys", "exist_key", "batch_exist_key", "mount", "unmount",
        ];
        Assert.All(operations, name =>
        {
            Assert.Contains($"\nmemcache_{name}_requests_total ", page, StringComparison.Ordinal);
            Assert.Contains($"\nmemcache_{name}_failures_total ", page, StringComparison.Ordinal);
        });
        Assert.Contains("\nmemcache_alloc_requests_total 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_batch_exist_key_requests_total 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_mount_requests_total 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_stored_keys 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_segment_capacity_bytes{segment=\"rank-0-dram\"} 8388608\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_segment_allocated_bytes{segment=\"rank-0-dram\"} 8192\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_total_capacity_bytes{medium=\"dram\"} 8388608\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_allocated_bytes{medium=\"dram\"} 8192\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmemcache_evict_operations_total 0\n", page, StringComparison.Ordinal);
        Assert.Contains("memcache_exist_keys_total{result=\"miss\"} 1", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_names_what_matters()
    {
        using var f = new ServerFixture();
        Assert.Contains("sessions=0", SummaryLine.Format(f.Server), StringComparison.Ordinal);
    }
}
