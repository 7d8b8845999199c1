using System.Globalization;

namespace MemCache.Benchmarks;

/// <summary>
/// Processor time that the reuse-aware order of eviction takes for each block asked for, beside the engine's LRU, in pools of several sizes;
/// bytes that it takes for each object and ghost. Options: --objects N (one size only), --rounds N.
/// </summary>
internal static class ReuseBenchmark
{
    private const int RequestsPerRound = 2000;
    private const int BlocksPerPrompt = 26;

    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    public static int Run(ReadOnlySpan<string> args)
    {
        int rounds = Option(args, "--rounds", 15);
        int only = Option(args, "--objects", 0);
        foreach (int size in only > 0 ? [only] : Sizes)
        {
            Measure(size, rounds);
        }

        return 0;
    }

    private static void Measure(int size, int rounds)
    {
        var plain = new ReuseRun(size, estimates: false);
        (string Name, IEvictionRun Run, ChatStream Stream, List<double> Times)[] runs =
        [
            ("LRU", new LruRun(size), NewStream(size), []),
            ("reuse", plain, NewStream(size), []),
            ("reuse and its curve", new ReuseRun(size, estimates: true), NewStream(size), []),
        ];
        // Until the ghosts are full too: nine times the objects.
        int warmUp = size * 10 / BlocksPerPrompt * 5 / 2;
        foreach ((_, IEvictionRun run, ChatStream stream, _) in runs)
        {
            Serve(run, stream, warmUp);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach ((_, IEvictionRun run, ChatStream stream, List<double> times) in runs)
            {
                double begin = ThreadClock.Microseconds;
                (long blocks, _) = Serve(run, stream, RequestsPerRound);
                times.Add((ThreadClock.Microseconds - begin) * 1000 / blocks);
            }
        }

        double baseline = Median(runs[0].Times);
        foreach ((string name, IEvictionRun run, ChatStream stream, List<double> times) in runs)
        {
            (long blocks, long hits) = Serve(run, stream, RequestsPerRound);
            double median = Median(times);
            Console.WriteLine(
                $"{size,9} objects, {name,-20} {median,6:F0} ns a block ({median - baseline:+0;-0;0} against LRU), "
                + $"hits {(double)hits / blocks:F3}");
        }

        Report(size, plain);
    }

    private static void Report(int size, ReuseRun run) => Console.WriteLine(
        $"{size,9} objects: {run.Steps}; {run.Policy.KnownCount} keys known, "
        + $"{(double)run.Policy.Bytes / run.Policy.KnownCount:F1} bytes each, {(double)run.Policy.Bytes / size:F0} an object with its ghosts");

    private static (long Blocks, long Hits) Serve(IEvictionRun run, ChatStream stream, int requestCount)
    {
        long blocks = 0;
        long hits = 0;
        for (int i = 0; i < requestCount; i++)
        {
            Span<int> prompt = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stream.Next());
            blocks += prompt.Length;
            hits += run.Serve(prompt);
        }

        return (blocks, hits);
    }

    // Their conversations hold about three times as many blocks as fit.
    private static ChatStream NewStream(int size) => new(size * 3 / BlocksPerPrompt, seed: 1);

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static int Option(ReadOnlySpan<string> args, string name, int value)
    {
        int index = args.IndexOf(name);
        return index < 0 ? value : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    }
}
