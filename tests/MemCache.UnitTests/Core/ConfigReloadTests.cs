using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ConfigReloadTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"memcache-{Guid.NewGuid():N}.conf");
    private readonly MetaServiceOptions _running = new() { LogLevel = "warn" };

    [Fact]
    public void What_may_change_while_running_does_and_the_rest_waits_for_the_next_start()
    {
        ConfigReload<MetaServiceOptions> reload = Begin("ock.mmc.log_level = warn");
        Assert.Null(reload.Look());
        Write("ock.mmc.log_level = debug\nock.mmc.log_path = /elsewhere");
        ConfigChange? change = reload.Look(isSettled: true);
        Assert.Equal(["'ock.mmc.log_level': 'warn' is now 'debug'"], change!.Applied);
        Assert.Equal(["'ock.mmc.log_path': '/var/log/memcache_hybrid' is now '/elsewhere'"], change.Waiting);
        Assert.Equal("warn", _running.LogLevel);
        reload.Apply();
        Assert.Equal("debug", _running.LogLevel);
        Assert.Equal("/var/log/memcache_hybrid", _running.LogPath);
        Assert.Null(reload.Look(isSettled: true));
    }

    [Fact]
    public void A_file_with_a_mistake_changes_nothing_and_is_told_once()
    {
        ConfigReload<MetaServiceOptions> reload = Begin("ock.mmc.log_level = warn");
        Write("ock.mmc.log_level = debug\nock.mmc.meta.lease_ttl_ms = never");
        Assert.Contains("never", Assert.Single(reload.Look(isSettled: true)!.Errors), StringComparison.Ordinal);
        Assert.Equal("warn", _running.LogLevel);
        Assert.Null(reload.Look(isSettled: true));
        Write("ock.mmc.log_level = debug\nock.mmc.meta.lease_ttl_ms = 77");
        Assert.Equal(2, reload.Look(isSettled: true)!.Applied.Count);
        reload.Apply();
        Assert.Equal(("debug", 77), (_running.LogLevel, _running.LeaseTtlMs));
    }

    [Fact]
    public void A_file_counts_when_it_is_the_same_in_two_looks()
    {
        ConfigReload<MetaServiceOptions> reload = Begin("ock.mmc.log_level = warn");
        Write("");
        Assert.Null(reload.Look());
        Write("ock.mmc.log_level = error");
        Assert.Null(reload.Look());
        Assert.Equal("warn", _running.LogLevel);
        Assert.NotNull(reload.Look());
        reload.Apply();
        Assert.Equal("error", _running.LogLevel);
    }

    [Fact]
    public void A_file_that_is_away_or_has_other_comments_is_no_change()
    {
        ConfigReload<MetaServiceOptions> reload = Begin("ock.mmc.log_level = warn");
        Write("ock.mmc.log_level = warn # for now");
        Assert.Null(reload.Look(isSettled: true));
        File.Delete(_path);
        Assert.Null(reload.Look(isSettled: true));
        Assert.Equal("warn", _running.LogLevel);
    }

    [Fact]
    public void What_the_environment_sets_stays()
    {
        Write("ock.mmc.log_level = info");
        var reload = new ConfigReload<MetaServiceOptions>(MetaServiceOptions.Table, _path, _running, file =>
            MetaServiceOptions.Table.Read(file, name => name == "MMC_LOG_LEVEL" ? "warn" : null));
        Write("ock.mmc.log_level = debug");
        Assert.Null(reload.Look(isSettled: true));
        Assert.Equal("warn", _running.LogLevel);
    }

    public void Dispose() => File.Delete(_path);

    private ConfigReload<MetaServiceOptions> Begin(string text)
    {
        Write(text);
        return new ConfigReload<MetaServiceOptions>(
            MetaServiceOptions.Table, _path, _running, file => MetaServiceOptions.Table.Read(file));
    }

    private void Write(string text) => File.WriteAllText(_path, text);
}
