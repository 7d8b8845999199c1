using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace MemCache.Cli;

/// <summary>
/// What the network between two hosts carries: iperf3 with a given number of streams, or where it is not installed
/// streams of our own that send large messages over blocking sockets.
/// </summary>
internal sealed class StreamReference : IAsyncDisposable
{
    private const string Program = "iperf3";
    private const int MessageBytes = 8 << 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _server;
    private readonly IPEndPoint _endpoint;
    private readonly int _streamCount;

    private StreamReference(ChildProcess server, IPEndPoint endpoint, int streamCount)
    {
        _server = server;
        _endpoint = endpoint;
        _streamCount = streamCount;
    }

    /// <summary>Where iperf3 lies; <see langword="null"/>: it is not installed.</summary>
    public static string? ProgramPath { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin").Split(':')
        .Select(directory => Path.Combine(directory, Program)).FirstOrDefault(File.Exists);

    /// <summary>What it is, in words.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{(ProgramPath is null ? "bare TCP between blocking sockets (iperf3 is not installed)" : "iperf3")}, ")
        + string.Create(CultureInfo.InvariantCulture, $"{_streamCount} streams");

    /// <summary>Starts the other end on a host.</summary>
    public static async Task<StreamReference> StartAsync(
        Host host, int port, int streamCount, CancellationToken cancellation)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(host.Address), port);
        IReadOnlyList<string> command = ProgramPath is null
            ? [.. Programs.Self(), WorkerCommand.EchoName, endpoint.ToString()]
            : [ProgramPath, "-s", "-B", host.Address, "-p", Text(port), "--forceflush"];
        var server = ChildProcess.Start(Program, host.Wrap(command), outputIsLog: ProgramPath is not null);
        var reference = new StreamReference(server, endpoint, streamCount);
        string awaited = ProgramPath is null ? "ready" : "Server listening";
        while (!(await server.ReadLineAsync(StartTimeout, awaited, cancellation).ConfigureAwait(false))
            .StartsWith(awaited, StringComparison.Ordinal))
        {
            // The line of dashes above it.
        }

        return reference;
    }

    /// <summary>Sends for a second.</summary>
    /// <param name="isGet">From the host to here, and not the other way.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What arrived, in GB/s.</returns>
    public Task<double> MeasureAsync(bool isGet, CancellationToken cancellation) => ProgramPath is null
        ? MeasureSocketsAsync(isGet)
        : MeasureProgramAsync(isGet, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<double> MeasureProgramAsync(bool isGet, CancellationToken cancellation)
    {
        string[] direction = isGet ? ["-R"] : [];
        ChildProcess client = ChildProcess.Start(
            Program,
            [
                ProgramPath!, "-c", _endpoint.Address.ToString(), "-p", Text(_endpoint.Port), "-P", Text(_streamCount),
                "-t", Text((int)Window.TotalSeconds), "-J",
            ],
            outputIsLog: false,
            direction);
        await using (client.ConfigureAwait(false))
        {
            await client.WaitForExitAsync(RunTimeout).ConfigureAwait(false);
            var text = new List<string>();
            await foreach (string line in client.Lines.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                text.Add(line);
            }

            try
            {
                using var report = JsonDocument.Parse(string.Join('\n', text));
                return report.RootElement.GetProperty("end").GetProperty("sum_received")
                    .GetProperty("bits_per_second").GetDouble() / 8e9;
            }
            catch (Exception failure) when (failure is JsonException or KeyNotFoundException)
            {
                throw client.Failure($"gave no figure: {string.Join(' ', text)}");
            }
        }
    }

    private async Task<double> MeasureSocketsAsync(bool isGet)
    {
        WireBytes bytes = isGet ? new WireBytes(1, MessageBytes) : new WireBytes(MessageBytes, 1);
        Task<double>[] streams = [.. Enumerable.Range(0, _streamCount).Select(_ => Task.Factory.StartNew(
            () => MeasureSocket(bytes),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        return (await Task.WhenAll(streams).ConfigureAwait(false)).Sum();
    }

    private double MeasureSocket(WireBytes bytes)
    {
        using var socket = new BareSocket(_endpoint, bytes);
        long begin = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(begin) < Window)
        {
            socket.RoundTrip();
            sent += MessageBytes;
        }

        return sent / Stopwatch.GetElapsedTime(begin).TotalSeconds / 1e9;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
