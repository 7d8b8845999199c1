using System.Runtime.InteropServices;

namespace MemCache.MetaService;

/// <summary>
/// SIGTERM and SIGINT: the first one stops in good order, the second one ends the process at once, as the system does by default.
/// </summary>
internal sealed class ProcessSignals : IHostLifetime, IDisposable
{
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly ILogger _logger;
    private int _count;

    public ProcessSignals(ILogger logger)
    {
        _logger = logger;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Done when the process is to stop.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>Asks for a stop for another reason than a signal.</summary>
    public void RequestStop() => _ = _stopRequested.TrySetResult();

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Not cancelled, the system's default follows: the process ends.
        context.Cancel = Interlocked.Increment(ref _count) == 1;
        if (context.Cancel)
        {
            Log.Stopping(_logger, context.Signal.ToString());
            RequestStop();
        }
    }
}
