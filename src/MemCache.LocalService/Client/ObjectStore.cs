using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// A process's door to the pool: stores, reads, finds and removes objects, and contributes memory while it is open. All
/// members may be called from several threads at once. No call throws for what can go wrong at run time: the outcome is
/// a status, one for each entry of a batch, and every call returns within <see
/// cref="LocalServiceOptions.ClientTimeoutSeconds"/>. Initialise it after fork, not before.
/// </summary>
public sealed partial class ObjectStore : IDisposable
{
    // Longest wait for calls that still run when the store is closed.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    // Without a configured retry time, a MetaService that starts at the same moment as its clients is waited for this
    // long.
    private const long OpenGraceMs = 2000;

    private readonly LocalServiceOptions _options;
    private readonly ILogger _logger;
    private readonly MembershipThread _membership;
    private readonly LivenessFile _liveness;
    private readonly StoreTls _tls;
    private readonly CopyEngine _copies;
    private readonly WorkerPool _readers;
    private readonly WorkerPool _writers;
    private readonly StoreCounters _counters;
    private readonly AddressBook _addresses = new();
    private readonly ITransport? _transport; // null: only what is mapped is reached
    private int _closed; // 1 once Dispose has begun

    private ObjectStore(
        LocalServiceOptions options, ILogger logger, LivenessFile liveness, StoreLinks links, StoreTls tls)
    {
        _tls = tls;
        _options = options;
        _logger = logger;
        _liveness = liveness;
        _counters = new StoreCounters();
        _copies = new CopyEngine(new CopyEngineOptions { ThreadCount = options.CopyThreadCount });
        _readers = new WorkerPool("mmc-read", options.ReadThreadPoolSize);
        _writers = new WorkerPool("mmc-write", options.WriteThreadPoolSize);
        _transport = SegmentPaths.HasTransport(options) ? links.Connect?.Invoke(options, logger) : null;
        var paths = new SegmentPaths(
            options.SharedMemoryDirectory, HostIdentity.Read(options.SharedMemoryDirectory), _transport, logger,
            liveness.Uuid);
        _membership = new MembershipThread(
            options, liveness, paths, new DataPort(options, links.Serve, logger), _counters, _addresses, tls, logger);
    }

    /// <summary>
    /// This process's rank; <see cref="RankId.None"/> if it contributes no memory or is not connected.
    /// </summary>
    public RankId Rank => _membership.Current?.Rank ?? RankId.None;

    /// <summary>Whether the MetaService is connected at this moment.</summary>
    public bool IsConnected => _membership.Current is { HasEnded: false };

    /// <summary>Counters since the store was opened.</summary>
    public StoreStatistics Statistics => _counters.Read();

    /// <summary>
    /// What the phases of gets and puts took since the store was opened: lookup, copy, reserve, commit. <see
    /// cref="TraceText.Format"/> makes a table of it.
    /// </summary>
    public IReadOnlyList<TraceRow> ReadTraces()
    {
        long[] sums = new long[ReportLayout.SlotCount];
        _counters.Sum(sums);
        return ReportTraces.Read(sums, "");
    }

    internal CopyEngine Copies => _copies;

    internal CopyEngine MoverCopies => _membership.MoverCopies;

    /// <summary>Joins the pool.</summary>
    /// <param name="options">Checked first; not to be changed afterwards.</param>
    /// <param name="logger">Takes what there is to say; nothing is printed otherwise.</param>
    /// <param name="store">The store on <see cref="MmcStatus.Ok"/>; dispose it to leave.</param>
    /// <param name="error">What went wrong, for people; empty on success.</param>
    /// <returns>
    /// <see cref="MmcStatus.InvalidParameter"/>: an option is illegal, or a file of TLS can't be used. <see
    /// cref="MmcStatus.TlsFailed"/>: the MetaService and this process do not trust each other. <see
    /// cref="MmcStatus.NotConnectedToMeta"/>: no MetaService within the timeout. <see
    /// cref="MmcStatus.NotEnoughMemory"/>: the segment can't be made. Nothing is left behind after a failure.
    /// </returns>
    public static MmcStatus Open(LocalServiceOptions options, ILogger logger, out ObjectStore? store, out string error) =>
        Open(options, logger, null, out store, out error);

    /// <inheritdoc cref="Open(LocalServiceOptions, ILogger, out ObjectStore?, out string)"/>
    internal static MmcStatus Open(
        LocalServiceOptions options, ILogger logger, StoreLinks? links, out ObjectStore? store, out string error)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        store = null;
        try
        {
            options.Validate();
        }
        catch (OptionsException exception)
        {
            error = exception.Message;
            return MmcStatus.InvalidParameter;
        }

        ILogger log = StoreLog.Open(options, logger);
        MmcStatus status = MmcStatus.Internal;
        try
        {
            status = OpenLogged(options, log, links, out store, out error);
        }
        finally
        {
            if (status != MmcStatus.Ok)
            {
                StoreLog.Close(log);
            }
        }

        return status;
    }

    /// <summary>
    /// Leaves the pool: with <see cref="LocalServiceOptions.LeavePolicy"/> move waits for the objects in the own
    /// segment to move elsewhere (<see cref="LocalServiceOptions.LeaveTimeoutSeconds"/> at most), then for calls that
    /// run (10 s at most), removes the segment, ends all threads. Idempotent.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _readers.Dispose();
        _writers.Dispose();
        _membership.Stop(DrainTimeout);
        _membership.Dispose();
        _addresses.Dispose();
        _transport?.Dispose();
        _copies.Dispose();
        _liveness.Dispose();
        _tls.Dispose();
        StoreLog.Close(_logger);
    }

    private static MmcStatus OpenLogged(
        LocalServiceOptions options, ILogger logger, StoreLinks? links, out ObjectStore? store, out string error)
    {
        store = null;
        if (SegmentPaths.IsUnavailable(options, logger, out error))
        {
            return MmcStatus.InvalidParameter;
        }

        if (!StoreTls.TryOpen(options, logger, out StoreTls tls, out error))
        {
            tls.Dispose();
            return MmcStatus.InvalidParameter;
        }

        MmcStatus status = LivenessFile.Create(options.SharedMemoryDirectory, out LivenessFile? liveness, out error);
        if (status != MmcStatus.Ok)
        {
            tls.Dispose();
            return status;
        }

        var opened = new ObjectStore(options, logger, liveness!, links ?? StoreLinks.Over(tls.Data), tls);
        opened._membership.Start();
        if (opened.WaitUntilJoined(out status, out error))
        {
            store = opened;
            return MmcStatus.Ok;
        }

        opened.Dispose();
        return status;
    }

    private bool WaitUntilJoined(out MmcStatus status, out string error)
    {
        // What can't get better by waiting ends the wait: too little memory, an illegal address, another protocol
        // version. The first attempt is let come to its end: to pre-fault a large segment takes longer than any call
        // may.
        long graceEnd = Deadline.In(_options.ClientRetryMs > 0 ? _options.ClientRetryMs : OpenGraceMs);
        do
        {
            if (_membership.WaitForSession(TimeSpan.FromMilliseconds(50)))
            {
                status = MmcStatus.Ok;
                error = "";
                return true;
            }

            status = _membership.LastStatus;
            error = _membership.LastError;
        }
        while (status == MmcStatus.Ok || (MayGetBetter(status) && !Deadline.HasPassed(graceEnd)));
        return false;
    }

    private static bool MayGetBetter(MmcStatus status) =>
        status is MmcStatus.NotConnectedToMeta or MmcStatus.Timeout or MmcStatus.LimitExceeded;
}
