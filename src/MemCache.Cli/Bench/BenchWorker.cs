using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// A process of the bench: one that contributes a segment, or one of two clients that work at the same time. In: <c>get
/// MS</c>, <c>memcpy MS</c>, <c>non-temporal MS</c>, <c>quit</c>. Out: <c>ready RANK</c>, <c>speed
/// BYTES-PER-SECOND</c>.
/// </summary>
internal sealed class BenchWorker(WorkerOptions options, TextReader input, TextWriter output)
{
    /// <summary>Family of the blocks that lie in the segment of another process.</summary>
    public const string PeerFamily = "peer";

    /// <summary>Runs until <c>quit</c> or the end of the input.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        MmcStatus status = ObjectStore.Open(
            options.ToLocalServiceOptions(), new StderrLogger(), out ObjectStore? store, out string error);
        if (store is null)
        {
            Console.Error.WriteLine($"the LocalService did not start: {status} ({(int)status}): {error}");
            return 1;
        }

        using (store)
        {
            Send(string.Create(CultureInfo.InvariantCulture, $"ready {store.Rank.Value}"));
            using var blocks = new Lazily<BlockBench>(
                () => new BlockBench(store, BlockShape.OfSize(options.BlockBytes), options.BatchCount));
            using var plain = new Lazily<PlainCopy>(
                () => new PlainCopy(options.BlockBytes * options.BatchCount, BenchRun.CopyThreadCount));
            while (input.ReadLine() is { } line)
            {
                if (line == "quit")
                {
                    return 0;
                }

                Serve(line, blocks, plain);
            }
        }

        options.CleanUpAfterCoordinator();
        return 0;
    }

    private void Serve(string line, Lazily<BlockBench> blocks, Lazily<PlainCopy> plain)
    {
        string[] words = line.Split(' ');
        TimeSpan window = TimeSpan.FromMilliseconds(int.Parse(words[1], CultureInfo.InvariantCulture));
        double speed = words[0] switch
        {
            "get" => Measure(window, blocks.Value.SizeBytes, () => blocks.Value.Get(PeerFamily)),
            "memcpy" => Measure(window, plain.Value.SizeBytes, () => plain.Value.Copy(CopyKernel.Temporal)),
            _ => Measure(window, plain.Value.SizeBytes, () => plain.Value.Copy(CopyKernel.NonTemporal)),
        };
        Send(string.Create(CultureInfo.InvariantCulture, $"speed {speed:0}"));
    }

    private static double Measure(TimeSpan window, long bytesPerCall, Action call)
    {
        long begin = Stopwatch.GetTimestamp();
        long calls = 0;
        do
        {
            call();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(begin) < window);
        return calls * bytesPerCall / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private void Send(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
