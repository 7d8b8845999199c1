using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc soak</c>: a pool whose ranks come and go, under verified traffic.</summary>
internal static class SoakCommand
{
    private const string Help = """
        Runs a pool on this machine whose ranks join, leave, are killed and are stopped at random while clients on
        several hosts put, get and remove objects and verify every byte. At the end everything leaves, and nothing may
        be left: no byte, reservation, session, connection or file. Exit code 0: all of that held. With root's rights
        the hosts are network namespaces, else addresses of the loopback network.
        """;

    private static readonly Option<int> Seconds =
        CliOptions.Count("--seconds", "Duration of traffic and churn", 60, 1, 1_000_000);

    private static readonly Option<int> Ranks =
        CliOptions.Count("--ranks", "Ranks that come and go, of 64MB each", 20, 1, 200);

    private static readonly Option<int> Replicas = CliOptions.Count("--replicas", "Replicas of what is put", 1, 1, 8);

    private static readonly Option<int> Hosts = CliOptions.Count(
        "--hosts", "Hosts; 1: all processes map each other's memory", 2, 1, HostNetwork.HostCountMax);

    private static readonly Option<int> Clients =
        CliOptions.Count("--clients", "Client processes that stay all the time", 4, 1, 64);

    private static readonly Option<int> Seed =
        CliOptions.Count("--seed", "Seed of traffic and churn", 1, 0, int.MaxValue);

    private static readonly Option<bool> Tls = new("--tls") { Description = "Encrypt all connections" };

    private static readonly Option<bool> Cuts = new("--cut-hosts")
    {
        Description = "Cut hosts off for some seconds now and then (network namespaces only)",
    };

    private static readonly Option<bool> ChaosMeta = new("--chaos-meta")
    {
        Description = "Kill the MetaService and start it again now and then",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as one JSON object, the last line of standard output",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("soak", Help)
        {
            Seconds, Ranks, Replicas, Hosts, Clients, Seed, Tls, Cuts, ChaosMeta, Json,
        };
        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            () => RunAsync(ReadOptions(arguments), arguments.GetValue(Json), cancellation), cancellation));
        return command;
    }

    private static SoakOptions ReadOptions(ParseResult arguments)
    {
        SharedMemory.RemoveAbandoned(SharedMemory.DefaultDirectory, TimeProvider.System);
        var options = new SoakOptions
        {
            Duration = TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
            RankCount = arguments.GetValue(Ranks),
            ReplicaCount = arguments.GetValue(Replicas),
            HostCount = arguments.GetValue(Hosts),
            ClientCount = arguments.GetValue(Clients),
            IsEncrypted = arguments.GetValue(Tls),
            CutsHosts = arguments.GetValue(Cuts),
            RestartsMeta = arguments.GetValue(ChaosMeta),
            Seed = (ulong)arguments.GetValue(Seed),
        };
        SharedMemory.Require(options.SharedMemoryDirectory, options.RankCount * options.SegmentBytes);
        return options;
    }

    private static async Task<int> RunAsync(SoakOptions options, bool json, CancellationToken cancellation)
    {
        using var fill = new PoolFill();
        var run = new SoakRun(
            options, fill, text => Screen.Error.MarkupLineInterpolated($"[grey]mmc: {text}[/]"), TimeProvider.System);
        using var shown = new CancellationTokenSource();
        Task view = new DemoView(Screen.Error, run.Tally.Traffic, fill)
        {
            Share = progress => progress.Elapsed / options.Duration,
            Describe = () => SoakTable.Describe(run.Tally.Events),
        }.ShowAsync(shown.Token);
        SoakReport report;
        try
        {
            report = await run.RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await view.ConfigureAwait(false);
        }

        SoakTable.Write(json ? Screen.Error : Screen.Output, report, run.Tally.Traffic.ErrorTexts);
        if (json)
        {
            string line = JsonSerializer.Serialize(report, CliJson.Default.SoakReport);
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return report.IsGood ? 0 : 1;
    }
}
