using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary><c>mmc demo</c>: the whole system on this machine, with real traffic.</summary>
internal static class DemoCommand
{
    private const long DefaultPoolBytes = 1536L << 20;
    private const string Help = """
        Runs the whole system on this machine: real processes share a pool and serve chat traffic (or a trace); every
        byte is verified. For each prompt a client asks which blocks are in the pool, gets those at its beginning and
        puts the rest, as an engine does. Exit code 0: no wrong object, no error.
        """;

    private static readonly Option<string?> Trace = new("--trace")
    {
        Description = "Replay this file: JSONL with timestamp (ms) and hash_ids (the blocks of the prompt) a line",
        HelpName = "FILE",
    };

    private static readonly Option<double> Speed = new("--speed")
    {
        Description = "Send requests at X times real time; 0: as fast as they are served",
        HelpName = "X",
    };

    private static readonly Option<long?> Pool = CliOptions.Size(
        "--pool",
        "Memory of all clients together [default: 1.5GB, or less if there is less shared memory]",
        Limits.SegmentBytesMin,
        Limits.SegmentBytesMax);

    private static readonly Option<long?> Block = CliOptions.Size(
        "--block",
        "Size of a block, as 122 buffers in the proportions of DeepSeek-R1's [default: 1/64 of the real 8784KB]",
        BlockShape.SizeBytesMin,
        1L << 30);

    private static readonly Option<int> Clients = CliOptions.Count("--clients", "Client processes", 3, 1, 64);

    private static readonly Option<int> Requests = CliOptions.Count(
        "--requests", "Requests to send; 0: the whole trace, or 4000 of the simulated chat", 0, 0, 100_000_000);

    private static readonly Option<int> Seed =
        CliOptions.Count("--seed", "Seed of the simulated chat", 1, 0, int.MaxValue);

    private static readonly Option<string> Policy = new("--policy")
    {
        Description = "What the pool evicts first: what is least likely to be asked for again, or used longest ago",
        DefaultValueFactory = _ => "reuse",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as one JSON object, the last line of standard output",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Speed.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value)
                && !(value is >= 0 and < 1e9))
            {
                result.AddError($"--speed {result.Tokens[0].Value}: expected 0 or more");
            }
        });
        Policy.AcceptOnlyFromAmong("reuse", "lru");
        var command = new Command("demo", Help) { Trace, Speed, Pool, Block, Clients, Policy, Requests, Seed, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation) =>
        CommandErrors.ReportAsync(
            () => RunAsync(ReadOptions(arguments), arguments.GetValue(Json), cancellation), cancellation);

    private static DemoOptions ReadOptions(ParseResult arguments)
    {
        SharedMemory.RemoveAbandoned(SharedMemory.DefaultDirectory, TimeProvider.System);
        int clients = arguments.GetValue(Clients);
        var options = new DemoOptions
        {
            TracePath = arguments.GetValue(Trace),
            Speed = arguments.GetValue(Speed),
            ClientCount = clients,
            Policy = arguments.GetValue(Policy)!,
            RequestCount = arguments.GetValue(Requests),
            Seed = (ulong)arguments.GetValue(Seed),
        };
        return options with
        {
            BlockBytes = arguments.GetValue(Block) ?? options.BlockBytes,
            PoolBytes = SharedMemory.ChoosePoolBytes(
                options.SharedMemoryDirectory,
                arguments.GetValue(Pool),
                DefaultPoolBytes,
                Limits.SegmentBytesMin * clients),
        };
    }

    private static async Task<int> RunAsync(DemoOptions options, bool json, CancellationToken cancellation)
    {
        List<TraceRequest> requests = options.ReadRequests();
        using var fill = new PoolFill();
        var run = new DemoRun(options, requests, fill, TimeProvider.System);
        using var shown = new CancellationTokenSource();
        Task view = new DemoView(Screen.Error, run.Tally, fill).ShowAsync(shown.Token);
        DemoReport report;
        try
        {
            report = await run.RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await view.ConfigureAwait(false);
        }

        DemoTable.Write(json ? Screen.Error : Screen.Output, report, run.Tally.ErrorTexts);
        if (json)
        {
            string line = JsonSerializer.Serialize(report, CliJson.Default.DemoReport);
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return report.IsGood ? 0 : 1;
    }
}
