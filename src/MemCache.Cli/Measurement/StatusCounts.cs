using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// How often each operation ended with each status; an entry of a batch counts as one. Not thread-safe.
/// </summary>
internal sealed class StatusCounts
{
    private readonly Dictionary<(string Operation, MmcStatus Status), long> _counts = [];

    /// <summary>The counts, by operation and status.</summary>
    public IEnumerable<(string Operation, MmcStatus Status, long Count)> Entries =>
        _counts.Select(pair => (pair.Key.Operation, pair.Key.Status, pair.Value))
            .OrderBy(entry => entry.Operation, StringComparer.Ordinal)
            .ThenByDescending(entry => entry.Status);

    /// <summary>Counts one entry.</summary>
    /// <param name="operation">A word without punctuation.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="count">How often.</param>
    public void Add(string operation, MmcStatus status, long count = 1)
    {
        _counts.TryGetValue((operation, status), out long before);
        _counts[(operation, status)] = before + count;
    }

    /// <summary>Counts one entry for each status.</summary>
    public void Add(string operation, ReadOnlySpan<MmcStatus> statuses)
    {
        foreach (MmcStatus status in statuses)
        {
            Add(operation, status);
        }
    }

    /// <summary>Adds all counts of another one.</summary>
    public void Add(StatusCounts other)
    {
        foreach ((string operation, MmcStatus status, long count) in other.Entries)
        {
            Add(operation, status, count);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _counts.Clear();

    /// <summary>
    /// The counts as text for <see cref="Parse"/>: <c>operation:status:count</c>, with commas between.
    /// </summary>
    public override string ToString() => string.Join(',', Entries.Select(entry => string.Create(
        CultureInfo.InvariantCulture, $"{entry.Operation}:{(int)entry.Status}:{entry.Count}")));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static StatusCounts Parse(string text)
    {
        var counts = new StatusCounts();
        foreach (string entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = entry.Split(':');
            if (fields.Length != 3)
            {
                throw new FormatException($"no count of a status: {entry}");
            }

            counts.Add(
                fields[0],
                (MmcStatus)int.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[2], CultureInfo.InvariantCulture));
        }

        return counts;
    }
}
