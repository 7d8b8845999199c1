using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using MemCache.Core;
using MemCache.Meta;
using MemCache.Testing;

namespace MemCache.Benchmarks;

/// <summary>
/// The whole engine under both orders of eviction, in turns: processor time for each block asked for, of a batch-exist alone and of
/// whole requests (exist, get, put, eviction); bytes of the learned order. With --trace FILE: what the engine hits with its requests and
/// what it estimates for other capacities, beside the simulation. Options: --objects N, --rounds N.
/// </summary>
internal static class EngineReuseBenchmark
{
    private const int RequestsPerRound = 1000;
    private const int BlocksPerPrompt = 26;
    private const int ExistCount = 256;
    private const int ExistCallsPerRound = 4000;

    public static int Run(ReadOnlySpan<string> args)
    {
        int size = int.Parse(Option(args, "--objects") ?? "100000", CultureInfo.InvariantCulture);
        if (Option(args, "--trace") is { } path)
        {
            Replay(path, size);
            return 0;
        }

        int rounds = int.Parse(Option(args, "--rounds") ?? "11", CultureInfo.InvariantCulture);
        (string Name, EnginePool Pool, ChatStream Stream, List<double> Requests, List<double> Exists)[] runs =
        [
            ("lru", new EnginePool(EvictionOrder.Lru, size, ticksAlways: false), NewStream(size), [], []),
            ("reuse", new EnginePool(EvictionOrder.Reuse, size, ticksAlways: false), NewStream(size), [], []),
        ];
        foreach ((_, EnginePool pool, ChatStream stream, _, _) in runs)
        {
            Serve(pool, stream, size * 10 / BlocksPerPrompt * 5 / 2);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach ((_, EnginePool pool, ChatStream stream, List<double> requests, List<double> exists) in runs)
            {
                double begin = ThreadClock.Microseconds;
                (long blocks, _) = Serve(pool, stream, RequestsPerRound);
                double served = ThreadClock.Microseconds;
                requests.Add((served - begin) * 1000 / blocks);
                Ask(pool);
                exists.Add((ThreadClock.Microseconds - served) * 1000 / (ExistCallsPerRound * ExistCount));
            }
        }

        foreach ((string name, EnginePool pool, ChatStream stream, List<double> requests, List<double> exists) in runs)
        {
            (long blocks, long hits) = Serve(pool, stream, RequestsPerRound);
            Console.WriteLine(
                $"{size,9} objects, {name,-6} {Median(requests),6:F0} ns a block of a request, {Median(exists),6:F1} ns a key of a batch-exist, "
                + $"hits {(double)hits / blocks:F3}, refused {pool.RefusedCount}");
        }

        Console.WriteLine(
            $"{size,9} objects: {Median(runs[1].Requests) - Median(runs[0].Requests):+0;-0} ns a block; "
            + $"batch-exist at {Median(runs[0].Exists) / Median(runs[1].Exists):P1} of the throughput of LRU");
        ReuseStats stats = runs[1].Pool.Engine.ReadStats().Reuse[0];
        Console.WriteLine(
            $"{(double)stats.TableBytes / (stats.ResidentCount + stats.GhostCount):F1} bytes a known key, {stats}");
        return 0;
    }

    // The same keys again and again, as an engine that polls; a call takes what it takes and the time goes on by as much.
    private static void Ask(EnginePool pool)
    {
        KeyBatch keys = new();
        for (int i = 0; i < ExistCount; i++)
        {
            keys.Add($"{i:x8}{new string('k', 56)}");
        }

        MmcStatus[] statuses = new MmcStatus[ExistCount];
        double ticked = ThreadClock.Microseconds;
        for (int call = 0; call < ExistCallsPerRound; call++)
        {
            pool.Engine.Exists(keys.Spans, pool.NowMs, statuses);
            // As the maintenance thread, which takes its time from another core or from this one: every 10 ms.
            if (call % 100 == 99 && ThreadClock.Microseconds - ticked >= 10_000)
            {
                ticked = ThreadClock.Microseconds;
                pool.PassTime(10);
            }
        }
    }

    private static void Replay(string path, int size)
    {
        List<int[]> trace = Read(path);
        var pool = new EnginePool(EvictionOrder.Reuse, size);
        long references = trace.Sum(request => (long)request.Length);
        long hits = 0;
        foreach (int[] request in trace)
        {
            hits += pool.Serve(request);
        }

        Console.WriteLine(
            $"{size} blocks: engine {(double)hits / references:F4}, simulated {Simulate(trace, size):F4}; {pool.RefusedCount} puts refused");
        MissRatioCurve curve = pool.Engine.ReadMissRatioCurve(Medium.Dram)!;
        foreach (MissRatioPoint point in curve.Points)
        {
            double truth = Simulate(trace, (int)point.CapacityCount);
            Console.WriteLine(
                $"  {point.CapacityFactor,4}: {point.CapacityCount,7} blocks estimated {point.HitRatio:F4}, simulated {truth:F4} ({point.HitRatio - truth:+0.0000;-0.0000})");
        }
    }

    private static double Simulate(List<int[]> trace, int size)
    {
        var run = new ReuseRun(size, estimates: false);
        long hits = 0;
        foreach (int[] request in trace)
        {
            hits += run.CountLeading(request);
            run.Serve(request);
        }

        return (double)hits / trace.Sum(request => (long)request.Length);
    }

    private static List<int[]> Read(string path)
    {
        Dictionary<ulong, int> numbers = [];
        List<int[]> requests = [];
        foreach (string line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            requests.Add([.. json.RootElement.GetProperty("hash_ids").EnumerateArray().Select(id =>
            {
                ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, id.GetUInt64(), out bool isKnown);
                return number = isKnown ? number : numbers.Count - 1;
            })]);
        }

        return requests;
    }

    private static (long Blocks, long Hits) Serve(EnginePool pool, ChatStream stream, int requestCount)
    {
        long blocks = 0;
        long hits = 0;
        for (int i = 0; i < requestCount; i++)
        {
            Span<int> prompt = CollectionsMarshal.AsSpan(stream.Next());
            blocks += prompt.Length;
            hits += pool.Serve(prompt);
        }

        return (blocks, hits);
    }

    private static ChatStream NewStream(int size) => new(size * 3 / BlocksPerPrompt, seed: 1);

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static string? Option(ReadOnlySpan<string> args, string name)
    {
        int index = args.IndexOf(name);
        return index < 0 ? null : args[index + 1];
    }
}
