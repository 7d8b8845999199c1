using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MemCache.Cli;

/// <summary>Shows a running demo on standard error: live on a terminal, a line now and then elsewhere.</summary>
internal sealed class DemoView(IAnsiConsole console, DemoTally tally, PoolFill fill)
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);
    private const int BarWidth = 40;

    private DemoProgress _previous;
    private double _putGigabytesPerSecond;
    private double _getGigabytesPerSecond;

    /// <summary>How much of the run is over; by default the share of the requests.</summary>
    public Func<DemoProgress, double> Share { get; init; } =
        now => now.RequestCount == 0 ? 0 : (double)now.Outcome.Requests / now.RequestCount;

    /// <summary>What else there is to say; by default nothing.</summary>
    public Func<string> Describe { get; init; } = () => "";

    /// <summary>Shows progress until cancelled.</summary>
    public async Task ShowAsync(CancellationToken cancellation)
    {
        try
        {
            if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
            {
                LiveDisplay display = console.Live(Render()).AutoClear(true);
                await display.StartAsync(context => RepeatAsync(
                    LiveInterval, () => context.UpdateTarget(Render()), cancellation)).ConfigureAwait(false);
            }
            else
            {
                await RepeatAsync(
                    LineInterval, () => console.WriteLine(Line()), cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end: there is nothing more to show.
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Action show, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            await fill.RefreshAsync(cancellation).ConfigureAwait(false);
            show();
        }
    }

    private Grid Render()
    {
        DemoProgress now = Advance();
        double share = Math.Clamp(Share(now), 0, 1);
        int filled = (int)(share * BarWidth);
        var grid = new Grid().AddColumn().AddColumn();
        RequestOutcome sum = now.Outcome;
        Add(grid, now.Phase, new Markup(
            $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {Text($"{share:P0}")}"));
        string all = now.RequestCount == 0 ? "" : Text($" of {now.RequestCount:N0}");
        Add(grid, "requests", Text($"{sum.Requests:N0}{all}, {now.Elapsed.TotalSeconds:0} s"));
        Add(grid, "hit ratio", Text($"{now.HitRatio:0.000} of {sum.BlockReferences:N0} blocks"));
        Add(grid, "put", Text($"{_putGigabytesPerSecond:0.00} GB/s, {sum.PutObjects:N0} objects"));
        Add(grid, "get", Text($"{_getGigabytesPerSecond:0.00} GB/s, {sum.VerifiedObjects:N0} objects verified"));
        Add(grid, "pool", fill.Text);
        if (Describe() is { Length: > 0 } more)
        {
            Add(grid, "ranks", more);
        }

        Add(grid, "errors", new Markup(sum.Errors + sum.WrongObjects == 0
            ? "[green]0[/]"
            : Text($"[red]{sum.Errors} errors, {sum.WrongObjects} wrong objects[/]")));
        return grid;
    }

    private static void Add(Grid grid, string name, string value) => Add(grid, name, new Text(value));

    private static void Add(Grid grid, string name, IRenderable value) =>
        grid.AddRow(new Text(name, Color.Grey), value);

    private string Line()
    {
        DemoProgress now = Advance();
        string all = now.RequestCount == 0 ? "" : Text($"/{now.RequestCount}");
        string more = Describe() is { Length: > 0 } text ? $", {text}" : "";
        return Text($"{now.Phase} {now.Elapsed.TotalSeconds:0} s: {now.Outcome.Requests}{all} requests, ")
            + Text($"hit ratio {now.HitRatio:0.000}, put {_putGigabytesPerSecond:0.00} GB/s, ")
            + Text($"get {_getGigabytesPerSecond:0.00} GB/s, pool {fill.Text}, ")
            + Text($"{now.Outcome.Errors} errors, {now.Outcome.WrongObjects} wrong{more}");
    }

    // Speeds since the last look, all clients together.
    private DemoProgress Advance()
    {
        DemoProgress now = tally.Read();
        double seconds = (now.Elapsed - _previous.Elapsed).TotalSeconds;
        if (seconds > 0)
        {
            _putGigabytesPerSecond = (now.Outcome.PutBytes - _previous.Outcome.PutBytes) / seconds / 1e9;
            _getGigabytesPerSecond = (now.Outcome.GetBytes - _previous.Outcome.GetBytes) / seconds / 1e9;
        }

        _previous = now;
        return now;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
