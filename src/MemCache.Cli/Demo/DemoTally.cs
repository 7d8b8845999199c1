using System.Diagnostics;

namespace MemCache.Cli;

/// <summary>What the workers have reported so far. Thread-safe.</summary>
internal sealed class DemoTally(long requestCount)
{
    // LIMIT: enough to see what goes wrong.
    private const int ErrorTextCountMax = 5;

    private readonly Lock _lock = new();
    private readonly List<string> _errorTexts = [];
    private RequestOutcome _outcome;
    private string _phase = "starting";
    private long _startTimestamp;

    /// <summary>The first errors, in words.</summary>
    public IReadOnlyList<string> ErrorTexts
    {
        get
        {
            lock (_lock)
            {
                return [.. _errorTexts];
            }
        }
    }

    /// <summary>Says what is being done; the clock of the replay starts with the first phase after the start.</summary>
    public void Enter(string phase)
    {
        lock (_lock)
        {
            _phase = phase;
            _startTimestamp = _startTimestamp == 0 ? Stopwatch.GetTimestamp() : _startTimestamp;
        }
    }

    /// <summary>Counts a served request.</summary>
    public void Add(in RequestOutcome outcome)
    {
        lock (_lock)
        {
            _outcome += outcome;
        }
    }

    /// <summary>Keeps the text of an error.</summary>
    public void AddError(string text)
    {
        lock (_lock)
        {
            if (_errorTexts.Count < ErrorTextCountMax)
            {
                _errorTexts.Add(text);
            }
        }
    }

    /// <summary>How far it is.</summary>
    public DemoProgress Read()
    {
        lock (_lock)
        {
            TimeSpan elapsed = _startTimestamp == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_startTimestamp);
            return new DemoProgress(_phase, requestCount, elapsed, _outcome);
        }
    }
}
