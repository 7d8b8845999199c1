using System.Globalization;

namespace MemCache.Cli;

/// <summary>
/// The processes of a soak: clients that stay on every host, and the places of ranks that come and go.
/// </summary>
internal sealed class SoakMembers(SoakOptions options, SoakTally tally) : IAsyncDisposable
{
    // LIMIT: processes that start or end at the same time. Each takes a core for half a second.
    private const int ConcurrentCountMax = 2;

    private readonly List<SoakSlot> _slots = [];
    private readonly List<SoakProcess> _clients = [];

    /// <summary>The clients.</summary>
    public IReadOnlyList<SoakProcess> Clients => _clients;

    /// <summary>Starts the clients, host after host.</summary>
    public async Task StartClientsAsync(
        IReadOnlyList<Host> hosts, Func<Host, WorkerOptions> optionsOf, CancellationToken cancellation)
    {
        for (int i = 0; i < options.ClientCount; i++)
        {
            Host host = hosts[i % hosts.Count];
            string name = string.Create(CultureInfo.InvariantCulture, $"client {i}");
            _clients.Add(SoakProcess.Start(name, host, optionsOf(host) with { SegmentBytes = 0 }, tally));
            await _clients[i].WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
        }

        for (int i = 0; i < options.RankCount; i++)
        {
            Host host = hosts[i % hosts.Count];
            _slots.Add(new SoakSlot(i, host, optionsOf(host), options, tally));
        }
    }

    /// <summary>Lets the traffic run and the ranks come and go.</summary>
    /// <param name="disturbances">What else happens meanwhile, until its token says that it is over.</param>
    /// <param name="cancellation">Ends everything.</param>
    /// <exception cref="ChildProcessException">A process ended by itself, or did not join.</exception>
    public async Task ChurnAsync(
        IEnumerable<Func<CancellationToken, Task>> disturbances, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var starts = new SemaphoreSlim(ConcurrentCountMax);
        for (int i = 0; i < _clients.Count; i++)
        {
            await _clients[i].RunAsync(options.Seed + (ulong)i, thinkMs: 0, options.ReplicaCount).ConfigureAwait(false);
        }

        List<Task> running =
        [
            .. _slots.Select(slot => slot.RunAsync(starts, end.Token, cancellation)),
            .. disturbances.Select(disturb => disturb(end.Token)),
        ];
        Task over = Task.Delay(options.Duration, cancellation);
        Task first = await Task.WhenAny([over, .. running]).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        SoakProcess? gone = _clients.Find(client => client.HasExited);
        if (gone is not null)
        {
            throw gone.Failure();
        }
    }

    /// <summary>Has all traffic rest.</summary>
    public async Task PauseAsync(CancellationToken cancellation)
    {
        foreach (SoakProcess process in _clients.Concat(_slots.Select(slot => slot.Process).OfType<SoakProcess>()))
        {
            await process.AskAsync("pause", "paused", cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Has all ranks leave in order.</summary>
    public async Task LeaveAsync()
    {
        foreach (SoakSlot[] slots in _slots.Chunk(ConcurrentCountMax))
        {
            await Task.WhenAll(slots.Select(slot => slot.LeaveAsync())).ConfigureAwait(false);
        }
    }

    /// <summary>Has all clients leave in order.</summary>
    public Task LeaveClientsAsync() => Task.WhenAll(_clients.Select(client => client.LeaveAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            _slots.Select(slot => slot.DisposeAsync().AsTask())
                .Concat(_clients.Select(client => client.DisposeAsync().AsTask()))).ConfigureAwait(false);
    }
}
