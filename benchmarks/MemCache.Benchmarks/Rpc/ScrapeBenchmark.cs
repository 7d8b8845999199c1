using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.Benchmarks;

/// <summary>
/// What reading <c>/metrics</c> costs: a real MetaService with many objects, 64 ranks that have reported every
/// counter there is, and the lookups of a client that go on meanwhile, by turns without scrapes and with one a
/// second. Options: the path of <c>mmc_meta_service</c>, then the number of objects (default 1 million).
/// </summary>
internal static class ScrapeBenchmark
{
    private const int RankCount = 64;
    private const int ScrapeCount = 50;
    private const int TurnCount = 8;
    private const int TurnMs = 4000;
    private const long SegmentBytes = 1L << 30;
    private static readonly Uri Page = new("http://127.0.0.1:18765/metrics");

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length is < 1 or > 2)
        {
            Console.Error.WriteLine("usage: MemCache.Benchmarks scrape PATH_OF_MMC_META_SERVICE [OBJECTS]");
            return 2;
        }

        int objectCount = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1_000_000;
        string directory = Directory.CreateTempSubdirectory("memcache-bench-").FullName;
        using Process service = ServiceBenchmark.Start(arguments[0], directory);
        var ranks = new List<MetaConnection>();
        try
        {
            for (int i = 0; i < RankCount; i++)
            {
                ranks.Add(ServiceBenchmark.Join($"unix://{directory}/member.sock", SegmentBytes,
                out SessionId session));
                ReportAll(ranks[i], session);
            }

            ServiceBenchmark.Fill(ranks[0], 0, objectCount);
            TimeScrapes();
            TimeLookups(ranks[0], objectCount);
            return 0;
        }
        finally
        {
            ranks.ForEach(rank => rank.Dispose());
            service.Kill();
            service.WaitForExit();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void ReportAll(MetaConnection connection, SessionId session)
    {
        var entries = new ReportEntry[ReportLayout.SlotCount];
        for (int slot = 0; slot < entries.Length; slot++)
        {
            entries[slot] = ReportLayout.EntryOf(slot, (ulong)slot + 1);
        }

        int length = ReportRequest.Encode(
            connection.Payload(ReportRequest.SizeBytes(entries.Length)), session, entries);
        ServiceBenchmark.Require(connection.Call(Opcode.Report, length, Deadline.In(5000), out _));
    }

    private static void TimeScrapes()
    {
        using var http = new HttpClient();
        double[] milliseconds = new double[ScrapeCount];
        int bytes = 0;
        double first = 0;
        for (int i = -1; i < ScrapeCount; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            bytes = http.GetByteArrayAsync(Page).GetAwaiter().GetResult().Length;
            double took = ServiceBenchmark.Milliseconds(Stopwatch.GetTimestamp() - begun);
            first = i < 0 ? took : first;
            milliseconds[Math.Max(i, 0)] = took;
        }

        Array.Sort(milliseconds);
        Console.WriteLine(FormattableString.Invariant(
            $"/metrics: {bytes >> 10} KiB; the first {first:F1} ms, then p50 {milliseconds[ScrapeCount / 2]:F1} ms, ")
            + FormattableString.Invariant($"longest {milliseconds[^1]:F1} ms"));
    }

    // By turns, so that what the machine does otherwise falls on both.
    private static void TimeLookups(MetaConnection connection, int objectCount)
    {
        var quiet = new List<double>();
        var scraped = new List<double>();
        var random = new SplitMix64(7);
        for (int turn = 0; turn < TurnCount; turn++)
        {
            bool scrapes = turn % 2 == 1;
            using var end = new CancellationTokenSource(TurnMs);
            Task scraping = scrapes ? ScrapeUntil(end.Token) : Task.CompletedTask;
            while (!end.IsCancellationRequested)
            {
                (scrapes ? scraped : quiet).Add(Lookup(connection, (int)random.Below(objectCount)));
            }

            scraping.GetAwaiter().GetResult();
        }

        Print("lookups of one key, no scrapes", quiet);
        Print("lookups of one key, a scrape a second", scraped);
    }

    private static async Task ScrapeUntil(CancellationToken end)
    {
        using var http = new HttpClient();
        try
        {
            while (true)
            {
                _ = await http.GetByteArrayAsync(Page, end).ConfigureAwait(false);
                await Task.Delay(1000, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The turn is over.
        }
    }

    private static double Lookup(MetaConnection connection, int number)
    {
        var keys = new KeyBatch();
        ServiceBenchmark.AddKey(keys, number);
        long begun = Stopwatch.GetTimestamp();
        int length = LookupRequest.Encode(
            connection.Payload(LookupRequest.SizeBytes(0, keys.Spans)), [], keys.Spans, LookupRequest.NoLease);
        ServiceBenchmark.Require(connection.Call(Opcode.Lookup, length, Deadline.In(5000), out _));
        return 1000 * ServiceBenchmark.Milliseconds(Stopwatch.GetTimestamp() - begun);
    }

    private static void Print(string what, List<double> microseconds)
    {
        microseconds.Sort();
        int count = microseconds.Count;
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: {count:N0} calls, p50 {microseconds[count / 2]:F1} us, p99 {microseconds[count - (count / 100)]:F1} us, ")
            + FormattableString.Invariant($"p99.9 {microseconds[count - (count / 1000)]:F1} us, mean {microseconds.Average():F2} us"));
    }
}
