using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemCache.Core;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc bench</c>: how fast it is, beside what the machine can do.</summary>
internal static class BenchCommand
{
    private const string DefaultPlotPath = "artifacts/bench/bench.svg";
    private const string Help = """
        Measures get, put and exist, each beside the machine's limit in the same run: a plain copy of the same bytes
        with as many threads, or a bare round trip of the same bytes over a Unix socket. With --remote the other
        processes are on other hosts (network namespaces where there are root's rights, else addresses of the loopback
        network), and the limits are those of the network between them.
        """;

    private static readonly string AllRows = string.Join(", ", BenchOptions.AllRows);
    private static readonly string RemoteRows = string.Join(", ", BenchOptions.RemoteRows);

    private static readonly Option<string> Plot = new("--plot")
    {
        Description = "Write a bar chart of the ratios to this SVG file",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultPlotPath,
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = $"Measure these rows only, with commas between: {AllRows}; with --remote: {RemoteRows}",
        HelpName = "NAMES",
    };

    private static readonly Option<int> Rounds =
        CliOptions.Count("--rounds", "Interleaved rounds that the medians are taken over", 15, 3, 10_000);

    private static readonly Option<int> Seconds =
        CliOptions.Count("--seconds", "Longest time that one group of rows is measured", 20, 1, 3600);

    private static readonly Option<bool> Remote = new("--remote") { Description = "Measure between hosts" };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as one JSON object, the last line of standard output",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("bench", Help)
        {
            Plot, Only, Rounds, Seconds, Remote, Json,
        };
        command.Validators.Add(result =>
        {
            IReadOnlyList<string> rows = RowsOf(result.GetValue(Remote));
            string[] unknown = [.. Split(result.GetValue(Only)).Except(rows)];
            if (unknown.Length > 0)
            {
                result.AddError($"--only {string.Join(',', unknown)}: the rows are {string.Join(", ", rows)}");
            }
        });
        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            () => RunAsync(
                ReadOptions(arguments),
                arguments.GetValue(Plot) ?? DefaultPlotPath,
                arguments.GetValue(Json),
                cancellation),
            cancellation));
        return command;
    }

    private static BenchOptions ReadOptions(ParseResult arguments)
    {
        SharedMemory.RemoveAbandoned(SharedMemory.DefaultDirectory, TimeProvider.System);
        string[] only = Split(arguments.GetValue(Only));
        var options = new BenchOptions
        {
            RoundCount = arguments.GetValue(Rounds),
            RowTimeMax = TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
            IsRemote = arguments.GetValue(Remote),
        };
        IReadOnlyList<string> all = RowsOf(options.IsRemote);
        options = options with { Rows = only.Length == 0 ? all : [.. all.Intersect(only)] };
        return FitIntoSharedMemory(options);
    }

    // Containers often have 64 MB of shared memory: then the batch is smaller, and that is said.
    private static BenchOptions FitIntoSharedMemory(BenchOptions options)
    {
        long usableBytes = SharedMemory.FreeBytes(options.SharedMemoryDirectory) / 8 * 7;
        BenchOptions fitting = options;
        while (fitting.SegmentCount * fitting.SegmentBytes > usableBytes && fitting.BatchCount > 1)
        {
            fitting = fitting with { BatchCount = fitting.BatchCount / 2 };
        }

        if (fitting.SegmentCount * fitting.SegmentBytes > usableBytes)
        {
            throw new InsufficientMemoryException(
                $"{options.SharedMemoryDirectory} lacks room: "
                + $"{ByteSize.Format(fitting.SegmentCount * fitting.SegmentBytes)} are needed");
        }

        if (fitting.BatchCount < options.BatchCount)
        {
            Console.Error.WriteLine(
                $"mmc: {options.SharedMemoryDirectory} is small, so a batch has fewer blocks: "
                + fitting.BatchCount.ToString(CultureInfo.InvariantCulture));
        }

        return fitting;
    }

    private static async Task<int> RunAsync(
        BenchOptions options, string plotPath, bool json, CancellationToken cancellation)
    {
        var run = new BenchRun(options, text => Screen.Error.MarkupLineInterpolated($"[grey]mmc: {text}[/]"));
        // The rounds occupy a thread; the command's own stays free to hear Ctrl-C.
        BenchReport report = await Task.Run(() => run.RunAsync(cancellation), cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(plotPath)) ?? "/");
        await File.WriteAllTextAsync(plotPath, BenchPlot.Draw(report), cancellation).ConfigureAwait(false);
        BenchTable.Write(json ? Screen.Error : Screen.Output, report);
        Screen.Error.WriteLine($"mmc: plot written to {plotPath}");
        if (json)
        {
            string line = JsonSerializer.Serialize(report, CliJson.Default.BenchReport);
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return 0;
    }

    private static IReadOnlyList<string> RowsOf(bool isRemote) =>
        isRemote ? BenchOptions.RemoteRows : BenchOptions.AllRows;

    private static string[] Split(string? names) =>
        (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
