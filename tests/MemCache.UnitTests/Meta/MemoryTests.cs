using System.Buffers.Binary;
using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>Looks at the whole process's heap, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    private const int ObjectCount = 1_000_000;
    private const int BatchCount = 1000;

    [Theory]
    [InlineData(64, EvictionOrder.Lru, 100)]
    [InlineData(41, EvictionOrder.Lru, 100)]
    [InlineData(64, EvictionOrder.Reuse, 132)]
    [InlineData(41, EvictionOrder.Reuse, 132)]
    public void Object_costs_its_key_and_some_bytes(int keyBytes, EvictionOrder order, long bytesMax)
    {
        MetaEngine engine = new(new MetaEngineOptions { ShardCount = 16, EvictionOrder = order });
        engine.MountSegment(new RankId(0), Medium.Dram, 8L << 30, 2 << 20, out _);
        SessionId session = new(1);
        engine.OpenSession(session, new RankId(0));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(engine, session, keyBytes);
        while (engine.Tick(0))
        {
        }

        long taken = GC.GetTotalMemory(forceFullCollection: true) - before;

        MetaEngineStats stats = engine.ReadStats();
        Assert.Equal(ObjectCount, stats.ObjectCount);
        GC.KeepAlive(engine);
        Assert.InRange(taken, 1, (keyBytes + bytesMax) * ObjectCount);
        Assert.InRange(stats.TableBytes + stats.AllocatorBytesTaken, 1, (keyBytes + bytesMax) * ObjectCount);
    }

    private static void Fill(MetaEngine engine, SessionId session, int keyBytes)
    {
        long[] sizes = new long[BatchCount];
        sizes.AsSpan().Fill(4096);
        KeyBatch keys = new();
        byte[] key = new byte[keyBytes];
        ObjectLocation[] objects = new ObjectLocation[BatchCount];
        ReplicaLocation[] replicas = new ReplicaLocation[BatchCount];
        MmcStatus[] statuses = new MmcStatus[BatchCount];
        CommitEntry[] commits = new CommitEntry[BatchCount];
        for (int batch = 0; batch < ObjectCount / BatchCount; batch++)
        {
            keys.Clear();
            for (int i = 0; i < BatchCount; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(key, batch * BatchCount + i);
                keys.Add(key);
            }

            engine.Reserve(session, keys.Spans, sizes, default, Medium.Dram, 0, objects, replicas);
            for (int i = 0; i < BatchCount; i++)
            {
                commits[i] = new CommitEntry
                {
                    Ref = objects[i].Ref,
                    Generation = replicas[objects[i].FirstReplicaIndex].Generation,
                    Publish = 1,
                };
            }

            engine.Commit(session, commits, 0, statuses);
        }
    }
}
