using System.Threading.Channels;

namespace MemCache.Cli;

/// <summary>The coordinator's end of one process of a soak.</summary>
internal sealed class SoakProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly SoakTally _tally;
    private readonly Task _reader;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();

    private SoakProcess(ChildProcess process, Host host, SoakTally tally)
    {
        _process = process;
        _tally = tally;
        Host = host;
        _reader = ReadAsync();
    }

    /// <summary>Where it runs.</summary>
    public Host Host { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts one; it joins the pool meanwhile.</summary>
    public static SoakProcess Start(string name, Host host, WorkerOptions options, SoakTally tally)
    {
        WorkerOptions placed = options with { SharedMemoryDirectory = host.Directory };
        ChildProcess process = ChildProcess.Start(
            name, host.Wrap(Programs.Self()), outputIsLog: false, [WorkerCommand.SoakName, .. placed.ToArguments()]);
        return new SoakProcess(process, host, tally);
    }

    /// <summary>Waits until it has joined and its memory is there.</summary>
    /// <exception cref="ChildProcessException">It does not; the message shows the end of its log.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellation) =>
        AnswerAsync("ready", StartTimeout, cancellation);

    /// <summary>Has its traffic run until it is paused.</summary>
    public Task RunAsync(ulong seed, int thinkMs, int replicas) =>
        _process.SendAsync(FormattableString.Invariant($"run {seed} {thinkMs} {replicas}"));

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="word">What the answer begins with.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The rest of the answer.</returns>
    public async Task<string> AskAsync(string command, string word, CancellationToken cancellation)
    {
        await _process.SendAsync(command).ConfigureAwait(false);
        return await AnswerAsync(word, AnswerTimeout, cancellation).ConfigureAwait(false);
    }

    /// <summary>Adds its latencies to those of the others.</summary>
    public async Task ReportAsync(
        LatencyHistogram exist, LatencyHistogram get, LatencyHistogram put, CancellationToken cancellation)
    {
        exist.Add(LatencyHistogram.Parse(await AskAsync("report", "exist", cancellation).ConfigureAwait(false)));
        get.Add(LatencyHistogram.Parse(await AnswerAsync("get", AnswerTimeout, cancellation).ConfigureAwait(false)));
        put.Add(LatencyHistogram.Parse(await AnswerAsync("put", AnswerTimeout, cancellation).ConfigureAwait(false)));
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => Interop.ProcessSignal.Send(Id, signal);

    /// <summary>Has it leave the pool in order.</summary>
    /// <exception cref="ChildProcessException">It does not end, or not in order.</exception>
    public async Task LeaveAsync()
    {
        await _process.SendAsync("quit").ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(LeaveTimeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw _process.Failure("did not leave in time");
        }

        if (_process.ExitCode != 0)
        {
            throw _process.Failure("did not leave in order");
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What it is to be blamed for: it has ended by itself.</summary>
    public ChildProcessException Failure() => _process.Failure("ended in the middle of the run");

    /// <summary>Kills it without warning if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        await _reader.ConfigureAwait(false);
    }

    private async Task<string> AnswerAsync(string word, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            while (true)
            {
                string line = await _answers.Reader.ReadAsync(deadline.Token).ConfigureAwait(false);
                if (TryTakeWord(line, word, out string rest))
                {
                    return rest;
                }
            }
        }
        catch (ChannelClosedException)
        {
            await _process.WaitForExitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            throw _process.Failure($"ended before it sent \"{word}\"");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw _process.Failure($"did not send \"{word}\" within {timeout.TotalSeconds:0} s");
        }
    }

    // What comes of its own accord is counted here; the rest are answers.
    private async Task ReadAsync()
    {
        await foreach (string line in _process.Lines.ReadAllAsync().ConfigureAwait(false))
        {
            if (TryTakeWord(line, "done", out string outcome))
            {
                _tally.Traffic.Add(RequestOutcome.Parse(outcome));
            }
            else if (TryTakeWord(line, "status", out string counts))
            {
                _tally.Add(StatusCounts.Parse(counts));
            }
            else if (TryTakeWord(line, "error", out string text))
            {
                _tally.Traffic.AddError($"{_process.Name}: {text}");
            }
            else
            {
                _answers.Writer.TryWrite(line);
            }
        }

        _answers.Writer.TryComplete();
    }

    private static bool TryTakeWord(string line, string word, out string rest)
    {
        bool begins = line.StartsWith(word, StringComparison.Ordinal)
            && (line.Length == word.Length || line[word.Length] == ' ');
        rest = begins ? line[word.Length..].Trim() : "";
        return begins;
    }
}
