using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;

namespace MemCache.TestHost;

/// <summary>The commands that read objects for a while and look at every call.</summary>
internal static class Reading
{
    public static string PutAll(ObjectStore store, int replicas, string prefix, int count, int size)
    {
        MmcStatus status = MmcStatus.Ok;
        for (int i = 0; i < count && status == MmcStatus.Ok; i++)
        {
            string key = Key(prefix, i);
            status = store.Put(key, KeyedContent.Of(key, size), new ReplicateOptions(replicas));
        }

        return ((int)status).ToString(CultureInfo.InvariantCulture);
    }

    public static string ReadAll(ObjectStore store, string prefix, int count, int size, int milliseconds, int slowMs)
    {
        byte[] value = new byte[size];
        long hits = 0;
        long misses = 0;
        long errors = 0;
        long wrong = 0;
        long slow = 0;
        double longestMs = 0;
        MmcStatus last = MmcStatus.Ok;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds; i++)
        {
            string key = Key(prefix, i % count);
            value.AsSpan().Clear();
            long begin = Stopwatch.GetTimestamp();
            MmcStatus status = store.Get(key, value, out long sizeBytes);
            double ms = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            longestMs = Math.Max(longestMs, ms);
            slow += ms > slowMs ? 1 : 0;
            switch (status)
            {
                case MmcStatus.Ok:
                    hits++;
                    wrong += sizeBytes != size || KeyedContent.FirstWrong(key, value) >= 0 ? 1 : 0;
                    break;
                case MmcStatus.ObjectNotFound or MmcStatus.BlobChanged:
                    misses++;
                    break;
                default:
                    errors++;
                    last = status;
                    break;
            }
        }

        return FormattableString.Invariant($"read {hits} {misses} {errors} {wrong} {slow} {longestMs:0} {last}");
    }

    private static string Key(string prefix, int index) => FormattableString.Invariant($"{prefix}-{index}");
}
