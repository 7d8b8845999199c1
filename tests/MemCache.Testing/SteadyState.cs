namespace MemCache.Testing;

/// <summary>
/// What code allocates once it is warm. The runtime itself allocates a little on the calling thread when it replaces a method by a better
/// compiled one, at a moment of its choice; so the least of a few equal windows is what the code does. Code that allocates for each
/// call does so in every window.
/// </summary>
public static class SteadyState
{
    private const int WindowCount = 5;

    /// <summary>Bytes that <paramref name="count"/> calls allocate on this thread; the argument counts up from 0 over all windows.</summary>
    public static long AllocatedBytes(int count, Action<int> call)
    {
        long least = long.MaxValue;
        for (int window = 0; window < WindowCount && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                call((window * count) + i);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
