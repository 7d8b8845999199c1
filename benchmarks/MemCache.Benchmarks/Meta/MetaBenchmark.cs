using System.Diagnostics;
using System.Globalization;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>
/// Metadata engine: memory of an object, the longest single call while the table grows, batches of 256 keys on a small and on a large table
/// in turns, one and two threads. Options: --objects N (default 10 million), --small N (default 100,000), --rounds N.
/// </summary>
internal static class MetaBenchmark
{
    private const int SmallCount = 100_000;
    private const int ThreadBatchCount = 4000;

    public static int Run(string[] args)
    {
        int objectCount = Option(args, "--objects", 10_000_000);
        int rounds = Option(args, "--rounds", 31);
        Console.WriteLine($"{Environment.ProcessorCount} cores, {(GCIsServer() ? "server" : "workstation")} GC, {objectCount} objects");

        MetaTable small = new(Option(args, "--small", SmallCount));
        small.Fill(report: false);
        MetaTable large = new(objectCount);
        long before = MetaTable.ResidentBytes();
        large.Fill(report: true);
        long resident = MetaTable.ResidentBytes() - before;
        MetaEngineStats stats = large.Engine.ReadStats();
        Console.WriteLine(
            $"bytes/object with its key of 64: tables touched {(double)stats.TableBytes / objectCount:F1}, "
            + $"taken {(double)(stats.TableBytesTaken + stats.AllocatorBytesTaken) / objectCount:F1}, "
            + $"resident {(double)resident / objectCount:F1}; process {MetaTable.ResidentBytes() >> 20} MiB");

        Compare("exists, random keys", small, large, rounds, (table, batch) => table.Exists(batch), MetaTable.Order.Random);
        Compare("exists, keys put together", small, large, rounds, (table, batch) => table.Exists(batch), MetaTable.Order.Chain);
        Compare("exists, absent keys", small, large, rounds, (table, batch) => table.Exists(batch), MetaTable.Order.Absent);
        Compare("query, random keys", small, large, rounds, (table, batch) => table.Query(batch), MetaTable.Order.Random);
        Compare("lookup + release, random", small, large, rounds, (table, batch) => table.LookupAndRelease(batch), MetaTable.Order.Random);
        Compare("lookup + release, chain", small, large, rounds, (table, batch) => table.LookupAndRelease(batch), MetaTable.Order.Chain);
        Threads(large);
        large.Churn();
        return 0;
    }

    /// <summary>Rounds on both tables in turns; medians.</summary>
    private static void Compare(
        string name, MetaTable small, MetaTable large, int rounds, Action<MetaTable, int> call, MetaTable.Order order)
    {
        small.Prepare(order);
        large.Prepare(order);
        double[] smallTimes = new double[rounds];
        double[] largeTimes = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            smallTimes[round] = Time(small, call);
            largeTimes[round] = Time(large, call);
        }

        Array.Sort(smallTimes);
        Array.Sort(largeTimes);
        double smallMedian = smallTimes[rounds / 2];
        double largeMedian = largeTimes[rounds / 2];
        Console.WriteLine(
            $"{name,-28} ns/key: {smallMedian,6:F1} at {small.ObjectCount}, {largeMedian,6:F1} at {large.ObjectCount}, "
            + $"ratio {largeMedian / smallMedian:F2}; batch of 256: {largeMedian * 256 / 1000:F1} us");
    }

    private static double Time(MetaTable table, Action<MetaTable, int> call)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int batch = 0; batch < MetaTable.BatchCount; batch++)
        {
            call(table, batch);
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / (MetaTable.BatchCount * MetaTable.KeysPerBatch);
    }

    private static void Threads(MetaTable table)
    {
        table.Prepare(MetaTable.Order.Random);
        double[] rates = new double[3];
        for (int round = 0; round < 3; round++)
        {
            for (int threadCount = 1; threadCount <= 2; threadCount++)
            {
                MetaTable.Caller[] callers = [.. Enumerable.Range(0, threadCount).Select(_ => table.NewCaller())];
                long begin = Stopwatch.GetTimestamp();
                Thread[] threads = [.. callers.Select((caller, i) => new Thread(() => Run(caller, i)))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
                double rate = threadCount * ThreadBatchCount * (double)MetaTable.KeysPerBatch
                    / Stopwatch.GetElapsedTime(begin).TotalSeconds;
                rates[threadCount] = Math.Max(rates[threadCount], rate);
            }
        }

        Console.WriteLine(
            $"exists, random keys: {rates[1] / 1e6:F1} M keys/s on one thread, {rates[2] / 1e6:F1} on two, ratio {rates[2] / rates[1]:F2}");
    }

    private static void Run(MetaTable.Caller caller, int number)
    {
        for (int i = 0; i < ThreadBatchCount; i++)
        {
            caller.Exists((i * 7 + number * 100) % MetaTable.BatchCount);
        }
    }

    private static bool GCIsServer() => System.Runtime.GCSettings.IsServerGC;

    private static int Option(string[] args, string name, int value)
    {
        int index = Array.IndexOf(args, name);
        return index < 0 ? value : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    }
}
