using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// Makes the traffic of a chat service: sessions begin at random, share one of a few system prompts, and each turn
/// sends the whole conversation so far and some more. The model stands in docs/design/chat-workload.md.
/// </summary>
internal sealed class ChatWorkload
{
    private readonly ChatWorkloadOptions _options;
    private readonly SplitMix64 _random;
    private readonly ulong[][] _systemPrompts;
    private readonly double[] _systemPromptWeights;
    private readonly PriorityQueue<Session, double> _dueTurns = new();
    private ulong _nextBlock;
    private double _nextArrivalMs;

    private ChatWorkload(ChatWorkloadOptions options)
    {
        _options = options;
        _random = new SplitMix64(options.Seed);
        _systemPrompts = new ulong[options.SystemPromptCount][];
        _systemPromptWeights = new double[options.SystemPromptCount];
        double total = 0;
        for (int i = 0; i < _systemPrompts.Length; i++)
        {
            _systemPrompts[i] = NewBlocks(1 + (int)_random.Below(options.SystemPromptBlockCountMax));
            total += Math.Pow(i + 1, -options.SystemPromptZipfExponent);
            _systemPromptWeights[i] = total;
        }
    }

    /// <summary>The requests in order of time.</summary>
    public static List<TraceRequest> Generate(ChatWorkloadOptions options)
    {
        var workload = new ChatWorkload(options);
        var requests = new List<TraceRequest>(options.RequestCount);
        while (requests.Count < options.RequestCount)
        {
            requests.Add(workload.Next());
        }

        return requests;
    }

    private TraceRequest Next()
    {
        Session session;
        if (_dueTurns.TryPeek(out _, out double dueMs) && dueMs <= _nextArrivalMs)
        {
            session = _dueTurns.Dequeue();
        }
        else
        {
            dueMs = _nextArrivalMs;
            session = NewSession();
            _nextArrivalMs += Exponential() * 1000 / _options.SessionsPerSecond;
        }

        var request = new TraceRequest(Math.Floor(dueMs), [.. session.Blocks]);
        ScheduleNextTurn(session, dueMs);
        return request;
    }

    private Session NewSession()
    {
        double pick = _random.Unit() * _systemPromptWeights[^1];
        int prompt = Array.FindIndex(_systemPromptWeights, weight => pick < weight);
        var session = new Session(Geometric(_options.TurnCountMean));
        session.Blocks.AddRange(_systemPrompts[prompt]);
        int message = LogNormalCount(_options.FirstTurnBlocksMedian, _options.FirstTurnBlocksSigma);
        session.Blocks.AddRange(NewBlocks(Math.Min(message, _options.PromptBlockCountMax - session.Blocks.Count)));
        return session;
    }

    private void ScheduleNextTurn(Session session, double nowMs)
    {
        session.TurnsLeft--;
        int added = LogNormalCount(_options.LaterTurnBlocksMedian, _options.LaterTurnBlocksSigma);
        double thinkMs = 1000 * LogNormal(_options.ThinkSecondsMedian, _options.ThinkSecondsSigma);
        if (session.TurnsLeft > 0 && session.Blocks.Count + added <= _options.PromptBlockCountMax)
        {
            session.Blocks.AddRange(NewBlocks(added));
            _dueTurns.Enqueue(session, nowMs + thinkMs);
        }
    }

    private ulong[] NewBlocks(int count)
    {
        var blocks = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            blocks[i] = _nextBlock++;
        }

        return blocks;
    }

    private double Exponential() => -Math.Log(1 - _random.Unit());

    private int Geometric(double mean) => 1 + (int)(Exponential() / -Math.Log(1 - 1 / mean));

    // Box-Muller, one of the two values.
    private double LogNormal(double median, double sigma) =>
        median * Math.Exp(sigma * Math.Sqrt(2 * Exponential()) * Math.Cos(2 * Math.PI * _random.Unit()));

    private int LogNormalCount(double median, double sigma) => Math.Max(1, (int)Math.Round(LogNormal(median, sigma)));

    private sealed class Session(int turnsLeft)
    {
        public int TurnsLeft { get; set; } = turnsLeft;

        public List<ulong> Blocks { get; } = [];
    }
}
