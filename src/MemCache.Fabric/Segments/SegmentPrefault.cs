using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>Gives a new segment its memory, several threads at a time, and reports how far it is.</summary>
internal sealed class SegmentPrefault(
    MappedRegion region, IReadOnlyList<(long Offset, long SizeBytes)> ranges, long collapseOffset,
    Action<long, long>? progress)
{
    // Small enough for a lively progress display and even work, large enough that the calls do not count (about 20 ms
    // of 4 KiB pages).
    private const long SliceBytes = 32L << 20;
    private const int ThreadCountMax = 16;

    private readonly List<(long Offset, long SizeBytes)> _slices = Cut(ranges);
    private readonly long _bytesWanted = ranges.Sum(range => range.SizeBytes);
    private int _nextSlice;
    private long _bytesDone;
    private int _error;

    /// <summary>
    /// Makes huge pages of a range that nobody uses yet: a page in each, so that there is a page table, then the rest at once.
    /// </summary>
    public static bool TryCollapse(MappedRegion region, long offset, long sizeBytes)
    {
        for (long done = 0; done < sizeBytes; done += SegmentLayout.HugePageBytes)
        {
            if (region.Populate(offset + done, Core.Limits.BlobAlignmentBytes) != Errno.None)
            {
                return false;
            }
        }

        return region.CollapseHugePages(offset, sizeBytes) == Errno.None;
    }

    /// <summary>
    /// Populates everything. The calling thread takes part. Ends early at the first error, which it returns.
    /// </summary>
    public Errno Run(int threadCount)
    {
        int wanted = threadCount > 0 ? threadCount : Math.Min(Environment.ProcessorCount, ThreadCountMax);
        Thread[] helpers = new Thread[Math.Min(wanted, _slices.Count) - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(Work) { IsBackground = true, Name = $"mmc-prefault-{i}" };
            helpers[i].Start();
        }

        Work();
        foreach (Thread helper in helpers)
        {
            helper.Join();
        }

        return (Errno)Volatile.Read(ref _error);
    }

    private static List<(long Offset, long SizeBytes)> Cut(IReadOnlyList<(long Offset, long SizeBytes)> ranges)
    {
        List<(long Offset, long SizeBytes)> slices = [];
        foreach ((long begin, long sizeBytes) in ranges)
        {
            for (long done = 0; done < sizeBytes; done += SliceBytes)
            {
                slices.Add((begin + done, Math.Min(SliceBytes, sizeBytes - done)));
            }
        }

        return slices;
    }

    private void Work()
    {
        while (Interlocked.Increment(ref _nextSlice) - 1 is var i && i < _slices.Count)
        {
            (long offset, long sizeBytes) = _slices[i];
            if (offset >= collapseOffset)
            {
                // Where it fails, small pages do: populated below, like what is left of a range that was collapsed in part.
                _ = TryCollapse(region, offset, sizeBytes);
            }

            Errno error = region.Populate(offset, sizeBytes);
            if (error != Errno.None)
            {
                Interlocked.CompareExchange(ref _error, (int)error, 0);
                Volatile.Write(ref _nextSlice, _slices.Count);
                return;
            }

            progress?.Invoke(Interlocked.Add(ref _bytesDone, sizeBytes), _bytesWanted);
        }
    }
}
