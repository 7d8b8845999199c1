using System.Globalization;

namespace MemCache.Cli;

/// <summary>The coordinator's end of one worker process.</summary>
internal sealed class DemoClient(ChildProcess process, DemoTally tally) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ServeTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Starts a worker; it joins the pool while others start.</summary>
    public static DemoClient Start(int index, WorkerOptions options, DemoTally tally) => new(
        ChildProcess.Start(
            string.Create(CultureInfo.InvariantCulture, $"client {index}"),
            Programs.Self(),
            outputIsLog: false,
            [WorkerCommand.DemoName, .. options.ToArguments()]),
        tally);

    /// <summary>Waits until it has joined and its memory is there.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellation) => ExpectAsync("ready", StartTimeout, cancellation);

    /// <summary>Has it serve a request and counts the outcome.</summary>
    public async Task ServeAsync(TraceRequest request, CancellationToken cancellation)
    {
        await process.SendAsync($"serve {string.Join(' ', request.HashIds)}").ConfigureAwait(false);
        tally.Add(RequestOutcome.Parse(await ExpectAsync("done", ServeTimeout, cancellation).ConfigureAwait(false)));
    }

    /// <summary>Adds its latencies to those of the others.</summary>
    public async Task ReportAsync(
        LatencyHistogram exist, LatencyHistogram get, LatencyHistogram put, CancellationToken cancellation)
    {
        await process.SendAsync("report").ConfigureAwait(false);
        exist.Add(LatencyHistogram.Parse(await ExpectAsync("exist", ServeTimeout, cancellation).ConfigureAwait(false)));
        get.Add(LatencyHistogram.Parse(await ExpectAsync("get", ServeTimeout, cancellation).ConfigureAwait(false)));
        put.Add(LatencyHistogram.Parse(await ExpectAsync("put", ServeTimeout, cancellation).ConfigureAwait(false)));
    }

    /// <summary>Ends it in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await process.SendAsync("quit").ConfigureAwait(false);
        await process.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
        await process.DisposeAsync().ConfigureAwait(false);
    }

    // The rest of the next line that begins with the word; errors on the way are kept.
    private async Task<string> ExpectAsync(string word, TimeSpan timeout, CancellationToken cancellation)
    {
        while (true)
        {
            string line = await process.ReadLineAsync(timeout, $"\"{word}\"", cancellation).ConfigureAwait(false);
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            (string first, string rest) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
            if (first == word)
            {
                return rest;
            }

            tally.AddError($"{process.Name}: {rest}");
        }
    }
}
