namespace MemCache.MetaService;

/// <summary>Arrays of counters that one thread writes and others add up.</summary>
internal static class Counters
{
    /// <summary>Adds each of <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static void Add(long[] from, long[] to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] += Volatile.Read(ref from[i]);
        }
    }
}
