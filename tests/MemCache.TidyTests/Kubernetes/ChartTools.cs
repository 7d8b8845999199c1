using System.Diagnostics;
using Xunit;

namespace MemCache.TidyTests.Kubernetes;

/// <summary>Runs helm and kubectl, which <c>./mmc test</c> puts into artifacts/tools where it can.</summary>
internal static class ChartTools
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    private static string Directory => Path.Combine(Repository.Root, "artifacts", "tools", "kubernetes");

    /// <summary>Runs a tool on some input; no cluster is asked.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(
        string tool, string input, params string[] arguments)
    {
        string program = Path.Combine(Directory, tool);
        Assert.SkipUnless(
            File.Exists(program), $"{program} is missing: ./mmc test fetches it with npm, which is not here");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["KUBECONFIG"] = "/dev/null";
        start.Environment["HOME"] = Directory;
        using Process process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeMax);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{tool} {string.Join(' ', arguments)} did not end within {TimeMax}");
        }
    }

    /// <summary>What the chart makes of some values.</summary>
    public static Task<(int Code, string Output, string Error)> Template(params string[] settings) => Run(
        "helm",
        "",
        ["template", "memcache", "deploy/helm/memcache", "-n", "memcache",
            .. settings.SelectMany(one => new[] { "--set", one })]);
}
