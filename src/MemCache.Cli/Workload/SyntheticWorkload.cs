using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// Requests that are hard for one policy or another, seeded. What each stands for is in docs/operations/sizing.md.
/// </summary>
internal static class SyntheticWorkload
{
    /// <summary>The simulated chat, as in the demo.</summary>
    public const string Chat = "chat";

    /// <summary>The same requests in random order.</summary>
    public const string Shuffled = "shuffled";

    /// <summary>The same requests, and beside each as many blocks that are never asked for again.</summary>
    public const string Scan = "scan";

    /// <summary>A loop over 1.5 times the capacity.</summary>
    public const string Loop = "loop";

    private const int ChatRequestCount = 8000;
    private const int SingleRequestCount = 100_000;
    private const int ZipfBlockCount = 20_000;
    private const int DriftRequestsPerBlock = 20;
    private const int LoopPromptBlocks = 25;
    private const int LoopRoundCount = 12;

    // Beyond every id of a generated or recorded workload that is not a hash; a hash may collide, and then is no worse
    // than a hit.
    private const ulong ScanFirstBlock = 1UL << 60;

    private static readonly Dictionary<string, Func<SyntheticOptions, List<TraceRequest>>> Makers = new()
    {
        [Chat] = options => ChatWorkload.Generate(ChatOf(options)),
        [Shuffled] = Shuffle,
        [Scan] = AddScan,
        ["zipf0.7"] = options => Zipf(options, 0.7, 0),
        ["zipf1.0"] = options => Zipf(options, 1.0, 0),
        ["drift"] = options => Zipf(options, 1.0, DriftRequestsPerBlock),
        ["slow-chat"] = options => ChatWorkload.Generate(
            ChatOf(options) with { ThinkSecondsMedian = 600, ThinkSecondsSigma = 1.5 }),
        ["system-prompts"] = options => ChatWorkload.Generate(ChatOf(options) with
        {
            SystemPromptCount = 400,
            SystemPromptBlockCountMax = 60,
            SystemPromptZipfExponent = 0.8,
            TurnCountMean = 1.2,
        }),
        [Loop] = MakeLoop,
    };

    /// <summary>The workloads.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Whether a workload is made from other requests, such as a trace.</summary>
    public static bool TakesBase(string name) => name is Shuffled or Scan;

    /// <summary>The requests, in order.</summary>
    public static List<TraceRequest> Generate(SyntheticOptions options) => Makers[options.Name](options);

    private static ChatWorkloadOptions ChatOf(SyntheticOptions options) => new()
    {
        Seed = options.Seed,
        RequestCount = options.RequestCount > 0 ? options.RequestCount : ChatRequestCount,
    };

    private static IReadOnlyList<TraceRequest> BaseOf(SyntheticOptions options) =>
        options.Base ?? ChatWorkload.Generate(ChatOf(options));

    private static List<TraceRequest> Shuffle(SyntheticOptions options)
    {
        List<TraceRequest> requests = [.. BaseOf(options)];
        var random = new SplitMix64(options.Seed);
        for (int i = requests.Count - 1; i > 0; i--)
        {
            int other = (int)random.Below(i + 1);
            (requests[i], requests[other]) = (requests[other], requests[i]);
        }

        return requests;
    }

    private static List<TraceRequest> AddScan(SyntheticOptions options)
    {
        IReadOnlyList<TraceRequest> requests = BaseOf(options);
        var all = new List<TraceRequest>(2 * requests.Count);
        ulong next = ScanFirstBlock;
        foreach (TraceRequest request in requests)
        {
            ulong[] scan = new ulong[request.HashIds.Length];
            for (int i = 0; i < scan.Length; i++)
            {
                scan[i] = next++;
            }

            all.Add(request);
            all.Add(new TraceRequest(request.TimestampMs, scan));
        }

        return all;
    }

    // Independent single blocks. With a drift the popular ones change: after so many requests each is one rank less
    // popular.
    private static List<TraceRequest> Zipf(SyntheticOptions options, double exponent, int requestsPerDrift)
    {
        int count = options.RequestCount > 0 ? options.RequestCount : SingleRequestCount;
        var random = new SplitMix64(options.Seed);
        var ranks = new ZipfSampler(ZipfBlockCount, exponent);
        var requests = new List<TraceRequest>(count);
        for (int i = 0; i < count; i++)
        {
            int drift = requestsPerDrift == 0 ? 0 : i / requestsPerDrift;
            requests.Add(new TraceRequest(i, [(ulong)(ranks.Next(random) + drift)]));
        }

        return requests;
    }

    private static List<TraceRequest> MakeLoop(SyntheticOptions options)
    {
        int promptCount = Math.Max(2, (int)(options.CapacityBlocks * 1.5) / LoopPromptBlocks);
        int count = options.RequestCount > 0 ? options.RequestCount : promptCount * LoopRoundCount;
        var requests = new List<TraceRequest>(count);
        for (int i = 0; i < count; i++)
        {
            ulong first = (ulong)(i % promptCount * LoopPromptBlocks);
            ulong[] blocks = new ulong[LoopPromptBlocks];
            for (int block = 0; block < blocks.Length; block++)
            {
                blocks[block] = first + (ulong)block;
            }

            requests.Add(new TraceRequest(i, blocks));
        }

        return requests;
    }
}
