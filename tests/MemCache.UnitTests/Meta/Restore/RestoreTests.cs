using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>Segments that bring their content back, as the engine sees them.</summary>
public class RestoreTests
{
    private const ulong Start = 1000;

    private readonly EngineFixture _f = new();

    public RestoreTests() => _f.Engine.RaiseGeneration(Start);

    [Fact]
    public void A_restored_object_is_readable_where_it_lies_and_nothing_is_placed_until_the_end()
    {
        SegmentId segment = MountRestoring(0, 4);
        Assert.Equal(MmcStatus.Ok, Restore(segment, "k", Entry(slot: 5, generation: 10, page: 100, sizeBytes: 5000)));
        Assert.Equal(MmcStatus.Ok, _f.Lookup("k", out ObjectLocation found, out ReplicaLocation[] replicas));
        Assert.Equal(5000, found.SizeBytes);
        Assert.Equal((segment, 5u, 10UL, 100L << 12), (replicas[0].Segment, replicas[0].Slot, replicas[0].Generation, replicas[0].Offset));
        _f.Release(found, replicas);

        SessionId session = _f.Open(1);
        Assert.Equal(MmcStatus.AllocationFailed, _f.Put(session, "new", 100));
        _f.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.Ok, _f.Engine.EndRestore(segment));
        Assert.Equal(MmcStatus.StateMismatch, _f.Engine.EndRestore(segment));
        Assert.Equal(MmcStatus.Ok, _f.Put(session, "new", 100));
        Assert.Equal(MmcStatus.Ok, _f.Put(session, "all that is left in front", 100 << 12 - 1));
        _f.Engine.CheckInvariants();
        Assert.Equal(1, _f.Engine.ReadStats().ObjectsRestored);
    }

    [Fact]
    public void Replicas_of_one_put_become_one_object_in_any_order()
    {
        SegmentId first = MountRestoring(0, 4);
        SegmentId second = MountRestoring(1, 4);
        Assert.Equal(MmcStatus.Ok, Restore(second, "k", Entry(0, 21, 0, 100, put: 20, index: 1, count: 2)));
        Assert.Single(Found("k"));
        Assert.Equal(MmcStatus.Ok, Restore(first, "k", Entry(0, 20, 0, 100, put: 20, index: 0, count: 2)));
        Assert.Equal([20UL, 21UL], Found("k").Select(replica => replica.Generation).Order());
        Assert.Equal(20UL, Assert.Single(_f.Engine.Snapshot()).PutGeneration);
        _f.Engine.CheckInvariants();

        _f.Engine.DropSegment(first);
        Assert.Equal(21UL, Assert.Single(Found("k")).Generation);
        SegmentId again = MountRestoring(0, 4);
        Assert.Equal(MmcStatus.Ok, Restore(again, "k", Entry(0, 20, 0, 100, put: 20, index: 0, count: 2)));
        Assert.Equal(2, Found("k").Length);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Of_two_puts_of_a_key_the_later_one_wins_and_the_other_is_retired()
    {
        SegmentId first = MountRestoring(0, 4);
        SegmentId second = MountRestoring(1, 4);
        Assert.Equal(MmcStatus.Ok, Restore(first, "k", Entry(3, 10, 0, 100)));
        Assert.Equal(MmcStatus.Ok, Restore(second, "k", Entry(4, 30, 0, 200)));
        Assert.Equal(200, _f.Lookup("k", out ObjectLocation found, out _) == MmcStatus.Ok ? found.SizeBytes : 0);
        Assert.Equal(MmcStatus.DuplicatedObject, Restore(first, "k", Entry(5, 20, 1, 300)));
        _f.Engine.CheckInvariants();

        RetireEntry retired = Assert.Single(Retired(first));
        Assert.Equal((3u, 10UL), (retired.Slot, retired.Generation));
        Assert.Empty(Retired(second));
    }

    [Fact]
    public void A_replica_that_contradicts_the_others_or_is_there_already_is_refused()
    {
        SegmentId first = MountRestoring(0, 4);
        SegmentId second = MountRestoring(1, 4);
        Assert.Equal(MmcStatus.Ok, Restore(first, "k", Entry(0, 10, 0, 100, put: 10, index: 0, count: 2)));
        Assert.Equal(MmcStatus.SizeMismatch, Restore(second, "k", Entry(0, 11, 0, 101, put: 10, index: 1, count: 2)));
        Assert.Equal(MmcStatus.SizeMismatch, Restore(second, "k", Entry(0, 11, 0, 100, put: 10, index: 1, count: 3)));
        Assert.Equal(MmcStatus.DuplicatedObject, Restore(second, "k", Entry(0, 11, 0, 100, put: 10, index: 0, count: 2)));
        Assert.Equal(MmcStatus.DuplicatedObject, Restore(first, "k", Entry(1, 11, 1, 100, put: 10, index: 1, count: 2)));
        Assert.Equal(MmcStatus.Ok, Restore(second, "k", Entry(0, 11, 0, 100, put: 10, index: 1, count: 2)));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Blobs_that_overlap_are_refused_and_change_nothing()
    {
        SegmentId segment = MountRestoring(0, 4);
        Assert.Equal(MmcStatus.Ok, Restore(segment, "a", Entry(0, 10, 10, 3 * 4096)));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "b", Entry(1, 11, 12, 4096)));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "b", Entry(1, 11, 9, 2 * 4096)));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "b", Entry(0, 11, 20, 4096)));
        Assert.Equal(MmcStatus.Ok, Restore(segment, "b", Entry(1, 11, 13, 4096)));
        _f.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.ObjectNotFound, _f.Exists("c"));
    }

    [Fact]
    public void What_is_held_is_an_orphan_of_nobody_until_the_owner_resolves_it()
    {
        SegmentId segment = MountRestoring(0, 1);
        Assert.Equal(MmcStatus.Ok, Restore(segment, "", Entry(7, 10, 0, 128 * 4096) with { Held = 1, ReplicaCount = 0 }));
        Assert.Equal(MmcStatus.Ok, Restore(segment, "", Entry(8, 11, 0, 0) with { Held = 1, ReplicaCount = 0 }));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "k", Entry(9, 12, 5, 4096)));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "k", Entry(8, 12, 200, 4096)));
        Assert.Equal(MmcStatus.Ok, _f.Engine.EndRestore(segment));
        _f.Engine.CheckInvariants();

        SessionId session = _f.Open(1);
        Assert.Equal(MmcStatus.AllocationFailed, _f.Put(session, "large", 200 * 4096));
        OrphanEntry[] orphans = new OrphanEntry[4];
        Assert.Equal(1, _f.Engine.CopyOrphans(segment, orphans));
        Assert.Equal((7u, 10UL, SessionId.None), (orphans[0].Slot, orphans[0].Generation, orphans[0].Session));
        _f.Engine.ResolveOrphan(segment, 7, 10, _f.Now);
        Assert.Equal(MmcStatus.Ok, _f.Put(session, "large", 200 * 4096));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void A_slot_that_is_held_alone_is_never_given()
    {
        SegmentId segment = MountRestoring(0, 1);
        Assert.Equal(MmcStatus.Ok, Restore(segment, "", Entry(0, 11, 0, 0) with { Held = 1, ReplicaCount = 0 }));
        Assert.Equal(MmcStatus.Ok, _f.Engine.EndRestore(segment));
        SessionId session = _f.Open(1);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(MmcStatus.Ok, _f.Reserve(session, $"k{i}", 1, out _, out ReplicaLocation[] replicas));
            Assert.NotEqual(0u, replicas[0].Slot);
        }

        _f.Engine.CheckInvariants();
    }

    [Theory]
    [InlineData(0UL, 10UL, 0L, 100L, 1, 0)] // no generation
    [InlineData(Start + 1, 10UL, 0L, 100L, 1, 0)] // one of this mount
    [InlineData(ulong.MaxValue, 10UL, 0L, 100L, 1, 0)]
    [InlineData(10UL, 0UL, 0L, 100L, 1, 0)]
    [InlineData(10UL, Start + 1, 0L, 100L, 1, 0)]
    [InlineData(10UL, 10UL, 1L, 100L, 1, 0)] // not on a page
    [InlineData(10UL, 10UL, -4096L, 100L, 1, 0)]
    [InlineData(10UL, 10UL, 4L << 20, 100L, 1, 0)]
    [InlineData(10UL, 10UL, 4096L, 4L << 20, 1, 0)]
    [InlineData(10UL, 10UL, 0L, 0L, 1, 0)]
    [InlineData(10UL, 10UL, 0L, -1L, 1, 0)]
    [InlineData(10UL, 10UL, 0L, long.MaxValue, 1, 0)]
    [InlineData(10UL, 10UL, long.MaxValue - 4095, 100L, 1, 0)]
    [InlineData(10UL, 10UL, 0L, 100L, 0, 0)]
    [InlineData(10UL, 10UL, 0L, 100L, 9, 0)]
    [InlineData(10UL, 10UL, 0L, 100L, 2, 2)]
    [InlineData(10UL, 10UL, 0L, 100L, 255, 255)]
    public void Fields_that_no_blob_can_have_are_refused(
        ulong generation, ulong put, long offset, long sizeBytes, int count, int index)
    {
        SegmentId segment = MountRestoring(0, 4);
        RestoreEntry entry = new()
        {
            Generation = generation,
            PutGeneration = put,
            Offset = offset,
            SizeBytes = sizeBytes,
            ReplicaCount = (byte)count,
            ReplicaIndex = (byte)index,
        };
        Assert.Equal(MmcStatus.InvalidParameter, Restore(segment, "k", entry));
        Assert.Equal(MmcStatus.BlobChanged, Restore(segment, "k", Entry(uint.MaxValue, 10, 0, 100)));
        Assert.Equal(MmcStatus.InvalidParameter, Restore(segment, "", Entry(0, 10, 0, 100)));
        Assert.Equal(0, _f.Engine.ReadStats().ObjectCount);
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Only_a_living_segment_that_is_being_restored_takes_anything()
    {
        SegmentId plain = _f.Mount(0, 4);
        Assert.Equal(MmcStatus.StateMismatch, Restore(plain, "k", Entry(0, 10, 0, 100)));
        Assert.Equal(MmcStatus.StateMismatch, _f.Engine.EndRestore(plain));
        SegmentId dropped = MountRestoring(1, 4);
        Assert.Equal(MmcStatus.Ok, Restore(dropped, "k", Entry(0, 10, 0, 100)));
        Assert.Equal(1, _f.Engine.ReadStats().RestoringCount);
        _f.Engine.DropSegment(dropped);
        Assert.Equal(MmcStatus.NotConnectedToLocal, Restore(dropped, "l", Entry(1, 11, 1, 100)));
        Assert.Equal(MmcStatus.KeyNotFound, _f.Engine.EndRestore(dropped));
        Assert.Equal(0, _f.Engine.ReadStats().RestoringCount);
        Assert.Equal(MmcStatus.ObjectNotFound, _f.Exists("k"));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Removing_and_evicting_work_while_a_segment_is_being_restored()
    {
        SegmentId segment = MountRestoring(0, 1);
        for (uint i = 0; i < 256; i++)
        {
            Assert.Equal(MmcStatus.Ok, Restore(segment, $"k{i}", Entry(i, 10 + i, i, 4096)));
        }

        while (_f.Engine.Tick(_f.Now))
        {
        }

        // The oldest left: those that were brought first.
        Assert.Equal(MmcStatus.ObjectNotFound, _f.Exists("k0"));
        Assert.Equal(MmcStatus.Ok, _f.Exists("k255"));
        Assert.Equal(MmcStatus.Ok, _f.Remove("k255"));
        _f.Engine.CheckInvariants();
        Assert.Equal(MmcStatus.Ok, _f.Engine.EndRestore(segment));
        _f.Engine.CheckInvariants();
        Assert.Contains(Retired(segment), entry => entry.Slot == 255);
    }

    [Fact]
    public void A_put_does_not_evict_from_a_segment_that_takes_nothing_yet()
    {
        SegmentId restoring = MountRestoring(0, 1);
        Assert.Equal(MmcStatus.Ok, Restore(restoring, "kept", Entry(0, 10, 0, 4096)));
        _f.Mount(1, 1);
        SessionId session = _f.Open(1, rank: 1);
        for (int i = 0; i < 600; i++)
        {
            Assert.Equal(MmcStatus.Ok, _f.Put(session, $"k{i}", 4096));
        }

        Assert.Equal(MmcStatus.Ok, _f.Exists("kept"));
        Assert.Equal(MmcStatus.AllocationFailed, _f.Put(session, "there", 4096, new ReplicateOptions(1, new RankId(0))));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Removed_objects_their_duplicates_and_dropped_puts_are_retired()
    {
        SegmentId segment = _f.Mount(0, 4);
        SessionId session = _f.Open(1);
        _f.Reserve(session, "k", 100, out ObjectLocation first, out ReplicaLocation[] firstReplicas);
        _f.Reserve(session, "k", 100, out ObjectLocation second, out ReplicaLocation[] secondReplicas);
        Assert.Equal(MmcStatus.Ok, _f.Commit(session, second, secondReplicas));
        Assert.Equal(MmcStatus.DuplicatedObject, _f.Commit(session, first, firstReplicas));
        Assert.Equal(firstReplicas[0].Generation, Assert.Single(Retired(segment)).Generation);
        Assert.Equal(MmcStatus.Ok, _f.Remove("k"));
        Assert.Equal(secondReplicas[0].Generation, Assert.Single(Retired(segment)).Generation);
        Assert.Empty(Retired(segment));
    }

    [Fact]
    public void Removing_all_retires_by_a_mark_and_refuses_what_comes_back_later()
    {
        SegmentId segment = _f.Mount(0, 4);
        SessionId session = _f.Open(1);
        Assert.Equal(MmcStatus.Ok, _f.Put(session, "k", 100));
        ulong last = _f.Engine.GenerationLast;
        _f.Engine.RemoveAll(_f.Now);
        Assert.Empty(Retired(segment));
        Assert.Equal(0, _f.Engine.TakeRetired(segment, [], out ulong below, out _));
        Assert.Equal(last, below);

        SegmentId returned = MountRestoring(1, 4);
        Assert.Equal(MmcStatus.KeyNotFound, Restore(returned, "old", Entry(0, last, 0, 100)));
        Assert.Equal(MmcStatus.Ok, _f.Put(session, "l", 100));
    }

    [Fact]
    public void Generations_are_the_pools_and_end_at_their_limit()
    {
        _f.Mount(0, 4);
        _f.Mount(1, 4);
        SessionId session = _f.Open(1);
        _f.Reserve(session, "a", 1, out _, out ReplicaLocation[] a, new ReplicateOptions(2));
        Assert.Equal([Start + 1, Start + 2], a.Select(replica => replica.Generation));
        _f.Engine.RaiseGeneration(Start);
        _f.Engine.RaiseGeneration(Limits.GenerationMax - 1);
        Assert.Equal(MmcStatus.Ok, _f.Reserve(session, "b", 1, out _, out ReplicaLocation[] b));
        Assert.Equal(Limits.GenerationMax, b[0].Generation);
        Assert.Equal(MmcStatus.AllocationFailed, _f.Reserve(session, "c", 1, out _, out _));
        _f.Engine.CheckInvariants();
    }

    [Fact]
    public void Put_generations_of_sixty_bits_survive_in_a_record()
    {
        _f.Engine.RaiseGeneration(0xABC_DEF0_1234_5678);
        SegmentId segment = MountRestoring(0, 4);
        Assert.Equal(MmcStatus.Ok, Restore(segment, "k", Entry(0, 0xABC_DEF0_1234_5678, 0, 4 << 20, put: 0x9BC_DEF0_1234_5671, index: 1, count: 2)));
        RecordSnapshot record = Assert.Single(_f.Engine.Snapshot());
        Assert.Equal((0x9BC_DEF0_1234_5671UL, 4L << 20), (record.PutGeneration, record.SizeBytes));
    }

    [Fact]
    public void Random_restores_keep_every_invariant()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            SplitMix64 random = new(seed);
            EngineFixture f = new();
            f.Engine.RaiseGeneration(Start);
            List<SegmentId> segments = [];
            for (int step = 0; step < 400; step++)
            {
                if (segments.Count < 3)
                {
                    ushort rank = (ushort)segments.Count;
                    f.Engine.MountSegment(new RankId(rank), Medium.Dram, 1 << 20, 256, isRestoring: true, out SegmentId id, out _);
                    segments.Add(id);
                }

                RestoreEntry entry = new()
                {
                    Generation = (ulong)random.Below((long)Start + 10),
                    PutGeneration = (ulong)random.Below(40),
                    Offset = random.Below(280) * 4096,
                    SizeBytes = random.Below(20 * 4096),
                    Slot = (uint)random.Below(260),
                    ReplicaCount = (byte)(1 + random.Below(3)),
                    ReplicaIndex = (byte)random.Below(3),
                    Held = random.Below(10) == 0 ? (byte)1 : (byte)0,
                };
                MmcStatus[] statuses = new MmcStatus[1];
                f.Engine.Restore(
                    segments[(int)random.Below(segments.Count)], [entry], new KeyBatch($"k{random.Below(30)}").Spans, f.Now, statuses);
                f.Engine.CheckInvariants();
                int other = (int)random.Below(60);
                if (other == 0)
                {
                    f.Engine.DropSegment(segments[^1]);
                    segments.RemoveAt(segments.Count - 1);
                }
                else if (other == 1)
                {
                    f.Engine.EndRestore(segments[0]);
                }
                else if (other < 8)
                {
                    f.Remove($"k{random.Below(30)}");
                }

                f.Engine.CheckInvariants();
            }
        }
    }

    private SegmentId MountRestoring(int rank, long megabytes)
    {
        Assert.Equal(MmcStatus.Ok, _f.Engine.MountSegment(
            new RankId((ushort)rank), Medium.Dram, megabytes << 20, (uint)(megabytes << 8), isRestoring: true, out SegmentId segment,
            out ulong floor));
        Assert.Equal(_f.Engine.GenerationLast + 1, floor);
        return segment;
    }

    private MmcStatus Restore(SegmentId segment, string key, in RestoreEntry entry)
    {
        MmcStatus[] statuses = new MmcStatus[1];
        _f.Engine.Restore(segment, [entry], new KeyBatch(key).Spans, _f.Now, statuses);
        return statuses[0];
    }

    private ReplicaLocation[] Found(string key)
    {
        Assert.Equal(MmcStatus.Ok, _f.Lookup(key, out ObjectLocation found, out ReplicaLocation[] replicas));
        _f.Release(found, replicas);
        return replicas;
    }

    private RetireEntry[] Retired(SegmentId segment)
    {
        RetireEntry[] entries = new RetireEntry[1000];
        return entries[..(_f.Engine.TakeRetired(segment, entries, out _, out _))];
    }

    private static RestoreEntry Entry(
        uint slot, ulong generation, long page, long sizeBytes, ulong put = 0, int index = 0, int count = 1) => new()
        {
            Slot = slot,
            Generation = generation,
            PutGeneration = put == 0 ? generation : put,
            Offset = page << 12,
            SizeBytes = sizeBytes,
            ReplicaIndex = (byte)index,
            ReplicaCount = (byte)count,
        };
}
