using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>The bench's end of a process that it started.</summary>
internal sealed class BenchPeer(ChildProcess process) : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Its rank; none if it contributes no memory.</summary>
    public RankId Rank { get; private set; } = RankId.None;

    /// <summary>Starts a process of the bench and waits until it is ready.</summary>
    public static Task<BenchPeer> StartAsync(
        string name, string command, IEnumerable<string> arguments, CancellationToken cancellation) =>
        StartAsync(name, Programs.Self(), command, arguments, cancellation);

    /// <summary>Starts a process of the bench on a host and waits until it is ready.</summary>
    public static Task<BenchPeer> StartAsync(
        string name, Host host, string command, IEnumerable<string> arguments, CancellationToken cancellation) =>
        StartAsync(name, host.Wrap(Programs.Self()), command, arguments, cancellation);

    private static async Task<BenchPeer> StartAsync(
        string name, IReadOnlyList<string> program, string command, IEnumerable<string> arguments,
        CancellationToken cancellation)
    {
        var peer = new BenchPeer(ChildProcess.Start(name, program, outputIsLog: false, [command, .. arguments]));
        string line = await peer.ReadAsync("ready", cancellation).ConfigureAwait(false);
        if (ushort.TryParse(line, CultureInfo.InvariantCulture, out ushort rank))
        {
            peer.Rank = new RankId(rank);
        }

        return peer;
    }

    /// <summary>Has it repeat an operation for a while.</summary>
    /// <returns>Its speed in GB/s.</returns>
    public async Task<double> MeasureAsync(string operation, TimeSpan window, CancellationToken cancellation)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{operation} {window.TotalMilliseconds:0}");
        await process.SendAsync(line).ConfigureAwait(false);
        string speed = await ReadAsync("speed", cancellation).ConfigureAwait(false);
        return double.Parse(speed, CultureInfo.InvariantCulture) / 1e9;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.SendAsync("quit").ConfigureAwait(false);
        await process.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
        await process.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<string> ReadAsync(string word, CancellationToken cancellation)
    {
        string line = await process.ReadLineAsync(AnswerTimeout, $"\"{word}\"", cancellation).ConfigureAwait(false);
        return line.StartsWith(word, StringComparison.Ordinal)
            ? line[word.Length..].Trim()
            : throw process.Failure($"sent \"{line}\" and not \"{word}\"");
    }
}
