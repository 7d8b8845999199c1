using MemCache.Cli;
using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Cli.Configuration;

public class ConfigReportTests
{
    [Theory]
    [InlineData("a.conf", "ock.mmc.local_service.dram.size = 1GB", "local")]
    [InlineData("a-local.conf", "ock.mmc.meta.lease_ttl_ms = 1", "meta")]
    [InlineData("mmc-local.conf", "ock.mmc.log_level = info", "local")]
    [InlineData("mmc-meta.conf", "", "meta")]
    public void Whose_file_it_is_shows_in_its_keys_or_its_name(string name, string text, string kind) =>
        Assert.Equal(kind, ConfigProgram.Of(ConfigFile.Parse(name, text)).Name);

    [Fact]
    public void Values_have_their_origin_and_hardware_that_is_not_here_is_a_warning()
    {
        ConfigReport report = ConfigProgram.Local.Read(
            ConfigFile.Parse("f", "ock.mmc.local_service.protocol = device_rdma\nock.mmc.ubs_io.enable = true"),
            name => name == "MMC_LOCAL_SERVICE_DRAM_SIZE" ? "2GB" : null);
        Assert.True(report.IsLegal);
        Assert.Equal(2, report.Problems.Count);
        Assert.All(report.Problems, problem => Assert.Contains("not available on this host: ", problem.Message, StringComparison.Ordinal));
        Assert.Equal(1, report.Problems[0].Line);
        ConfigReportValue value = Assert.Single(report.Values, value => value.Source == "environment");
        Assert.Equal(("ock.mmc.local_service.dram.size", "2GB", "MMC_LOCAL_SERVICE_DRAM_SIZE"), (value.Key, value.Value, value.Name));
    }

    [Fact]
    public void A_problem_has_its_parts()
    {
        ConfigReport report = ConfigProgram.Meta.Read(ConfigFile.Parse("f", "\nock.mmc.log_level = x"), _ => null);
        Assert.False(report.IsLegal);
        ConfigReportProblem problem = Assert.Single(report.Problems);
        Assert.Equal(("error", "f", 2, "ock.mmc.log_level", "x"), (problem.Severity, problem.Source, problem.Line, problem.Key, problem.Value));
    }
}
