using System.Globalization;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// A process of a soak: a LocalService, with or without memory, whose traffic runs by itself. In: <c>run SEED THINKMS
/// REPLICAS</c>, <c>pause</c>, <c>verify</c>, <c>survey</c>, <c>remove-all</c>, <c>report</c>, <c>quit</c>. Out:
/// <c>ready RANK</c>, the answer to each command, and of its own accord <c>done</c> and the outcome, <c>status</c> and
/// counts, <c>error</c> and a text.
/// </summary>
internal sealed class SoakWorker(WorkerOptions options, TextReader input, TextWriter output) : IDisposable
{
    // LIMIT: the first errors tell.
    private const int ErrorReportCountMax = 5;

    // What a process that is killed has not told yet is not counted: seldom much.
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    // LIMIT: longer than any disturbance of a soak, shorter than the coordinator waits.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _outputLock = new();
    private readonly Lock _trafficLock = new();
    private readonly ManualResetEventSlim _isOpen = new(false);
    private readonly ManualResetEventSlim _ended = new(false);
    private SoakTraffic? _traffic;
    private RequestOutcome _outcome; // under the traffic's lock, like the traffic
    private int _thinkMs;
    private int _errorReports;

    /// <summary>Runs until <c>quit</c> or the end of the input.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        MmcStatus status = Open(out ObjectStore? store, out string error);
        if (store is null)
        {
            Console.Error.WriteLine($"the LocalService did not start: {status} ({(int)status}): {error}");
            return 1;
        }

        using (store)
        {
            Send(string.Create(CultureInfo.InvariantCulture, $"ready {store.Rank.Value}"));
            var thread = new Thread(RunTraffic) { IsBackground = true, Name = "soak-traffic" };
            thread.Start();
            bool isAskedToEnd = Serve(store);
            _ended.Set();
            _isOpen.Set();
            thread.Join();
            Flush();
            _traffic?.Dispose();
            if (!isAskedToEnd)
            {
                options.CleanUpAfterCoordinator();
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOpen.Dispose();
        _ended.Dispose();
    }

    // The MetaService may just be away, or this host cut off: an engine would be started again.
    private MmcStatus Open(out ObjectStore? store, out string error)
    {
        long begin = TimeProvider.System.GetTimestamp();
        MmcStatus status;
        do
        {
            status = ObjectStore.Open(options.ToLocalServiceOptions(), new StderrLogger(), out store, out error);
        }
        while (status is MmcStatus.NotConnectedToMeta or MmcStatus.Timeout
            && TimeProvider.System.GetElapsedTime(begin) < JoinTimeout);
        return status;
    }

    private bool Serve(ObjectStore store)
    {
        while (input.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "quit":
                    return true;
                case "run":
                    Start(store, words);
                    break;
                default:
                    Answer(store, words[0]);
                    break;
            }
        }

        return false;
    }

    private void Start(ObjectStore store, string[] words)
    {
        lock (_trafficLock)
        {
            ulong seed = ulong.Parse(words[1], CultureInfo.InvariantCulture);
            _thinkMs = int.Parse(words[2], CultureInfo.InvariantCulture);
            var replicas = new ReplicateOptions(int.Parse(words[3], CultureInfo.InvariantCulture));
            _traffic ??= new SoakTraffic(store, options, seed, replicas, ReportError);
        }

        _isOpen.Set();
    }

    // Between two requests of the traffic, which rests meanwhile where that matters.
    private void Answer(ObjectStore store, string command)
    {
        if (command == "pause")
        {
            _isOpen.Reset();
        }

        lock (_trafficLock)
        {
            switch (command)
            {
                case "pause":
                    Flush();
                    Send("paused");
                    break;
                case "verify":
                    Send($"verified {_traffic?.VerifyAll().ToLine()}");
                    break;
                case "survey":
                    MmcStatus status = SoakSurvey.Take(store, out SoakSurvey survey);
                    Send(status == MmcStatus.Ok ? $"surveyed {survey.ToLine()}" : $"error survey: {status}");
                    break;
                case "remove-all":
                    Send($"removed {store.RemoveAll()}");
                    break;
                case "report" when _traffic is { } traffic:
                    (LatencyHistogram exist, LatencyHistogram get, LatencyHistogram put) = traffic.Latencies();
                    Send($"exist {exist}");
                    Send($"get {get}");
                    Send($"put {put}");
                    break;
                default:
                    Send($"error unknown command: {command}");
                    break;
            }
        }
    }

    private void RunTraffic()
    {
        long lastReport = 0;
        while (!_ended.IsSet)
        {
            _isOpen.Wait();
            lock (_trafficLock)
            {
                // Paused between the two lines above: nothing more may happen.
                if (_isOpen.IsSet && !_ended.IsSet && _traffic is not null)
                {
                    _outcome += _traffic.Next();
                }

                if (TimeProvider.System.GetElapsedTime(lastReport) > ReportInterval)
                {
                    Flush();
                    lastReport = TimeProvider.System.GetTimestamp();
                }
            }

            _ended.Wait(_thinkMs);
        }
    }

    private void Flush()
    {
        Send($"done {_outcome.ToLine()}");
        Send($"status {_traffic?.TakeStatuses()}");
        _outcome = default;
    }

    private void ReportError(string text)
    {
        if (_errorReports++ < ErrorReportCountMax)
        {
            Send($"error {text}");
        }
    }

    private void Send(string line)
    {
        lock (_outputLock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
