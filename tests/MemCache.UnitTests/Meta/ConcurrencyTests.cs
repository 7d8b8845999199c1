using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class ConcurrencyTests
{
    private const int ThreadCount = 4;
    private const int RoundCount = 1500;
    private const int KeyCount = 500;

    [Theory]
    [InlineData(EvictionOrder.Lru)]
    [InlineData(EvictionOrder.Reuse)]
    public async Task Several_threads_keep_the_invariants(EvictionOrder order)
    {
        EngineFixture f = new(shardCount: 8, leaseMs: 5, order: order);
        f.Mount(0, 8);
        f.Mount(1, 8);
        f.Mount(2, 8);
        long now = 0;
        Task[] workers = [.. Enumerable.Range(0, ThreadCount).Select(i => Task.Run(() =>
        {
            Worker worker = new(f.Engine, (uint)i);
            for (int round = 0; round < RoundCount; round++)
            {
                worker.Run(Interlocked.Increment(ref now));
            }

            worker.Close(now);
        }))];
        Task mounting = Task.Run(() => Remount(f.Engine, workers));
        await Task.WhenAll([.. workers, mounting]);

        while (f.Engine.Tick(now + 1_000_000))
        {
        }

        f.Engine.CheckInvariants(isConcurrent: true);
        MetaEngineStats stats = f.Engine.ReadStats();
        Assert.True(stats.ObjectsCommitted > 1000);
        Assert.Equal(0, stats.ReservationCount);
        f.Engine.RemoveAll(now + 2_000_000);
        f.Engine.CheckInvariants(isConcurrent: true);
        Assert.Equal(0, f.UsedBytes);
    }

    [Fact]
    public async Task A_lookup_while_its_segment_is_lost_finds_objects_with_a_place_or_none()
    {
        const int LossCount = 200;
        const int ObjectCount = 256;
        EngineFixture f = new();
        SessionId session = f.Open(1);
        KeyBatch keys = new();
        for (int i = 0; i < ObjectCount; i++)
        {
            keys.Add($"key-{i}");
        }

        for (int loss = 0; loss < LossCount; loss++)
        {
            SegmentId segment = f.Mount(0, 8);
            for (int i = 0; i < ObjectCount; i++)
            {
                Assert.Equal(MmcStatus.Ok, f.Put(session, $"key-{i}", 4096));
            }

            long hits = f.Engine.ReadStats().LookupHits;
            Task<bool> reading = Task.Run(() => HasPlacesTillLost(f.Engine, keys, f.Now));
            while (f.Engine.ReadStats().LookupHits < hits + ObjectCount)
            {
                await Task.Yield();
            }

            f.Engine.DropSegment(segment);
            Assert.True(await reading, $"loss {loss}");
            while (f.Engine.Tick(f.Now))
            {
            }
        }
    }

    private static bool HasPlacesTillLost(MetaEngine engine, KeyBatch keys, long now)
    {
        var objects = new ObjectLocation[keys.Count];
        var replicas = new ReplicaLocation[keys.Count * Limits.ReplicaCountMax];
        bool hasPlaces = true;
        int found;
        do
        {
            engine.Lookup(keys.Spans, RankId.None, -1, now, objects, replicas);
            found = objects.Count(o => o.Status == MmcStatus.Ok);
            hasPlaces &= objects.All(o => o.Status != MmcStatus.Ok || o.ReplicaCount > 0);
        }
        while (found > 0);
        return hasPlaces;
    }

    // A fourth rank comes and goes all the time while the others work.
    private static void Remount(MetaEngine engine, Task[] workers)
    {
        while (!Array.TrueForAll(workers, worker => worker.IsCompleted))
        {
            if (engine.MountSegment(new RankId(3), Medium.Dram, 2 << 20, 512, out SegmentId segment) == MmcStatus.Ok)
            {
                while (engine.Tick(0))
                {
                }

                engine.DropSegment(segment);
            }
        }
    }

    private sealed class Worker
    {
        private readonly MetaEngine _engine;
        private readonly SplitMix64 _random;
        private readonly KeyBatch _keys = new();
        private readonly ObjectLocation[] _objects = new ObjectLocation[16];
        private readonly ReplicaLocation[] _replicas = new ReplicaLocation[16 * Limits.ReplicaCountMax];
        private readonly MmcStatus[] _statuses = new MmcStatus[16];
        private readonly RankId _rank;
        private SessionId _session;
        private uint _sessionLast;

        public Worker(MetaEngine engine, uint number)
        {
            _engine = engine;
            _random = new SplitMix64(number);
            _rank = new RankId((ushort)(number % 3));
            _sessionLast = 1_000_000 * (number + 1);
            Open();
        }

        public void Run(long now)
        {
            _keys.Clear();
            int count = 1 + (int)_random.Below(15);
            for (int i = 0; i < count; i++)
            {
                _keys.Add($"key-{_random.Below(KeyCount)}");
            }

            switch (_random.Below(8))
            {
                case 0: _engine.Remove(_keys.Spans, now, _statuses); break;
                case 1: _engine.Exists(_keys.Spans, now, _statuses); break;
                case 2: _engine.Tick(now); break;
                case 3: Read(now); break;
                case 4 when _random.Below(20) == 0: Reopen(now); break;
                default: Write(count, now); break;
            }
        }

        public void Close(long now) => _engine.CloseSession(_session, writerIsDead: true, now);

        private void Open()
        {
            _session = new SessionId(++_sessionLast);
            Assert.Equal(MmcStatus.Ok, _engine.OpenSession(_session, _rank));
        }

        private void Reopen(long now)
        {
            Close(now);
            Open();
        }

        private void Read(long now)
        {
            _engine.Lookup(_keys.Spans, _rank, 0, now, _objects, _replicas);
            foreach (ObjectLocation location in _objects.AsSpan(0, _keys.Count))
            {
                if (location.Status == MmcStatus.Ok && _random.Below(2) == 0)
                {
                    ulong generation = _replicas[location.FirstReplicaIndex].Generation;
                    _engine.ReleaseLeases([new LeaseRelease { Ref = location.Ref, Generation = generation }], now);
                }
            }
        }

        private void Write(int count, long now)
        {
            long[] sizes = [.. Enumerable.Range(0, count).Select(_ => 1 + _random.Below(100_000))];
            ReplicateOptions options = new(1 + (int)_random.Below(2));
            _engine.Reserve(_session, _keys.Spans, sizes, options, Medium.Dram, now, _objects, _replicas);
            CommitEntry[] commits = [.. Enumerable.Range(0, count).Where(i => _objects[i].Status == MmcStatus.Ok)
                .Select(i => new CommitEntry
                {
                    Ref = _objects[i].Ref,
                    Generation = _replicas[_objects[i].FirstReplicaIndex].Generation,
                    Publish = _random.Below(10) == 0 ? 0u : 1u,
                })];
            _engine.Commit(_session, commits, now, _statuses);
        }
    }
}
