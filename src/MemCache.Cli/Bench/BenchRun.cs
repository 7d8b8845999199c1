using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// The bench: this process is a client with a segment of its own; a MetaService, a process with another segment, an
/// echo process and two further clients are started as needed. Every figure is measured in rounds that alternate with
/// its reference.
/// </summary>
internal sealed partial class BenchRun(BenchOptions options, Action<string> progress)
{
    private const string OwnFamily = "own";
    private readonly Dictionary<string, BenchRow> _rows = [];

    /// <summary>Threads of one large copy: as many as a LocalService uses by default.</summary>
    public static int CopyThreadCount
    {
        get
        {
            using var engine = new CopyEngine();
            return engine.ThreadCount;
        }
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="ChildProcessException">A process or a call failed.</exception>
    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        await (options.IsRemote ? RunRemoteAsync(cancellation) : RunLocalAsync(cancellation)).ConfigureAwait(false);
        return new BenchReport([.. options.Rows.Select(name => _rows[name])], new MachineFacts
        {
            CopyThreads = CopyThreadCount,
            BatchBlocks = options.BatchCount,
            BlockBytes = options.BlockBytes,
            Rounds = options.RoundCount,
        });
    }

    private async Task RunLocalAsync(CancellationToken cancellation)
    {
        using var scratch = new ScratchDirectory(Path.GetTempPath());
        using var sharedMemory = new ScratchDirectory(options.SharedMemoryDirectory);
        progress("starting the MetaService and a process with a segment");
        MetaServiceProcess service =
            await MetaServiceProcess.StartAsync(scratch.Path, cancellation).ConfigureAwait(false);
        await using (service.ConfigureAwait(false))
        {
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
            BenchPeer peer = await StartWorkerAsync("the peer", workerOptions, cancellation).ConfigureAwait(false);
            await using (peer.ConfigureAwait(false))
            {
                await MeasureAsync(workerOptions, peer.Rank, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task MeasureAsync(WorkerOptions workerOptions, RankId peer, CancellationToken cancellation)
    {
        using ObjectStore store = Open(workerOptions);
        if (Wants("get_122x_local", "put_122x_local", "get_122x_own", "put_122x_own", "get_122x_local_2clients"))
        {
            MeasureBlocks(store, peer, cancellation);
        }

        if (Wants("get_122x_local_2clients"))
        {
            await MeasureTwoClientsAsync(workerOptions, cancellation).ConfigureAwait(false);
        }

        if (Wants("exist_1", "exist_100", "exist_256", "put_4k", "get_4k"))
        {
            await MeasureCallsAsync(store, workerOptions.ScratchDirectory, cancellation).ConfigureAwait(false);
        }
    }

    private static ObjectStore Open(WorkerOptions workerOptions)
    {
        MmcStatus status = ObjectStore.Open(
            workerOptions.ToLocalServiceOptions(), new StderrLogger(), out ObjectStore? store, out string error);
        return store
            ?? throw new ChildProcessException($"the LocalService did not start: {status} ({(int)status}): {error}");
    }

    private bool Wants(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (options.Rows.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private static Task<BenchPeer> StartWorkerAsync(
        string name, WorkerOptions workerOptions, CancellationToken cancellation) =>
        BenchPeer.StartAsync(name, WorkerCommand.BenchName, workerOptions.ToArguments(), cancellation);
}
