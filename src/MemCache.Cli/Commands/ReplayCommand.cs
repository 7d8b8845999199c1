using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc replay</c>: what a pool of each size would hit, without a pool.</summary>
internal static class ReplayCommand
{
    private const int CapacityMax = 100_000_000;
    private const int CapacityCountMax = 64;
    private const string DefaultPlotPath = "artifacts/replay/replay.svg";
    private const string Help = """
        Simulates pools of several capacities and eviction policies with the requests of a trace (or a made workload),
        and prints and plots the share of blocks that each would have had. No pool is started, no memory is taken.
        """;

    private static readonly string AllPolicies = string.Join(", ", ReplayPolicies.All.Keys);
    private static readonly string AllWorkloads = string.Join(", ", SyntheticWorkload.Names);

    private static readonly Option<string?> Trace = new("--trace")
    {
        Description = "Simulate this file: JSONL with timestamp (ms) and hash_ids (the blocks of the prompt) a line",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Workload = new("--workload")
    {
        Description = $"Make requests instead (shuffled and scan: of the trace, if one is named): {AllWorkloads}",
        HelpName = "NAME",
    };

    private static readonly Option<int[]?> Capacities = new("--capacities")
    {
        Description = "Blocks that fit, numbers with commas between [default: a 64th of all different ones .. all]",
        HelpName = "N,N,...",
        CustomParser = ParseCapacities,
    };

    private static readonly Option<string> Policies = new("--policies")
    {
        Description = $"Policies, with commas between: {AllPolicies}",
        HelpName = "NAMES",
        DefaultValueFactory = _ => $"{ReplayPolicies.Lru},{ReplayPolicies.Reuse}",
    };

    private static readonly Option<bool> Mrc = new("--mrc")
    {
        Description = "Also show what a pool of each capacity estimates, while it serves, of 0.25 to 8 times of it",
    };

    private static readonly Option<long?> Block = CliOptions.Size(
        "--block", "Size of a block: capacities are shown as sizes too", 1, 1L << 30);

    private static readonly Option<int> Requests = CliOptions.Count(
        "--requests", "Requests to simulate; 0: the whole trace, or what suits the workload", 0, 0, 100_000_000);

    private static readonly Option<int> Seed =
        CliOptions.Count("--seed", "Seed of the made workload", 1, 0, int.MaxValue);

    private static readonly Option<string> Plot = new("--plot")
    {
        Description = "Write a chart to this SVG file",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultPlotPath,
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as one JSON object, the last line of standard output",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Policies.Validators.Add(result => CheckNames(result, "--policies", AllPolicies, ReplayPolicies.All.Keys));
        Workload.Validators.Add(result => CheckNames(result, "--workload", AllWorkloads, SyntheticWorkload.Names));
        var command = new Command("replay", Help)
        {
            Trace, Workload, Capacities, Policies, Mrc, Block, Requests, Seed, Plot, Json,
        };
        command.Validators.Add(CheckSource);
        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            () => RunAsync(arguments, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        int[]? capacities = arguments.GetValue(Capacities);
        List<TraceRequest> requests = ReadRequests(arguments, capacities);
        // Numbering a long trace and the simulations occupy a thread; the command's own stays free to hear Ctrl-C.
        ReplayReport report = await Task.Run(
            () => SimulateAsync(arguments, requests, capacities, cancellation), cancellation).ConfigureAwait(false);
        string plotPath = arguments.GetValue(Plot) ?? DefaultPlotPath;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(plotPath)) ?? "/");
        await File.WriteAllTextAsync(plotPath, ReplayPlot.Draw(report), cancellation).ConfigureAwait(false);
        bool json = arguments.GetValue(Json);
        ReplayTable.Write(json ? Screen.Error : Screen.Output, report, arguments.GetValue(Block));
        Screen.Error.WriteLine($"mmc: plot written to {plotPath}");
        if (json)
        {
            string line = JsonSerializer.Serialize(report, CliJson.Default.ReplayReport);
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return 0;
    }

    private static Task<ReplayReport> SimulateAsync(
        ParseResult arguments, List<TraceRequest> requests, int[]? capacities, CancellationToken cancellation)
    {
        ReplayTrace trace = ReplayTrace.Of(requests);
        var options = new ReplayOptions
        {
            Workload = NameOf(arguments),
            Policies = Split(arguments.GetValue(Policies)),
            Capacities = capacities ?? ReplayOptions.CapacitiesFor(trace.BlockCount),
            EstimatesMissRatio = arguments.GetValue(Mrc),
        };
        int rounds = options.Policies.Count + (options.EstimatesMissRatio ? 1 : 0);
        var progress = new ReplayProgress(Screen.Error, (long)rounds * options.Capacities.Count * requests.Count);
        return progress.ShowAsync(() => new ReplayRun(options, trace, progress).RunAsync(cancellation));
    }

    private static List<TraceRequest> ReadRequests(ParseResult arguments, int[]? capacities)
    {
        int count = arguments.GetValue(Requests);
        List<TraceRequest>? trace = arguments.GetValue(Trace) is { } path ? TraceReader.ReadFile(path) : null;
        if (trace is { Count: 0 })
        {
            throw new TraceFormatException(arguments.GetValue(Trace)!, 1, "", "no request in the file");
        }

        trace = trace is not null && count > 0 && count < trace.Count ? trace[..count] : trace;
        if (arguments.GetValue(Workload) is not { } name)
        {
            return trace!;
        }

        var options = new SyntheticOptions
        {
            Name = name,
            Seed = (ulong)arguments.GetValue(Seed),
            RequestCount = count,
            Base = trace,
        };
        options = capacities is null ? options : options with { CapacityBlocks = capacities[0] };
        return SyntheticWorkload.Generate(options);
    }

    private static string NameOf(ParseResult arguments) =>
        (arguments.GetValue(Workload), Path.GetFileName(arguments.GetValue(Trace))) switch
        {
            (null, { } file) => file,
            ({ } name, null) => name,
            ({ } name, { } file) => $"{file}, {name}",
            _ => "",
        };

    private static void CheckSource(CommandResult result)
    {
        string? workload = result.GetValue(Workload);
        bool hasTrace = result.GetValue(Trace) is not null;
        if (workload is null && !hasTrace)
        {
            result.AddError($"--trace FILE or --workload NAME is needed; the workloads are {AllWorkloads}");
        }
        else if (workload is not null && hasTrace && !SyntheticWorkload.TakesBase(workload))
        {
            result.AddError($"--workload {workload} makes its own requests, so --trace can't be given too");
        }
    }

    private static int[]? ParseCapacities(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        var capacities = new SortedSet<int>();
        foreach (string part in Split(text))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int capacity)
                || capacity is < 1 or > CapacityMax)
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--capacities {part}: expected numbers of blocks of 1 .. {CapacityMax}"));
                return null;
            }

            capacities.Add(capacity);
        }

        if (capacities.Count is > 0 and <= CapacityCountMax)
        {
            return [.. capacities];
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"--capacities {text}: expected 1 .. {CapacityCountMax} numbers of blocks, such as 5000,10000"));
        return null;
    }

    private static void CheckNames(OptionResult result, string option, string all, IEnumerable<string> known)
    {
        string[] names = [.. result.Tokens.SelectMany(token => Split(token.Value))];
        string[] unknown = [.. names.Except(known)];
        if (unknown.Length > 0 || (names.Length == 0 && result.Tokens.Count > 0))
        {
            result.AddError($"{option} {string.Join(',', unknown)}: the names are {all}");
        }
    }

    private static string[] Split(string? names) =>
    [
        .. (names ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(),
    ];
}
