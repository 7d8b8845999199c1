using MemCache.Core;

namespace MemCache.Cli;

/// <summary>What has happened in a soak so far. Thread-safe.</summary>
internal sealed class SoakTally
{
    private readonly Lock _lock = new();
    private readonly StatusCounts _statuses = new();
    private SoakEvents _events;

    /// <summary>The traffic.</summary>
    public DemoTally Traffic { get; } = new(requestCount: 0);

    /// <summary>What has become of ranks and hosts.</summary>
    public SoakEvents Events
    {
        get
        {
            lock (_lock)
            {
                return _events;
            }
        }
    }

    /// <summary>Adds counts of statuses.</summary>
    public void Add(StatusCounts counts)
    {
        lock (_lock)
        {
            _statuses.Add(counts);
        }
    }

    /// <summary>Adds events.</summary>
    public void Add(SoakEvents events)
    {
        lock (_lock)
        {
            _events += events;
        }
    }

    /// <summary>How often each operation ended with each status.</summary>
    public IReadOnlyList<(string Operation, MmcStatus Status, long Count)> ReadStatuses()
    {
        lock (_lock)
        {
            return [.. _statuses.Entries];
        }
    }
}
