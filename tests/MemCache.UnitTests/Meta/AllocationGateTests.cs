using MemCache.Core;
using MemCache.Meta;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class AllocationGateTests
{
    private const int BatchCount = 64;

    [Theory]
    [InlineData(EvictionOrder.Lru)]
    [InlineData(EvictionOrder.Reuse)]
    public void Warm_operations_allocate_nothing(EvictionOrder order)
    {
        EngineFixture f = new(order: order);
        f.Mount(0, 64);
        f.Mount(1, 64);
        SessionId session = f.Open(1, 0);
        Round round = new(f.Engine, session);
        // Seven calls a round: more than 10,000 operations.
        Assert.Equal(0, SteadyState.AllocatedBytes(1500, round.Run));
    }

    private sealed class Round(MetaEngine engine, SessionId session)
    {
        private readonly KeyBatch[] _keys = [.. Enumerable.Range(0, 8).Select(Keys)];
        private readonly long[] _sizes = [.. Enumerable.Range(1, BatchCount).Select(i => 1000L * i)];
        private readonly ObjectLocation[] _objects = new ObjectLocation[BatchCount];
        private readonly ReplicaLocation[] _replicas = new ReplicaLocation[BatchCount * Limits.ReplicaCountMax];
        private readonly MmcStatus[] _statuses = new MmcStatus[BatchCount];
        private readonly CommitEntry[] _commits = new CommitEntry[BatchCount];
        private readonly LeaseRelease[] _releases = new LeaseRelease[BatchCount];

        public void Run(int number)
        {
            KeySpans keys = _keys[number % _keys.Length].Spans;
            engine.Reserve(
                session, keys, _sizes, new ReplicateOptions(1 + number % 2), Medium.Dram, number, _objects, _replicas);
            for (int i = 0; i < BatchCount; i++)
            {
                ulong generation = _replicas[_objects[i].FirstReplicaIndex].Generation;
                _commits[i] = new CommitEntry { Ref = _objects[i].Ref, Generation = generation, Publish = 1 };
            }

            engine.Commit(session, _commits, number, _statuses);
            engine.Exists(keys, number, _statuses);
            engine.Lookup(keys, RankId.None, 0, number, _objects, _replicas);
            for (int i = 0; i < BatchCount; i++)
            {
                ulong generation = _replicas[_objects[i].FirstReplicaIndex].Generation;
                _releases[i] = new LeaseRelease { Ref = _objects[i].Ref, Generation = generation };
            }

            engine.ReleaseLeases(_releases, number);
            engine.Remove(keys, number, _statuses);
            engine.Tick(number);
        }

        private static KeyBatch Keys(int batch)
        {
            KeyBatch keys = new();
            for (int i = 0; i < BatchCount; i++)
            {
                keys.Add($"model/{batch:D2}/{new string('x', i)}");
            }

            return keys;
        }
    }
}
