using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ConfigTests
{
    [Fact]
    public void Values_comments_and_blanks_are_read()
    {
        MetaServiceOptions options = Load("""
            # a comment
            ock.mmc.meta.lease_ttl_ms = 123   # another
              ock.mmc.evict_threshold_high=70

            ock.mmc.evict_threshold_low = 60
            ock.mmc.log_output_target = BOTH
            ock.mmc.log_path = /tmp/a#b
            """, out IReadOnlyList<string> warnings);

        Assert.Equal(123, options.LeaseTtlMs);
        Assert.Equal(70, options.EvictThresholdHigh);
        Assert.Equal("both", options.LogOutputTarget);
        Assert.Equal("/tmp/a#b", options.LogPath);
        Assert.Empty(warnings);
    }

    [Fact]
    public void Defaults_are_those_of_the_documented_surface()
    {
        MetaServiceOptions meta = Load("", out _);
        Assert.Equal("tcp://127.0.0.1:5000", meta.MetaServiceUrl);
        Assert.Equal("tcp://127.0.0.1:6000", meta.ConfigStoreUrl);
        Assert.Equal("http://127.0.0.1:8000", meta.MetricsUrl);
        Assert.Equal((10_000, 90, 80, 30), (meta.LeaseTtlMs, meta.EvictThresholdHigh, meta.EvictThresholdLow, meta.MetricsReportIntervalSeconds));
        var local = new LocalServiceOptions();
        local.Validate();
        Assert.Equal((256, 1L << 30, 64L << 30), (local.WorldSize, local.DramSizeBytes, local.MaxDramSizeBytes));
        Assert.Equal((0, 60, 32, 4), (local.ClientRetryMs, local.ClientTimeoutSeconds, local.ReadThreadPoolSize, local.WriteThreadPoolSize));
    }

    [Fact]
    public void An_unknown_key_warns_and_a_key_given_twice_too()
    {
        Load("ock.mmc.no_such_key = 1\nock.mmc.log_level = warn\nock.mmc.log_level = error", out IReadOnlyList<string> warnings);

        Assert.Equal(2, warnings.Count);
        Assert.Contains(":1: unknown key 'ock.mmc.no_such_key'", warnings[0], StringComparison.Ordinal);
        Assert.Contains(":3: 'ock.mmc.log_level' is given again", warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ock.mmc.meta.lease_ttl_ms = 0", "1 .. 2147483647")]
    [InlineData("ock.mmc.meta_service_url = tcp://127.0.0.1:80", "port 1025 .. 65535")]
    [InlineData("ock.mmc.log_level = loud", "debug, info, warn, error")]
    [InlineData("ock.mmc.meta.ha.enable = maybe", "true or false")]
    [InlineData("ock.mmc.evict_threshold_high = 100", "1 .. 99")]
    public void A_bad_value_names_file_line_key_value_and_range(string line, string range)
    {
        OptionsException exception = Assert.Throws<OptionsException>(() => Load("# first\n" + line, out _));

        string key = line[..line.IndexOf(' ', StringComparison.Ordinal)];
        Assert.Contains(".conf:2: '" + key + "' = '" + line[(line.IndexOf('=', StringComparison.Ordinal) + 2)..] + "'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(range, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ock.mmc.evict_threshold_low = 90", "must be below")]
    [InlineData("ock.mmc.meta_service.silence_ms = 1500", "at least twice")]
    [InlineData("ock.mmc.tls.enable = true", "'ock.mmc.tls.cert.path' is not given")]
    [InlineData("just some words", "not of the form key = value")]
    public void Values_that_do_not_fit_together_are_refused(string line, string reason) =>
        Assert.Contains(reason, Assert.Throws<OptionsException>(() => Load(line, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_an_error() =>
        Assert.Contains("can't be read", Assert.Throws<OptionsException>(() => MetaServiceOptions.Load("/no/such/file", out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Local_sizes_are_checked_against_each_other()
    {
        var options = new LocalServiceOptions { DramSizeBytes = 65L << 30 };
        Assert.Contains("max.dram.size", Assert.Throws<OptionsException>(options.Validate).Message, StringComparison.Ordinal);
        options = new LocalServiceOptions { ClientTimeoutSeconds = 0 };
        Assert.Contains("1 .. 600", Assert.Throws<OptionsException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static MetaServiceOptions Load(string text, out IReadOnlyList<string> warnings)
    {
        string path = Path.Combine(Path.GetTempPath(), $"memcache-{Guid.NewGuid():N}.conf");
        File.WriteAllText(path, text);
        try
        {
            return MetaServiceOptions.Load(path, out warnings);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
