namespace MemCache.Cli;

/// <summary>How far a demo is, for the display.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="RequestCount">Requests in all.</param>
/// <param name="Elapsed">Time since the replay began.</param>
/// <param name="Outcome">Sum of the requests served so far.</param>
internal readonly record struct DemoProgress(string Phase, long RequestCount, TimeSpan Elapsed, RequestOutcome Outcome)
{
    /// <summary>Hits over references so far.</summary>
    public double HitRatio =>
        Outcome.BlockReferences == 0 ? 0 : (double)Outcome.BlockHits / Outcome.BlockReferences;
}
