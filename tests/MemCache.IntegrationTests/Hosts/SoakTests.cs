using System.Text.Json;
using Xunit;
using ChildProcess = MemCache.Testing.ChildProcess;

namespace MemCache.IntegrationTests;

/// <summary>A minute of <c>mmc soak</c>: ranks come and go at random, and nothing may be wrong or left.</summary>
public sealed class SoakTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_minute_of_churn_loses_no_byte_and_leaves_nothing()
    {
        using ChildProcess soak = ChildProcess.Start(
            "MemCache.Cli", "mmc", ["soak", "--seconds", "60", "--ranks", "20", "--json"]);

        Assert.True(soak.WaitForExit(Timeout), soak.Output);
        JsonElement report = JsonDocument.Parse(soak.ReadLine(Timeout, "the report")).RootElement;
        Assert.True(soak.ExitCode == 0, soak.Output);
        Assert.Equal(0, report.GetProperty("wrong_objects").GetInt64());
        Assert.Equal(0, report.GetProperty("errors").GetInt64());
        Assert.Empty(report.GetProperty("violations").EnumerateArray());
        Assert.True(report.GetProperty("verified_objects").GetInt64() > 1000, soak.Output);
        Assert.True(report.GetProperty("joins").GetInt32() >= 20, soak.Output);
        Assert.True(report.GetProperty("kills").GetInt32() > 0 && report.GetProperty("leaves").GetInt32() > 0, soak.Output);
    }
}
