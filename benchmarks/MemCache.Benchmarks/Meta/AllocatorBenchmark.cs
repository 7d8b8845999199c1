using System.Diagnostics;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>
/// Compares allocators by what a cache feels: how often a reserve does not fit although enough pages are free, how full the
/// segment is on average then, and the time of a pair of reserve and release. Blobs leave nearly in the order they came: one of the
/// oldest eighth, at random, as under LRU with hits.
/// </summary>
internal static class AllocatorBenchmark
{
    private const int PairCount = 200_000;

    public static int Run(string[] args)
    {
        int pairCount = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : PairCount;
        (string Name, Func<uint, IBlobAllocator> Make)[] candidates =
        [
            ("segregated fit", pages => new SegregatedFitAllocator(pages, new ChunkPool(18))),
            ("best fit", pages => new BestFitAllocator(pages)),
            ("first fit", pages => new FirstFitAllocator(pages)),
            ("buddy", pages => new BuddyAllocator(pages)),
        ];
        (string Name, uint Pages, Func<SplitMix64, uint> Size)[] mixes =
        [
            ("4 KiB..64 MiB log-uniform, 64 GiB", 1u << 24, random => LogUniform(random, 1 << 14)),
            ("60 % 8784 KiB, else log-uniform, 64 GiB", 1u << 24,
                random => random.Below(10) < 6 ? 8784 / 4 : LogUniform(random, 1 << 14)),
            ("4 KiB..256 KiB log-uniform, 2 GiB", 1u << 19, random => LogUniform(random, 64)),
        ];
        Console.WriteLine($"{"mix",-42}{"fill",5}  {"allocator",-16}{"not fit %",10}{"mean fill",11}{"lowest",8}{"ns/pair",9}{"free runs",10}");
        foreach ((string mix, uint pages, Func<SplitMix64, uint> size) in mixes)
        {
            foreach (int fill in new[] { 80, 90, 95 })
            {
                foreach ((string name, Func<uint, IBlobAllocator> make) in candidates)
                {
                    // Twice: the first time is for the compiler.
                    Measure(make(pages), pages, fill, size, 20_000);
                    Result result = Measure(make(pages), pages, fill, size, pairCount);
                    Console.WriteLine(
                        $"{mix,-42}{fill,5}  {name,-16}{result.NotFitPercent,10:F2}{result.MeanFill,11:F1}"
                        + $"{result.LowestFill,8:F1}{result.Nanoseconds,9:F0}{result.FreeRuns,10}");
                }
            }
        }

        return 0;
    }

    private static uint LogUniform(SplitMix64 random, int pageCountMax) =>
        (uint)Math.Ceiling(Math.Exp(random.Unit() * Math.Log(pageCountMax)));

    private static Result Measure(IBlobAllocator allocator, uint pages, int fill, Func<SplitMix64, uint> size, int pairCount)
    {
        SplitMix64 random = new(1);
        List<(uint Page, uint Count)> live = [];
        int oldest = 0;
        long used = 0;
        long target = (long)pages * fill / 100;
        long notFit = 0;
        double filled = 0;
        long lowest = pages;
        int counted = 0;
        Stopwatch watch = new();
        // The first two thirds bring the segment into its steady state.
        for (int i = 0; counted < pairCount; i++)
        {
            bool isCounted = i >= 2 * pairCount;
            counted += isCounted ? 1 : 0;
            uint count = size(random);
            if (isCounted)
            {
                watch.Start();
            }

            while (used + count > target)
            {
                used -= EvictOne(allocator, live, ref oldest, random);
            }

            bool fits = allocator.Reserve(count, out uint page) == MmcStatus.Ok;
            notFit += !fits && isCounted ? 1 : 0;
            while (!fits)
            {
                used -= EvictOne(allocator, live, ref oldest, random);
                lowest = isCounted ? Math.Min(lowest, used) : lowest;
                fits = allocator.Reserve(count, out page) == MmcStatus.Ok;
            }

            watch.Stop();
            used += count;
            filled += isCounted ? used : 0;
            live.Add((page, count));
            if (oldest > 1_000_000)
            {
                live.RemoveRange(0, oldest);
                oldest = 0;
            }
        }

        return new Result(
            100.0 * notFit / pairCount, 100.0 * filled / pairCount / pages, notFit == 0 ? fill : 100.0 * lowest / pages,
            watch.Elapsed.TotalNanoseconds / pairCount, allocator.FreeExtentCount);
    }

    private static long EvictOne(IBlobAllocator allocator, List<(uint Page, uint Count)> live, ref int oldest, SplitMix64 random)
    {
        int chosen = oldest + (int)random.Below(1 + (live.Count - oldest) / 8);
        (uint page, uint count) = live[chosen];
        live[chosen] = live[oldest];
        oldest++;
        allocator.Release(page, count);
        return count;
    }

    private readonly record struct Result(
        double NotFitPercent, double MeanFill, double LowestFill, double Nanoseconds, int FreeRuns);
}
