using System.Diagnostics;
using Xunit;

namespace MemCache.IntegrationTests.Packages;

/// <summary>Runs the .NET SDK, without build servers that would outlive the test.</summary>
internal static class DotnetTool
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>What it printed; anything but success fails the test with it.</summary>
    public static string Run(string directory, params string[] arguments)
    {
        string sdk = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "";
        var start = new ProcessStartInfo(Path.Combine(sdk, "dotnet"), arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["NuGetAudit"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Timeout))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"dotnet {string.Join(' ', arguments)} did not end within {Timeout}");
        }

        string text = output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult();
        Assert.True(
            process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
        return text;
    }
}
