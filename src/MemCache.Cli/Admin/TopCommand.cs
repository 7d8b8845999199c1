using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MemCache.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MemCache.Cli;

/// <summary><c>mmc top</c>: what a pool does, as it does it.</summary>
internal static class TopCommand
{
    private const string Help = """
        Shows what a pool does: fill, hit ratio, and for each operation requests a second and durations in the
        MetaService. Until Ctrl-C, or --count times. Where there is no terminal, a line for each look.
        """;

    private static readonly Option<int> Interval =
        CliOptions.Count("--interval", "Seconds between two looks", 1, 1, 3600);

    private static readonly Option<int> Count =
        CliOptions.Count("--count", "Looks; 0: until Ctrl-C", 0, 0, int.MaxValue);

    /// <summary>Makes the command.</summary>
    public static Command Create() => AdminOptions.With(new Command("top", Help) { Interval, Count }, RunAsync);

    private static async Task<int> RunAsync(AdminClient client, ParseResult arguments, CancellationToken cancellation)
    {
        IAnsiConsole screen = Screen.Output;
        bool json = arguments.GetValue(AdminOptions.Json);
        if (json || !screen.Profile.Capabilities.Interactive || !screen.Profile.Out.IsTerminal)
        {
            await LookAsync(
                client, arguments,
                rates => Console.Out.WriteLine(
                    json ? JsonSerializer.Serialize(rates, CliJson.Default.PoolRates) : Line(rates)),
                cancellation).ConfigureAwait(false);
            return 0;
        }

        try
        {
            await screen.Live(new Text("waiting for the first interval …")).StartAsync(context => LookAsync(
                client, arguments, rates => context.UpdateTarget(Render(rates)), cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how one leaves it.
        }

        return 0;
    }

    private static async Task LookAsync(
        AdminClient client, ParseResult arguments, Action<PoolRates> show, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(arguments.GetValue(Interval)));
        int left = arguments.GetValue(Count);
        long time = Stopwatch.GetTimestamp();
        string earlier = await client.GetTextAsync("/metrics", cancellation).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            long now = Stopwatch.GetTimestamp();
            string later = await client.GetTextAsync("/metrics", cancellation).ConfigureAwait(false);
            show(PoolRates.Between(earlier, later, Stopwatch.GetElapsedTime(time, now).TotalSeconds));
            (time, earlier) = (now, later);
            if (--left == 0)
            {
                return;
            }
        }
    }

    private static string Line(PoolRates rates) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Fill(rates)}, {rates.Objects:N0} objects, hit ratio {rates.HitRatio:0.000}, ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{rates.Operations.Sum(o => o.RequestsPerSecond):N0} requests/s, {rates.EvictedPerSecond:N0} evicted/s");

    private static string Fill(PoolRates rates) =>
        $"{ByteSize.Format((long)rates.UsedBytes)} of {ByteSize.Format((long)rates.CapacityBytes)}";

    private static Rows Render(PoolRates rates)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("operation");
        foreach (string column in (string[])["requests/s", "keys/s", "failed/s", "p50 us ≤", "p99 us ≤"])
        {
            table.AddColumn(new TableColumn(column).RightAligned().Width(12));
        }

        foreach (OperationRate operation in rates.Operations.OrderByDescending(o => o.RequestsPerSecond))
        {
            string failed = Number(operation.FailuresPerSecond);
            table.AddRow(
                Markup.Escape(operation.Name), Number(operation.RequestsPerSecond), Number(operation.KeysPerSecond),
                operation.FailuresPerSecond > 0 ? $"[yellow]{failed}[/]" : failed,
                Number(operation.P50Microseconds), Number(operation.P99Microseconds));
        }

        double fill = rates.CapacityBytes > 0 ? rates.UsedBytes / rates.CapacityBytes : 0;
        IRenderable chart = new BreakdownChart().Width(60).HideTags()
            .AddItem("used", Math.Max(fill, 0.001), Color.Blue).AddItem("free", Math.Max(1 - fill, 0.001), Color.Grey);
        return new Rows(new Markup(Markup.Escape(Line(rates))), chart, table, new Markup("[grey]Ctrl-C to leave[/]"));
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
