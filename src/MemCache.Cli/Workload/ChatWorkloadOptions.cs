namespace MemCache.Cli;

/// <summary>
/// Parameters of <see cref="ChatWorkload"/>. The defaults resemble a chat service for a long-context model; where each
/// comes from stands in docs/design/chat-workload.md. A block stands for 512 tokens.
/// </summary>
internal sealed record ChatWorkloadOptions
{
    /// <summary>Requests to make.</summary>
    public int RequestCount { get; init; } = 4000;

    /// <summary>Seed: the same seed makes the same requests.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Different system prompts.</summary>
    public int SystemPromptCount { get; init; } = 32;

    /// <summary>Popularity of system prompt i is proportional to 1 / (i + 1)^this.</summary>
    public double SystemPromptZipfExponent { get; init; } = 1.1;

    /// <summary>Longest system prompt (tools included) in blocks; lengths are uniform from 1.</summary>
    public int SystemPromptBlockCountMax { get; init; } = 12;

    /// <summary>New sessions per second, a Poisson process.</summary>
    public double SessionsPerSecond { get; init; } = 1.0;

    /// <summary>Mean number of turns of a session; geometric, so many end after the first.</summary>
    public double TurnCountMean { get; init; } = 4.0;

    /// <summary>Median of the time from one turn to the next, in seconds; log-normal.</summary>
    public double ThinkSecondsMedian { get; init; } = 40;

    /// <summary>Sigma of the log-normal think time.</summary>
    public double ThinkSecondsSigma { get; init; } = 1.0;

    /// <summary>Median length of the first message (with pasted documents) in blocks; log-normal.</summary>
    public double FirstTurnBlocksMedian { get; init; } = 6;

    /// <summary>Sigma of the log-normal first message: the long documents are in its tail.</summary>
    public double FirstTurnBlocksSigma { get; init; } = 1.1;

    /// <summary>
    /// Median of what a later turn adds (the last answer and the next question) in blocks; log-normal.
    /// </summary>
    public double LaterTurnBlocksMedian { get; init; } = 2;

    /// <summary>Sigma of the log-normal later turn.</summary>
    public double LaterTurnBlocksSigma { get; init; } = 0.8;

    /// <summary>A session ends before its prompt grows beyond this: 128 k tokens.</summary>
    public int PromptBlockCountMax { get; init; } = 256;
}
