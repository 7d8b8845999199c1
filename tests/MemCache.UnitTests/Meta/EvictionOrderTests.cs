using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>The engine's order of eviction against a list that is put in order at every use.</summary>
public class EvictionOrderTests
{
    private const int KeyCount = 400;
    private const int ObjectBytes = 64 << 10;

    public static TheoryData<int, ulong> Seeds()
    {
        TheoryData<int, ulong> data = [];
        foreach (int shardCount in (int[])[1, 4, 16])
        {
            for (ulong seed = 1; seed <= 4; seed++)
            {
                data.Add(shardCount, seed);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whoever_was_used_longest_ago_leaves_first_whatever_the_traffic(int shardCount, ulong seed)
    {
        // 256 objects fit; the watermarks let 192 stay.
        EngineFixture f = new(shardCount, high: 90, low: 75);
        f.Mount(0, 16);
        SessionId session = f.Open(1, 0);
        SplitMix64 random = new(seed);
        LinkedList<string> model = new();
        MmcStatus[] statuses = new MmcStatus[KeyCount];
        for (int step = 0; step < 3000; step++)
        {
            string[] keys = [.. Enumerable.Range(0, 1 + (int)random.Below(20)).Select(_ => $"key/{random.Below(KeyCount)}")];
            switch (random.Below(10))
            {
                case < 5:
                    f.Engine.Exists(new KeyBatch(keys).Spans, f.Now, statuses);
                    Use(model, keys);
                    break;
                case < 7:
                    Read(f, keys[0], random.Below(3) > 0);
                    Use(model, keys[..1]);
                    break;
                case < 9:
                    foreach (string key in keys)
                    {
                        Put(f, session, model, key);
                    }

                    break;
                default:
                    f.Remove(keys[0]);
                    model.Remove(keys[0]);
                    break;
            }

            RequireSame(f, model, $"seed {seed}, {shardCount} shards, step {step}");
        }

        f.Engine.CheckInvariants();
    }

    [Fact]
    public void More_uses_than_are_noted_at_a_time_keep_the_order()
    {
        EngineFixture f = new(shardCount: 1, high: 90, low: 75);
        f.Mount(0, 16);
        SessionId session = f.Open(1, 0);
        LinkedList<string> model = new();
        string[] keys = [.. Enumerable.Range(0, 150).Select(i => $"key/{i}")];
        foreach (string key in keys)
        {
            Put(f, session, model, key);
        }

        SplitMix64 random = new(11);
        for (int use = 0; use < 5000; use++)
        {
            string key = keys[random.Below(keys.Length)];
            f.Exists(key);
            Use(model, [key]);
        }

        for (int i = 0; i < 200; i++)
        {
            Put(f, session, model, $"other/{i}");
            RequireSame(f, model, $"put {i}");
        }
    }

    private static void Read(EngineFixture f, string key, bool release)
    {
        MmcStatus status = f.Lookup(key, out ObjectLocation location, out ReplicaLocation[] replicas);
        if (status == MmcStatus.Ok && release)
        {
            f.Release(location, replicas);
        }
        else
        {
            // Held objects are passed over: let the lease lapse, so that the model need not know about it.
            f.Now += 2000;
        }
    }

    private static void Put(EngineFixture f, SessionId session, LinkedList<string> model, string key)
    {
        MmcStatus expected = model.Contains(key) ? MmcStatus.DuplicatedObject : MmcStatus.Ok;
        Assert.Equal(expected, f.Put(session, key, ObjectBytes));
        model.Remove(key);
        model.AddFirst(key);
        f.TickAll();
        long left = f.UsedBytes / ObjectBytes;
        while (model.Count > left)
        {
            model.RemoveLast();
        }
    }

    // The first key of a batch is the most recent one.
    private static void Use(LinkedList<string> model, string[] keys)
    {
        foreach (string key in keys.Reverse())
        {
            if (model.Remove(key))
            {
                model.AddFirst(key);
            }
        }
    }

    private static void RequireSame(EngineFixture f, LinkedList<string> model, string when)
    {
        string[] actual = [.. f.Engine.Snapshot().OrderByDescending(record => record.Sequence).Select(record => record.Key)];
        Assert.True(model.SequenceEqual(actual), $"{when}: expected {string.Join(' ', model)}, actual {string.Join(' ', actual)}");
    }
}
