using System.Threading.Channels;

namespace MemCache.Cli;

/// <summary>
/// A demo from start to end: starts the MetaService and the clients, hands the requests in order to whichever client is
/// idle, and puts the figures together. Whatever happens, it leaves no process and no file behind.
/// </summary>
internal sealed class DemoRun(
    DemoOptions options, IReadOnlyList<TraceRequest> requests, PoolFill fill, TimeProvider clock)
{
    private const int LowWatermarkPercent = 80;
    private const int HighWatermarkPercent = 90;

    /// <summary>How far it is.</summary>
    public DemoTally Tally { get; } = new(requests.Count);

    /// <summary>Runs it.</summary>
    /// <exception cref="ChildProcessException">A process failed; the message shows the end of its log.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<DemoReport> RunAsync(CancellationToken cancellation)
    {
        using var scratch = new ScratchDirectory(Path.GetTempPath());
        using var sharedMemory = new ScratchDirectory(options.SharedMemoryDirectory);
        MetaServiceProcess service =
            await MetaServiceProcess.StartAsync(
                scratch.Path, null, [$"ock.mmc.evict.policy = {options.Policy}"], cancellation).ConfigureAwait(false);
        await using (service.ConfigureAwait(false))
        {
            fill.MetricsUrl = service.MetricsUrl;
            var workerOptions = new WorkerOptions
            {
                MetaServiceUrl = service.MetaServiceUrl,
                ConfigStoreUrl = service.ConfigStoreUrl,
                MetaServiceId = service.Child.Id,
                SharedMemoryDirectory = sharedMemory.Path,
                ScratchDirectory = scratch.Path,
                SegmentBytes = options.SegmentBytes,
                BlockBytes = options.BlockBytes,
                BatchCount = options.BatchCount,
            };
            var clients = new List<DemoClient>();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task watch = StopWithAsync(service.Child, stop);
            try
            {
                return await RunClientsAsync(workerOptions, clients, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (service.Child.HasExited && !cancellation.IsCancellationRequested)
            {
                throw service.Child.Failure("ended in the middle of the run");
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await watch.ConfigureAwait(false);
                await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())).ConfigureAwait(false);
            }
        }
    }

    private static async Task StopWithAsync(ChildProcess child, CancellationTokenSource stop)
    {
        try
        {
            await child.WaitForExitAsync(stop.Token).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The run has ended first, as it should.
        }
    }

    private async Task<DemoReport> RunClientsAsync(
        WorkerOptions workerOptions, List<DemoClient> clients, CancellationToken cancellation)
    {
        for (int i = 0; i < options.ClientCount; i++)
        {
            clients.Add(DemoClient.Start(i, workerOptions, Tally));
        }

        await Task.WhenAll(clients.Select(client => client.WaitUntilReadyAsync(cancellation))).ConfigureAwait(false);
        Tally.Enter("replaying");
        await ReplayAsync(clients, cancellation).ConfigureAwait(false);
        DemoProgress end = Tally.Read();
        Tally.Enter("ending");
        return await ReportAsync(clients, end, cancellation).ConfigureAwait(false);
    }

    private async Task ReplayAsync(List<DemoClient> clients, CancellationToken cancellation)
    {
        // The first failure ends the replay; without this the others would be waited for until their timeouts.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var idle = Channel.CreateUnbounded<DemoClient>();
        clients.ForEach(client => idle.Writer.TryWrite(client));
        long start = clock.GetTimestamp();
        var running = new List<Task>();
        foreach (TraceRequest request in requests)
        {
            DemoClient client;
            try
            {
                await WaitUntilDueAsync(request, start, stop.Token).ConfigureAwait(false);
                client = await idle.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                break;
            }

            running.RemoveAll(task => task.IsCompletedSuccessfully);
            running.Add(ServeAsync(client, request, idle.Writer, stop));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task ServeAsync(
        DemoClient client, TraceRequest request, ChannelWriter<DemoClient> idle, CancellationTokenSource stop)
    {
        try
        {
            await client.ServeAsync(request, stop.Token).ConfigureAwait(false);
            idle.TryWrite(client);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task WaitUntilDueAsync(TraceRequest request, long start, CancellationToken cancellation)
    {
        if (options.Speed <= 0)
        {
            return;
        }

        var due = TimeSpan.FromMilliseconds((request.TimestampMs - requests[0].TimestampMs) / options.Speed);
        TimeSpan wait = due - clock.GetElapsedTime(start);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<DemoReport> ReportAsync(
        List<DemoClient> clients, DemoProgress end, CancellationToken cancellation)
    {
        var exist = new LatencyHistogram();
        var get = new LatencyHistogram();
        var put = new LatencyHistogram();
        foreach (DemoClient client in clients)
        {
            await client.ReportAsync(exist, get, put, cancellation).ConfigureAwait(false);
        }

        BlockShape shape = BlockShape.OfSize(options.BlockBytes);
        long capacityBlocks = shape.CapacityBlocks(options.SegmentBytes, options.ClientCount, LowWatermarkPercent);
        var lru = new LruReference((int)Math.Min(capacityBlocks, int.MaxValue));
        foreach (TraceRequest request in requests)
        {
            lru.Serve(request.HashIds);
        }

        long simulatedBlocks = shape.CapacityBlocks(
            options.SegmentBytes, options.ClientCount, (LowWatermarkPercent + HighWatermarkPercent) / 2);
        ReplayTrace trace = ReplayTrace.Of(requests);
        IReplayPolicy pool = ReplayPolicies.Create(
            options.Policy, trace, (int)Math.Clamp(simulatedBlocks, 1, int.MaxValue / 2));
        RequestOutcome outcome = end.Outcome;
        return new DemoReport
        {
            Version = ProgramVersion.Text,
            Mode = options.TracePath is null ? "chat" : "trace",
            Clients = options.ClientCount,
            PoolBytes = options.SegmentBytes * options.ClientCount,
            BlockBytes = options.BlockBytes,
            BatchBlocks = options.BatchCount,
            CapacityBlocks = capacityBlocks,
            Requests = outcome.Requests,
            BlockReferences = outcome.BlockReferences,
            BlockHits = outcome.BlockHits,
            HitRatio = Math.Round(end.HitRatio, 5),
            Policy = options.Policy,
            SimulatedBlocks = simulatedBlocks,
            SimulatedHitRatio = Math.Round(ReplayRun.HitRatio(trace, pool, null, cancellation), 5),
            LruHitRatio = Math.Round(lru.HitRatio, 5),
            VerifiedObjects = outcome.VerifiedObjects,
            WrongObjects = outcome.WrongObjects,
            Errors = outcome.Errors,
            PutGigabytesPerSecond = TrafficReport.GigabytesPerSecond(outcome.PutBytes, outcome.PutTime),
            GetGigabytesPerSecond = TrafficReport.GigabytesPerSecond(outcome.GetBytes, outcome.GetTime),
            Seconds = Math.Round(end.Elapsed.TotalSeconds, 3),
            Put = DemoLatency.Of(put),
            Get = DemoLatency.Of(get),
            Exist = DemoLatency.Of(exist),
        };
    }
}
