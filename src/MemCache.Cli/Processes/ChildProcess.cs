using System.Diagnostics;
using System.Threading.Channels;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Cli;

/// <summary>
/// A process that this one started: text lines in and out, the last of its log kept to be shown when it fails.
/// Disposing ends it.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // LIMIT: enough to show a stack trace; a chatty child must not fill our memory.
    private const int LogLineCountMax = 40;

    private readonly Process _process;
    // LIMIT: far more than any child prints between two reads; without it one that nobody reads would fill our memory.
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(100_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly bool _outputIsLog;
    private readonly Queue<string> _log = new();
    private readonly Lock _logLock = new();
    private bool _isDisposed;

    private ChildProcess(string name, Process process, bool outputIsLog)
    {
        Name = name;
        _process = process;
        _outputIsLog = outputIsLog;
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>
    /// Lines of its standard output, or of its log if that is where it writes; completed when it ends.
    /// </summary>
    public ChannelReader<string> Lines => _lines.Reader;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code; it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="command">The program and its first arguments.</param>
    /// <param name="outputIsLog">Whether its standard output is a log like its standard error, and not answers to
    /// us.</param>
    /// <param name="arguments">Further arguments.</param>
    public static ChildProcess Start(
        string name, IReadOnlyList<string> command, bool outputIsLog, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (ConfigSetting<MetaServiceOptions> setting in MetaServiceOptions.Table.Settings)
        {
            // A run has a configuration of its own, whatever the user's shell is set up for.
            start.Environment.Remove(setting.Variable);
        }

        var child = new ChildProcess(name, new Process { StartInfo = start }, outputIsLog);
        child._process.OutputDataReceived += (_, e) => child.TakeOutput(e.Data);
        child._process.ErrorDataReceived += (_, e) => child.TakeLog(e.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>
    /// Writes one line to its standard input. A child that is gone takes none: its end shows in <see cref="Lines"/>.
    /// </summary>
    public async Task SendAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException gone)
        {
            Remember($"(could not be written to: {gone.Message})");
        }
    }

    /// <summary>The next line of its standard output.</summary>
    /// <exception cref="ChildProcessException">It ended, or nothing came in time.</exception>
    public async Task<string> ReadLineAsync(TimeSpan timeout, string awaited, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            return await _lines.Reader.ReadAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Its log may still be on the way.
            await WaitForExitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            throw Failure($"ended before it sent {awaited}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure($"did not send {awaited} within {timeout.TotalSeconds:0} s");
        }
    }

    /// <summary>An exception that says what happened, with the end of the child's log.</summary>
    public ChildProcessException Failure(string what)
    {
        string exit = _process.HasExited ? $" (exit code {_process.ExitCode})" : "";
        string log;
        lock (_logLock)
        {
            log = _log.Count == 0 ? "it logged nothing" : $"the end of its log:\n  {string.Join("\n  ", _log)}";
        }

        return new ChildProcessException($"{Name} {what}{exit}; {log}");
    }

    /// <summary>Asks it to end by closing its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Asks it to end with SIGTERM.</summary>
    public void Terminate()
    {
        if (!_process.HasExited)
        {
            ProcessSignal.Send(_process.Id, ProcessSignal.Terminate);
        }
    }

    /// <summary>Waits for its end, whenever that is.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled first.</exception>
    public Task WaitForExitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>Waits for its end; after <paramref name="grace"/> it is killed.</summary>
    public async Task WaitForExitAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace);
        try
        {
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            await WaitForExitAsync(TimeSpan.Zero).ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private void TakeOutput(string? line)
    {
        if (line is null)
        {
            _lines.Writer.TryComplete();
            return;
        }

        _lines.Writer.TryWrite(line);
        if (_outputIsLog)
        {
            Remember(line);
        }
    }

    private void TakeLog(string? line)
    {
        if (line is null)
        {
            return;
        }

        Remember(line);
        if (_outputIsLog)
        {
            _lines.Writer.TryWrite(line);
        }
    }

    private void Remember(string line)
    {
        lock (_logLock)
        {
            if (_log.Count == LogLineCountMax)
            {
                _log.Dequeue();
            }

            _log.Enqueue(line);
        }
    }
}
