using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ConfigReadingTests
{
    [Fact]
    public void Command_line_counts_more_than_environment_more_than_file_more_than_default()
    {
        ConfigReading<MetaServiceOptions> reading = MetaServiceOptions.Table.Read(
            ConfigFile.Parse("f.conf", "ock.mmc.log_level = warn\nock.mmc.meta.lease_ttl_ms = 1\nock.mmc.log_path = /a"),
            name => name switch { "MMC_META_LEASE_TTL_MS" => "2", "MMC_LOG_PATH" => "/b", "MMC_LOG_LEVEL" => "", _ => null },
            [("ock.mmc.log_path", "/c")]);
        Assert.Empty(reading.Problems);
        Assert.Equal(("warn", 2, "/c"), (reading.Options.LogLevel, reading.Options.LeaseTtlMs, reading.Options.LogPath));
        Assert.Equal("f.conf:1", reading.OriginOf("ock.mmc.log_level").ToString());
        Assert.Equal("environment MMC_META_LEASE_TTL_MS", reading.OriginOf("ock.mmc.meta.lease_ttl_ms").ToString());
        Assert.Equal("command line", reading.OriginOf("ock.mmc.log_path").ToString());
        Assert.Equal("default", reading.OriginOf("ock.mmc.log_rotation_file_size").ToString());
    }

    [Fact]
    public void All_problems_come_at_once_each_with_its_place()
    {
        ConfigReading<MetaServiceOptions> reading = MetaServiceOptions.Table.Read(
            ConfigFile.Parse("f.conf", """
                ock.mmc.log_level = loud
                what is this
                ock.mmc.evict_threshold_high = 60

                ock.mmc.evict_threshold_low = 70
                ock.mmc.meta.lease_ttl_ms = 0
                """),
            name => name == "MMC_META_SERVICE_URL" ? "tcp://nowhere" : null);
        Assert.Equal(5, reading.Errors.Count);
        Assert.Contains("f.conf:1: 'ock.mmc.log_level' = 'loud' is not legal; legal is debug, info, warn, error", reading.Errors);
        Assert.Contains("f.conf:2: 'what is this' is not of the form key = value", reading.Errors);
        Assert.Contains(reading.Errors, text => text.StartsWith(
            "f.conf:5: 'ock.mmc.evict_threshold_low' = 70 must be below", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, text => text.StartsWith("f.conf:6: 'ock.mmc.meta.lease_ttl_ms' = '0'", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, text => text.StartsWith(
            "environment MMC_META_SERVICE_URL: 'ock.mmc.meta_service_url' = 'tcp://nowhere'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_is_not_compared_with_one_that_is_illegal_itself()
    {
        ConfigReading<MetaServiceOptions> reading = MetaServiceOptions.Table.Read(ConfigFile.Parse(
            "f.conf", "ock.mmc.evict_threshold_high = 20\nock.mmc.evict_threshold_low = ten"));
        Assert.Single(reading.Problems);
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        string token = "";
        var table = new ConfigTable<MetaServiceOptions>();
        table.Text("ock.mmc.token", 5, "a secret", _ => token, (_, value) => token = value).Secret();
        ConfigReading<MetaServiceOptions> reading = table.Read(
            ConfigFile.Parse("f", "ock.mmc.token = abc\nock.mmc.token = much too long\nock.mmc.tokn = also"));
        Assert.Equal(3, reading.Problems.Count);
        Assert.All(reading.Problems, problem =>
        {
            Assert.DoesNotContain("abc", problem.ToString() + problem.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("much", problem.ToString() + problem.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("also", problem.ToString() + problem.Value, StringComparison.Ordinal);
        });
        Assert.Equal("***", table.Settings[0].Show(reading.Options));
    }

    [Theory]
    [InlineData("ock.mmc.meta.lease_ttl_ms = 5\0")]
    [InlineData("ock.mmc.meta.ha.meta_rebuild = true\0")]
    [InlineData("ock.mmc.log_path = /a\u001b[2J")]
    [InlineData("ock.mmc.log_path = /a\uFFFD")]
    public void What_can_not_be_seen_is_not_accepted(string line)
    {
        ConfigReading<MetaServiceOptions> reading = MetaServiceOptions.Table.Read(ConfigFile.Parse("f", line));
        Assert.Single(reading.Errors);
    }

    [Fact]
    public void Every_default_is_legal_and_read_as_it_is_written()
    {
        Assert.All(MetaServiceOptions.Table.Settings, setting => CheckDefault(setting, new MetaServiceOptions()));
        Assert.All(LocalServiceOptions.Table.Settings, setting => CheckDefault(setting, new LocalServiceOptions()));
    }

    [Fact]
    public void Keys_of_an_accepted_family_are_no_surprise() =>
        Assert.Empty(LocalServiceOptions.Table.Read(ConfigFile.Parse("f", "ubsio.standalone.anything = 1")).Problems);

    private static void CheckDefault<TOptions>(ConfigSetting<TOptions> setting, TOptions options)
    {
        string text = setting.Read(options);
        Assert.True(setting.Write(options, text), setting.Key);
        Assert.Equal(text, setting.Read(options));
    }
}
