using MemCache.Meta;

namespace MemCache.Cli;

/// <summary>Simulates policies on a trace, several at a time.</summary>
internal sealed class ReplayRun(ReplayOptions options, ReplayTrace trace, ReplayProgress progress)
{
    // LIMIT: how many requests are served before it is looked whether to stop.
    private const int RequestsPerStep = 256;

    /// <summary>Simulates everything that is asked for.</summary>
    public async Task<ReplayReport> RunAsync(CancellationToken cancellation)
    {
        var rows = new ReplayRow[options.Policies.Count * options.Capacities.Count];
        var curves = new ReplayCurve[options.EstimatesMissRatio ? options.Capacities.Count : 0];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        await Parallel.ForAsync(0, rows.Length + curves.Length, parallel, (i, stop) =>
        {
            if (i < rows.Length)
            {
                rows[i] = Simulate(
                    options.Policies[i / options.Capacities.Count],
                    options.Capacities[i % options.Capacities.Count],
                    stop);
            }
            else
            {
                curves[i - rows.Length] = Estimate(options.Capacities[i - rows.Length], stop);
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return new ReplayReport
        {
            Rows = rows,
            Curves = curves,
            Workload = options.Workload,
            Requests = trace.Requests.Count,
            BlockReferences = trace.ReferenceCount,
            DistinctBlocks = trace.BlockCount,
        };
    }

    /// <summary>
    /// Share of the blocks that are there when they are asked for and not behind one that is missing.
    /// </summary>
    public static double HitRatio(
        ReplayTrace trace, IReplayPolicy policy, Action<int>? served, CancellationToken cancellation)
    {
        long hits = 0;
        int reported = 0;
        for (int i = 0; i < trace.Requests.Count; i++)
        {
            int[] blocks = trace.Requests[i];
            int hit = 0;
            while (hit < blocks.Length && policy.Has(blocks[hit]))
            {
                hit++;
            }

            hits += hit;
            policy.Serve(blocks);
            if (i - reported >= RequestsPerStep)
            {
                cancellation.ThrowIfCancellationRequested();
                served?.Invoke(i - reported);
                reported = i;
            }
        }

        served?.Invoke(trace.Requests.Count - reported);
        return trace.ReferenceCount == 0 ? 0 : (double)hits / trace.ReferenceCount;
    }

    private ReplayRow Simulate(string policy, int capacityBlocks, CancellationToken cancellation)
    {
        IReplayPolicy pool = ReplayPolicies.Create(policy, trace, capacityBlocks);
        double ratio = HitRatio(trace, pool, progress.Advance, cancellation);
        var row = new ReplayRow(policy, capacityBlocks, Math.Round(ratio, 5));
        progress.Finish($"{row.Policy}, {row.CapacityBlocks} blocks", row.HitRatio);
        return row;
    }

    private ReplayCurve Estimate(int capacityBlocks, CancellationToken cancellation)
    {
        var pool = new ReuseReplay(trace.BlockCount, capacityBlocks, refuses: false, estimates: true);
        double ratio = HitRatio(trace, pool, progress.Advance, cancellation);
        MissRatioEstimator estimator = pool.MissRatio!;
        progress.Finish($"estimates at {capacityBlocks} blocks", ratio);
        return new ReplayCurve(capacityBlocks, [.. Enumerable.Range(0, MissRatioEstimator.LevelCount).Select(
            level => new ReplayCurvePoint(
                MissRatioEstimator.Factors[level],
                estimator.CapacityCountOf(level),
                Math.Round(estimator.HitRatioOf(level), 5)))]);
    }
}
