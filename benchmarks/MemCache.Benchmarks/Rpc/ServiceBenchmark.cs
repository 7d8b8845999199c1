using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.Benchmarks;

/// <summary>
/// A real MetaService with many objects: fills it over its Unix socket through a rank whose segment exists on paper only, and prints its
/// resident memory, the round trips of batches of 256 keys at a small and at the full number, and the longest ones. Options: the path of
/// <c>mmc_meta_service</c>, then the number of objects (default 10 million).
/// </summary>
internal static class ServiceBenchmark
{
    private const int BatchCount = 4096;
    private const int LookupCount = 256;
    private const int SmallCount = 100_000;
    private const int Calls = 4000;
    private const long PaperBytes = Limits.SegmentBytesMax;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length is < 1 or > 2)
        {
            Console.Error.WriteLine("usage: MemCache.Benchmarks service PATH_OF_MMC_META_SERVICE [OBJECTS]");
            return 2;
        }

        int objectCount = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 10_000_000;
        string directory = Directory.CreateTempSubdirectory("memcache-bench-").FullName;
        using Process service = Start(arguments[0], directory);
        try
        {
            using MetaConnection connection = Join($"unix://{directory}/member.sock", PaperBytes, out _);
            Fill(connection, 0, SmallCount);
            Report(connection, service, SmallCount);
            Fill(connection, SmallCount, objectCount);
            Report(connection, service, objectCount);
            Report(connection, service, objectCount);
            return 0;
        }
        finally
        {
            service.Kill();
            service.WaitForExit();
            Directory.Delete(directory, recursive: true);
        }
    }

    internal static Process Start(string path, string directory)
    {
        string config = Path.Combine(directory, "mmc-meta.conf");
        File.WriteAllLines(config,
        [
            $"ock.mmc.meta_service_url = unix://{directory}/data.sock",
            $"ock.mmc.meta_service.config_store_url = unix://{directory}/member.sock",
            "ock.mmc.meta_service.metrics_url = http://127.0.0.1:18765",
            $"ock.mmc.meta_service.socket_path = {directory}",
            "ock.mmc.meta_service.silence_ms = 600000",
            "ock.mmc.log_output_target = screen",
            "ock.mmc.log_level = error",
        ]);
        return Process.Start(new ProcessStartInfo(path, ["--config", config]))!;
    }

    internal static MetaConnection Join(string url, long dataBytes, out SessionId session)
    {
        var connection = new MetaConnection(new EpochGate());
        _ = MetaEndpoint.TryParse(url, out MetaEndpoint? endpoint, out _);
        long deadline = Deadline.In(20_000);
        while (connection.Connect(endpoint!, deadline) != MmcStatus.Ok && !Deadline.HasPassed(deadline))
        {
            Thread.Sleep(50);
        }

        var join = new JoinRequest
        {
            ProvidesMemory = true,
            Medium = Medium.Dram,
            WantedRank = RankId.None,
            SlotCount = (uint)(dataBytes / Limits.BlobAlignmentBytes),
            DataBytes = dataBytes,
            SegmentUuid = Guid.NewGuid(),
            SegmentFileName = "paper"u8,
            LivenessFileName = "bench"u8,
            HostId = "bench"u8,
            SoftwareVersion = "bench"u8,
        };
        int length = join.Encode(connection.Payload(join.SizeBytes));
        Require(connection.Call(Opcode.Join, length, Deadline.In(5000), out ReadOnlySpan<byte> payload));
        session = JoinReply.TryDecode(payload, out JoinReply reply) ? reply.Session : SessionId.None;
        return connection;
    }

    internal static void Fill(MetaConnection connection, int begin, int end)
    {
        var keys = new KeyBatch();
        long[] sizes = new long[BatchCount];
        Array.Fill(sizes, Limits.BlobAlignmentBytes);
        var commits = new CommitEntry[BatchCount];
        long longest = 0;
        for (int i = begin; i < end; i += BatchCount)
        {
            int count = Math.Min(BatchCount, end - i);
            keys.Clear();
            for (int k = 0; k < count; k++)
            {
                AddKey(keys, i + k);
            }

            long start = Stopwatch.GetTimestamp();
            Put(connection, keys, sizes.AsSpan(0, count), commits.AsSpan(0, count));
            longest = Math.Max(longest, Stopwatch.GetTimestamp() - start);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"filled to {end:N0}; longest reserve + commit of {BatchCount} keys {Milliseconds(longest):F2} ms"));
    }

    private static void Put(MetaConnection connection, KeyBatch keys, ReadOnlySpan<long> sizes, Span<CommitEntry> commits)
    {
        Span<byte> room = connection.Payload(ReserveRequest.SizeBytes(0, keys.Spans));
        int length = ReserveRequest.Encode(room, [], keys.Spans, sizes, default, Medium.Dram);
        Require(connection.Call(Opcode.Reserve, length, Deadline.In(60_000), out ReadOnlySpan<byte> payload));
        if (!LocationsReply.TryDecode(payload, keys.Count, out LocationsReply reply))
        {
            throw new InvalidOperationException("the reply to a reserve can't be read");
        }

        for (int i = 0; i < keys.Count; i++)
        {
            Require(reply.Objects[i].Status);
            commits[i] = new CommitEntry
            {
                Ref = reply.Objects[i].Ref,
                Generation = reply.Replicas[(int)reply.Objects[i].FirstReplicaIndex].Generation,
                Publish = 1,
            };
        }

        length = CommitRequest.Encode(connection.Payload(CommitRequest.SizeBytes(0, commits.Length)), [], commits);
        Require(connection.Call(Opcode.Commit, length, Deadline.In(60_000), out _));
    }

    private static void Report(MetaConnection connection, Process service, int objectCount)
    {
        var random = new SplitMix64(7);
        var keys = new KeyBatch();
        double[] microseconds = new double[Calls];
        for (int call = 0; call < Calls; call++)
        {
            keys.Clear();
            for (int k = 0; k < LookupCount; k++)
            {
                AddKey(keys, (int)random.Below(objectCount));
            }

            long start = Stopwatch.GetTimestamp();
            int length = KeysRequest.Encode(connection.Payload(KeysRequest.SizeBytes(0, keys.Spans)), [], keys.Spans);
            Require(connection.Call(Opcode.Exists, length, Deadline.In(5000), out _));
            microseconds[call] = 1000 * Milliseconds(Stopwatch.GetTimestamp() - start);
        }

        Array.Sort(microseconds);
        service.Refresh();
        Console.WriteLine(FormattableString.Invariant(
            $"{objectCount:N0} objects: exists of {LookupCount} random keys p50 {microseconds[Calls / 2]:F0} us, ")
            + FormattableString.Invariant(
                $"p99.9 {microseconds[Calls - (Calls / 1000)]:F0} us, longest {microseconds[^1] / 1000:F2} ms; ")
            + FormattableString.Invariant($"MetaService resident {service.WorkingSet64 >> 20} MiB"));
    }

    // 64 bytes, their differences in front, as those of a hash have.
    internal static void AddKey(KeyBatch keys, int number)
    {
        Span<byte> key = stackalloc byte[64];
        key.Fill((byte)'k');
        _ = SplitMix64.Mix((ulong)number).TryFormat(key, out _, "x16", CultureInfo.InvariantCulture);
        keys.Add(key);
    }

    internal static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    internal static void Require(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException($"a call returned {status}");
        }
    }
}
