using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.TestHost;

/// <summary>
/// Arguments: options as <c>key=value</c>, the keys of <c>mmc-local.conf</c>. Prints <c>open STATUS</c>, then answers commands:
/// <c>alloc KEY SIZE LEASEMS</c> (prints the address), <c>write KEY SIZE FIRST COUNT</c> (layers of 16 of its
/// allocation), <c>finish KEY OUTCOME</c>, <c>read ADDRESS KEY SIZE FIRST COUNT</c> (layers by address), <c>lease KEY
/// MS</c>, <c>unlease KEY</c>, <c>put KEY SIZE</c>, <c>put-on RANK KEY SIZE</c>, <c>put-replicas COUNT KEY SIZE</c>, <c>get KEY SIZE</c>, <c>exists
/// KEY</c>, <c>remove KEY</c>, <c>rank</c>, <c>stop-at-piece N</c> (the next copy stops the whole process before its
/// piece N), <c>kill-at-piece N</c>, <c>kill-at-move N</c> (when it makes its Nth replica for others), <c>load SEED KEYS SIZEMAX SECONDS</c> (random puts, gets, removes; prints <c>load
/// PUTS HITS MISSES ERRORS WRONG</c>), <c>put-all REPLICAS PREFIX COUNT SIZE</c> (objects with replicas), <c>read-all PREFIX COUNT
/// SIZE MS SLOWMS</c> (gets them in turn; prints <c>read HITS MISSES ERRORS WRONG SLOW LONGESTMS LASTSTATUS</c>),
/// <c>close</c>.
/// </summary>
internal static class Host
{
    public static int Run(string[] arguments)
    {
        var options = new LocalServiceOptions { ClientTimeoutSeconds = 20 };
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !LocalServiceOptions.Table.TrySet(options, argument[..equals], argument[(equals + 1)..]))
            {
                Console.Out.WriteLine($"open illegal option {argument}");
                return 2;
            }
        }

        MmcStatus status = ObjectStore.Open(options, NullLogger.Instance, out ObjectStore? store, out string error);
        Answer($"open {(int)status} {error}");
        if (store is null)
        {
            return 1;
        }

        using (store)
        {
            Serve(store);
        }

        return 0;
    }

    private static void Serve(ObjectStore store)
    {
        while (Console.In.ReadLine() is string line && line != "close")
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Answer(words[0] switch
            {
                "put" => Put(store, words[1], Number(words[2]), default),
                "put-on" => Put(store, words[2], Number(words[3]), new ReplicateOptions(1, new RankId((ushort)Number(words[1])))),
                "put-replicas" => Put(store, words[2], Number(words[3]), new ReplicateOptions(Number(words[1]))),
                "get" => Get(store, words[1], Number(words[2])),
                "exists" => ((int)store.Exists(words[1])).ToString(CultureInfo.InvariantCulture),
                "remove" => ((int)store.Remove(words[1])).ToString(CultureInfo.InvariantCulture),
                "alloc" => Addressed.Alloc(store, words[1], Number(words[2]), Number(words[3])),
                "write" => Addressed.Write(store, words[1], Number(words[2]), Number(words[3]), Number(words[4])),
                "finish" => Addressed.Finish(store, words[1], Number(words[2])),
                "read" => Addressed.Read(
                    store, ulong.Parse(words[1], CultureInfo.InvariantCulture), words[2], Number(words[3]), Number(words[4]), Number(words[5])),
                "lease" => Addressed.Lease(store, words[1], Number(words[2])),
                "unlease" => Addressed.Unlease(store, words[1]),
                "rank" => store.Rank.Value.ToString(CultureInfo.InvariantCulture),
                "stop-at-piece" => Arm(store.Copies, Number(words[1]), ProcessSignal.Stop),
                "kill-at-piece" => Arm(store.Copies, Number(words[1]), ProcessSignal.Kill),
                "kill-at-move" => Arm(store.MoverCopies, Number(words[1]), ProcessSignal.Kill),
                "put-all" => Reading.PutAll(store, Number(words[1]), words[2], Number(words[3]), Number(words[4])),
                "read-all" => Reading.ReadAll(store, words[1], Number(words[2]), Number(words[3]), Number(words[4]), Number(words[5])),
                "load" => Load(store, ulong.Parse(words[1], CultureInfo.InvariantCulture), Number(words[2]), Number(words[3]), Number(words[4])),
                _ => $"unknown command '{line}'",
            });
        }
    }

    private static void Answer(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Arm(CopyEngine engine, int piece, int signal)
    {
        int done = 0;
        engine.PieceCopied = _ =>
        {
            if (Interlocked.Increment(ref done) == piece)
            {
                ProcessSignal.Send(Environment.ProcessId, signal);
                engine.PieceCopied = null;
            }
        };
        return "armed";
    }

    /// <summary>Puts a value as 16 layers, so that a copy has pieces to stop between.</summary>
    private static string Put(ObjectStore store, string key, int size, in ReplicateOptions options)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(size);
        KeyedContent.Fill(key, buffer.Slice(0, size));
        var results = new MmcStatus[1];
        store.PutBatch(new KeyBatch(key), Layers(buffer, size), options, results);
        return ((int)results[0]).ToString(CultureInfo.InvariantCulture);
    }

    private static string Get(ObjectStore store, string key, int size)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(size);
        var results = new MmcStatus[1];
        store.GetBatch(new KeyBatch(key), Layers(buffer, size), results);
        int wrong = results[0] == MmcStatus.Ok ? KeyedContent.FirstWrong(key, buffer.Slice(0, size)) : -1;
        return wrong < 0 ? ((int)results[0]).ToString(CultureInfo.InvariantCulture) : $"WRONG at byte {wrong}";
    }

    private static BufferBatch Layers(NativeBuffer buffer, int size)
    {
        var buffers = new BufferBatch();
        int layer = Math.Max(1, size / 16);
        for (int offset = 0; offset < size; offset += layer)
        {
            buffers.Add(buffer.Address + (nuint)offset, Math.Min(layer, size - offset));
        }

        buffers.EndObject();
        return buffers;
    }

    private static string Load(ObjectStore store, ulong seed, int keyCount, int sizeMax, int seconds)
    {
        var random = new SplitMix64(seed);
        byte[] value = new byte[sizeMax];
        long puts = 0;
        long hits = 0;
        long misses = 0;
        long errors = 0;
        long wrong = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            // The size is a function of the key, so that every process agrees on it.
            int number = (int)random.Below(keyCount);
            string key = $"load-{number}";
            int size = 1 + (int)(SplitMix64.Mix((ulong)number) % (ulong)sizeMax);
            switch (random.Below(16))
            {
                case 0:
                    Count(store.Remove(key), ref hits, ref misses, ref errors);
                    break;
                case < 7:
                    KeyedContent.Fill(key, value.AsSpan(0, size));
                    Count(store.Put(key, value.AsSpan(0, size)), ref puts, ref misses, ref errors);
                    break;
                default:
                    MmcStatus status = store.Get(key, value, out long sizeBytes);
                    Count(status, ref hits, ref misses, ref errors);
                    wrong += status == MmcStatus.Ok
                        && (sizeBytes != size || KeyedContent.FirstWrong(key, value.AsSpan(0, size)) >= 0) ? 1 : 0;
                    break;
            }
        }

        return FormattableString.Invariant($"load {puts} {hits} {misses} {errors} {wrong}");
    }

    private static void Count(MmcStatus status, ref long done, ref long misses, ref long errors)
    {
        switch (status)
        {
            case MmcStatus.Ok:
                done++;
                break;
            case MmcStatus.ObjectNotFound or MmcStatus.BlobChanged or MmcStatus.AllocationFailed:
                misses++;
                break;
            default:
                errors++;
                break;
        }
    }
}
