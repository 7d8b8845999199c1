using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Cli;

/// <summary>
/// The place of one rank: again and again a process joins in it, works for a while, and leaves in order, is killed, or
/// is stopped for so long that the MetaService takes it for lost.
/// </summary>
internal sealed class SoakSlot(int index, Host host, WorkerOptions workerOptions, SoakOptions options, SoakTally tally)
    : IAsyncDisposable
{
    // Ranks rest between requests: what makes the traffic is the clients, and what matters of a rank is that it is in
    // the middle of something when its time comes.
    private const int ThinkMs = 20;

    private static readonly TimeSpan AwayMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PresentMin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PresentMax = TimeSpan.FromSeconds(20);

    private readonly SplitMix64 _random = new(options.Seed * 1000 + (ulong)index);
    private int _joinCount;

    /// <summary>Its process; <see langword="null"/> while there is none.</summary>
    public SoakProcess? Process { get; private set; }

    /// <summary>Joins, works and goes until <paramref name="end"/>; a rank that is there then stays.</summary>
    /// <param name="starts">Lets few processes start at a time: each takes all of a core for a while.</param>
    /// <param name="end">Ends the churn.</param>
    /// <param name="cancellation">Ends everything.</param>
    public async Task RunAsync(SemaphoreSlim starts, CancellationToken end, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Random(TimeSpan.Zero, AwayMax), end).ConfigureAwait(false);
                await starts.WaitAsync(end).ConfigureAwait(false);
                try
                {
                    await JoinAsync(cancellation).ConfigureAwait(false);
                }
                finally
                {
                    starts.Release();
                }

                while (Process is { } process)
                {
                    await Task.Delay(Random(PresentMin, PresentMax), end).ConfigureAwait(false);
                    await DisturbAsync(process).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // The churn is over.
        }
    }

    /// <summary>Has its rank leave in order, if there is one.</summary>
    public async Task LeaveAsync()
    {
        if (Process is { } process)
        {
            await process.LeaveAsync().ConfigureAwait(false);
            tally.Add(new SoakEvents { Leaves = 1 });
            Process = null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task JoinAsync(CancellationToken cancellation)
    {
        string name = FormattableString.Invariant($"rank {index}, process {_joinCount + 1}");
        Process = SoakProcess.Start(name, host, workerOptions, tally);
        await Process.WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
        tally.Add(new SoakEvents { Joins = 1, Restarts = _joinCount++ > 0 ? 1 : 0 });
        await Process.RunAsync(_random.Next(), ThinkMs, options.ReplicaCount).ConfigureAwait(false);
    }

    private async Task DisturbAsync(SoakProcess process)
    {
        if (process.HasExited)
        {
            throw process.Failure();
        }

        switch (_random.Below(10))
        {
            case < 4:
                await LeaveAsync().ConfigureAwait(false);
                break;
            case < 7:
                process.Signal(ProcessSignal.Kill);
                await process.DisposeAsync().ConfigureAwait(false);
                tally.Add(new SoakEvents { Kills = 1 });
                Process = null;
                break;
            default:
                process.Signal(ProcessSignal.Stop);
                // Not ended by the end of the churn: one that is stopped could not answer afterwards.
                await Task.Delay(options.Silence + Random(TimeSpan.Zero, options.Silence), CancellationToken.None)
                    .ConfigureAwait(false);
                process.Signal(ProcessSignal.Continue);
                tally.Add(new SoakEvents { Stops = 1 });
                break;
        }
    }

    private TimeSpan Random(TimeSpan min, TimeSpan max) =>
        min + TimeSpan.FromMilliseconds(_random.Below((int)(max - min).TotalMilliseconds));
}
