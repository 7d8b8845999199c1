using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.LocalService;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>
/// How long it takes until all objects are readable after a MetaService was killed and started again: objects of one page in the segments of two
/// stores of this process. Prints the time from the start of the new process, next to what putting the objects took. Options: the path of
/// <c>mmc_meta_service</c>, then the number of objects (default 100,000).
/// </summary>
internal static class RestartBenchmark
{
    private const int BatchCount = 1000;
    private const int ObjectBytes = 4096;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length is < 1 or > 2)
        {
            Console.Error.WriteLine("usage: MemCache.Benchmarks restart PATH_OF_MMC_META_SERVICE [OBJECTS]");
            return 2;
        }

        int objectCount = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 100_000;
        string directory = Directory.CreateTempSubdirectory("memcache-bench-").FullName;
        string shared = Directory.CreateDirectory($"/dev/shm/memcache-bench-{Environment.ProcessId}").FullName;
        Process service = Start(arguments[0], directory);
        try
        {
            using ObjectStore first = Open(directory, shared, objectCount);
            using ObjectStore second = Open(directory, shared, objectCount);
            long begin = Stopwatch.GetTimestamp();
            Put(first, 0, objectCount / 2);
            Put(second, objectCount / 2, objectCount);
            Console.WriteLine($"put {objectCount} objects of 4 KiB: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F0} ms");
            for (int round = 0; round < 3; round++)
            {
                service.Kill();
                service.WaitForExit();
                service.Dispose();
                begin = Stopwatch.GetTimestamp();
                service = Start(arguments[0], directory);
                WaitForAll(first, objectCount);
                Console.WriteLine($"all readable after {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F0} ms from the start of the process");
            }

            return 0;
        }
        finally
        {
            service.Kill();
            service.WaitForExit();
            service.Dispose();
            Directory.Delete(directory, recursive: true);
            Directory.Delete(shared, recursive: true);
        }
    }

    private static Process Start(string path, string directory)
    {
        string config = Path.Combine(directory, "mmc-meta.conf");
        File.WriteAllLines(config,
        [
            $"ock.mmc.meta_service_url = unix://{directory}/data.sock",
            $"ock.mmc.meta_service.config_store_url = unix://{directory}/member.sock",
            "ock.mmc.meta_service.metrics_url = http://127.0.0.1:18766",
            $"ock.mmc.meta_service.socket_path = {directory}",
            "ock.mmc.log_output_target = screen",
            "ock.mmc.log_level = error",
        ]);
        return Process.Start(new ProcessStartInfo(path, ["--config", config]))!;
    }

    private static ObjectStore Open(string directory, string shared, int objectCount)
    {
        var options = new LocalServiceOptions
        {
            MetaServiceUrl = $"unix://{directory}/data.sock",
            ConfigStoreUrl = $"unix://{directory}/member.sock",
            SharedMemoryDirectory = shared,
            // Each has room for all: nothing is to be evicted.
            DramSizeBytes = 2L * objectCount * ObjectBytes,
            ClientRetryMs = 20_000,
        };
        MmcStatus status = ObjectStore.Open(options, NullLogger.Instance, out ObjectStore? store, out string error);
        return status == MmcStatus.Ok ? store! : throw new InvalidOperationException($"{status}: {error}");
    }

    private static void Put(ObjectStore store, int from, int to)
    {
        using Interop.NativeBuffer buffer = Interop.NativeBuffer.Allocate(ObjectBytes);
        var results = new MmcStatus[BatchCount];
        for (int begin = from; begin < to; begin += BatchCount)
        {
            var buffers = new BufferBatch();
            KeyBatch keys = Keys(begin, Math.Min(begin + BatchCount, to));
            for (int i = 0; i < keys.Count; i++)
            {
                buffers.AddObject(buffer.Address, ObjectBytes);
            }

            MmcStatus status = store.PutBatch(keys, buffers, default, results);
            Invariant.Require(status == MmcStatus.Ok);
        }
    }

    private static void WaitForAll(ObjectStore store, int objectCount)
    {
        var results = new MmcStatus[BatchCount];
        for (int begin = 0; begin < objectCount;)
        {
            // One batch after the other: what is readable stays so.
            MmcStatus status = store.ExistsBatch(Keys(begin, Math.Min(begin + BatchCount, objectCount)), results);
            begin += status == MmcStatus.Ok ? BatchCount : 0;
        }
    }

    private static KeyBatch Keys(int from, int to)
    {
        var keys = new KeyBatch();
        for (int i = from; i < to; i++)
        {
            keys.Add($"model/0123456789abcdef0123456789abcdef0123456789abcdef/{i}");
        }

        return keys;
    }
}
