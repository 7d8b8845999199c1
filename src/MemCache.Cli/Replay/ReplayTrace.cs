namespace MemCache.Cli;

/// <summary>
/// Requests with their blocks numbered from 0 in the order of their first use, so that policies can use arrays.
/// </summary>
internal sealed class ReplayTrace
{
    private ReplayTrace(int[][] requests, int blockCount, long referenceCount)
    {
        Requests = requests;
        BlockCount = blockCount;
        ReferenceCount = referenceCount;
    }

    /// <summary>The blocks of each request, first to last.</summary>
    public IReadOnlyList<int[]> Requests { get; }

    /// <summary>Different blocks.</summary>
    public int BlockCount { get; }

    /// <summary>Blocks of all requests together.</summary>
    public long ReferenceCount { get; }

    /// <summary>Numbers the blocks.</summary>
    public static ReplayTrace Of(IReadOnlyList<TraceRequest> requests)
    {
        var numbers = new Dictionary<ulong, int>();
        long references = 0;
        int[][] numbered = new int[requests.Count][];
        for (int i = 0; i < numbered.Length; i++)
        {
            numbered[i] = Array.ConvertAll(requests[i].HashIds, id => NumberOf(numbers, id));
            references += numbered[i].Length;
        }

        return new ReplayTrace(numbered, numbers.Count, references);
    }

    private static int NumberOf(Dictionary<ulong, int> numbers, ulong id)
    {
        if (!numbers.TryGetValue(id, out int number))
        {
            number = numbers.Count;
            numbers.Add(id, number);
        }

        return number;
    }
}
