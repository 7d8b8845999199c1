using System.Globalization;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary>
/// Shows how far a replay is: a bar on a terminal, a line for each finished simulation elsewhere. Thread-safe.
/// </summary>
internal sealed class ReplayProgress(IAnsiConsole console, long requestCount)
{
    private readonly Lock _lock = new();
    private ProgressTask? _bar;
    private long _served;

    /// <summary>Runs <paramref name="work"/> and shows its progress meanwhile.</summary>
    public Task<ReplayReport> ShowAsync(Func<Task<ReplayReport>> work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            return work();
        }

        return console.Progress().AutoClear(true).StartAsync(context =>
        {
            _bar = context.AddTask("requests", maxValue: requestCount);
            return work();
        });
    }

    /// <summary>So many requests more were served.</summary>
    public void Advance(int served)
    {
        long sum = Interlocked.Add(ref _served, served);
        if (_bar is { } bar)
        {
            lock (_lock)
            {
                bar.Value = Math.Max(bar.Value, sum);
            }
        }
    }

    /// <summary>One simulation is done.</summary>
    public void Finish(string what, double hitRatio)
    {
        if (_bar is null)
        {
            lock (_lock)
            {
                double share = requestCount == 0 ? 1 : (double)Interlocked.Read(ref _served) / requestCount;
                console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"mmc: {share:P0} done; {what}: {hitRatio:0.000}"));
            }
        }
    }
}
