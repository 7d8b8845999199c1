using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.Benchmarks;

/// <summary>An engine with a number of objects under keys of 64 bytes, and batches of its keys made ready before the clock runs.</summary>
internal sealed class MetaTable
{
    public const int KeysPerBatch = 256;
    public const int BatchCount = 400;

    private const long ObjectBytes = 64 << 10;

    private readonly KeyBatch[] _batches = [.. Enumerable.Range(0, BatchCount).Select(_ => new KeyBatch())];
    private readonly ObjectLocation[] _objects = new ObjectLocation[KeysPerBatch];
    private readonly ReplicaLocation[] _replicas = new ReplicaLocation[KeysPerBatch * Limits.ReplicaCountMax];
    private readonly MmcStatus[] _statuses = new MmcStatus[KeysPerBatch];
    private readonly CommitEntry[] _commits = new CommitEntry[KeysPerBatch];
    private readonly LeaseRelease[] _releases = new LeaseRelease[KeysPerBatch];
    private readonly long[] _sizes = new long[KeysPerBatch];
    private readonly SessionId _session = new(1);
    private readonly byte[] _key = new byte[64];
    private readonly SplitMix64 _random = new(99);

    public MetaTable(int objectCount)
    {
        ObjectCount = objectCount;
        Engine.MountSegment(new RankId(0), Medium.Dram, Limits.SegmentBytesMax, 1u << 28, out _);
        Engine.OpenSession(_session, new RankId(0));
        _sizes.AsSpan().Fill(ObjectBytes);
    }

    internal enum Order
    {
        Random,
        Chain,
        Absent,
    }

    public MetaEngine Engine { get; } = new(new MetaEngineOptions { HashSeed = 77 });

    public int ObjectCount { get; }

    public static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>Puts all objects; with <paramref name="report"/> prints the longest calls.</summary>
    public void Fill(bool report)
    {
        KeyBatch keys = new();
        CallTimes times = new(2 * ObjectCount / KeysPerBatch + 2);
        int collectionsBefore = GC.CollectionCount(0);
        long begin = Stopwatch.GetTimestamp();
        for (int first = 0; first < ObjectCount; first += KeysPerBatch)
        {
            keys.Clear();
            for (int i = first; i < Math.Min(first + KeysPerBatch, ObjectCount); i++)
            {
                keys.Add(Key((ulong)i));
            }

            Put(keys, times);
        }

        if (report)
        {
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            Console.WriteLine(
                $"fill: {seconds:F1} s, {ObjectCount / seconds / 1e6:F2} M objects/s with making the keys, "
                + $"{GC.CollectionCount(0) - collectionsBefore} collections");
            times.Report("reserve or commit of 256");
        }
    }

    /// <summary>Replaces a part of the objects by new ones: removes and puts in turns; prints the longest calls.</summary>
    public void Churn()
    {
        const int Count = 2000;
        CallTimes times = new(3 * Count);
        KeyBatch old = new();
        KeyBatch added = new();
        for (int i = 0; i < Count; i++)
        {
            old.Clear();
            added.Clear();
            for (int k = 0; k < KeysPerBatch; k++)
            {
                old.Add(Key((ulong)_random.Below(ObjectCount)));
                added.Add(Key((1UL << 40) + (ulong)(i * KeysPerBatch + k)));
            }

            times.Begin();
            Engine.Remove(old.Spans, 0, _statuses);
            times.End();
            Put(added, times);
        }

        times.Report("churn, calls of 256");
    }

    public void Prepare(Order order)
    {
        foreach (KeyBatch batch in _batches)
        {
            batch.Clear();
            ulong first = (ulong)_random.Below(ObjectCount - KeysPerBatch);
            for (int k = 0; k < KeysPerBatch; k++)
            {
                batch.Add(Key(order switch
                {
                    Order.Chain => first + (ulong)k,
                    Order.Absent => (1UL << 50) + (ulong)_random.Below(1L << 40),
                    _ => (ulong)_random.Below(ObjectCount),
                }));
            }
        }
    }

    public void Exists(int batch) => Engine.Exists(_batches[batch].Spans, 0, _statuses);

    public void Query(int batch) => Engine.Lookup(_batches[batch].Spans, RankId.None, -1, 0, _objects, _replicas);

    public void LookupAndRelease(int batch)
    {
        Engine.Lookup(_batches[batch].Spans, RankId.None, 1000, 0, _objects, _replicas);
        for (int i = 0; i < KeysPerBatch; i++)
        {
            ref readonly ObjectLocation location = ref _objects[i];
            _releases[i] = new LeaseRelease { Ref = location.Ref, Generation = _replicas[location.FirstReplicaIndex].Generation };
        }

        Engine.ReleaseLeases(_releases, 0);
    }

    public Caller NewCaller() => new(this);

    private void Put(KeyBatch keys, CallTimes times)
    {
        int count = keys.Count;
        times.Begin();
        Engine.Reserve(_session, keys.Spans, _sizes.AsSpan(0, count), default, Medium.Dram, 0, _objects, _replicas);
        times.End();
        for (int i = 0; i < count; i++)
        {
            _commits[i] = new CommitEntry
            {
                Ref = _objects[i].Ref,
                Generation = _replicas[_objects[i].FirstReplicaIndex].Generation,
                Publish = 1,
            };
        }

        times.Begin();
        Engine.Commit(_session, _commits.AsSpan(0, count), 0, _statuses);
        times.End();
    }

    private ReadOnlySpan<byte> Key(ulong number)
    {
        for (int i = 0; i < 4; i++)
        {
            SplitMix64.Mix(number * 4 + (ulong)i + 1).TryFormat(_key.AsSpan(16 * i), out _, "x16", CultureInfo.InvariantCulture);
        }

        return _key;
    }

    /// <summary>One thread's results.</summary>
    internal sealed class Caller(MetaTable table)
    {
        private readonly MmcStatus[] _statuses = new MmcStatus[KeysPerBatch];

        public void Exists(int batch) => table.Engine.Exists(table._batches[batch].Spans, 0, _statuses);
    }
}
