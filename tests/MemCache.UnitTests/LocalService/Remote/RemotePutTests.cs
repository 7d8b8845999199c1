using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using MemCache.UnitTests.MetaService;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class RemotePutTests : IDisposable
{
    private const int ObjectBytes = 10_000;

    private readonly TwoHosts _hosts = new();
    private readonly ObjectStore _far;
    private readonly ObjectStore _near;

    public RemotePutTests()
    {
        _far = _hosts.Open(host: 0);
        _near = _hosts.Open(host: 1);
    }

    public void Dispose() => _hosts.Dispose();

    [Fact]
    public void Replicas_on_both_hosts_are_written_in_one_put_and_read_where_they_are_near()
    {
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, _near.Put("k", value, new ReplicateOptions(2)));
        FakeOperation put = Assert.Single(_hosts.Transport.Started);
        Assert.Equal((FakeKind.Put, _far.Rank, 2), (put.Kind, put.Segment.Rank, put.ReplicaCount));
        Assert.Equal(value, _far.Get("k"));
        Assert.Equal(value, _near.Get("k"));
        Assert.Single(_hosts.Transport.Started);

        var found = new ObjectDescription[1];
        Assert.Equal(MmcStatus.Ok, _near.Query(new KeyBatch("k"), found));
        Assert.Equal(2, found[0].Ranks.Count);
        Assert.Equal(2, found[0].Addresses.Distinct().Count());
    }

    [Fact]
    public void Local_copies_run_while_the_network_does_its_part()
    {
        bool wasStarted = false;
        _hosts.Transport.BatchStarted = () => wasStarted = true;
        bool wasCopiedAfterStart = false;
        _near.Copies.PieceCopied = _ => wasCopiedAfterStart = wasStarted;
        Assert.Equal(MmcStatus.Ok, _near.Put("k", KeyedContent.Of("k", ObjectBytes), new ReplicateOptions(2)));
        Assert.True(wasCopiedAfterStart);
    }

    [Theory]
    [InlineData(MmcStatus.LinkNotFound, true)]
    [InlineData(MmcStatus.Timeout, true)]
    [InlineData(MmcStatus.NotConnectedToLocal, true)]
    [InlineData(MmcStatus.ReservationRevoked, false)]
    public void A_single_replica_fails_with_its_own_status_and_its_space_comes_back(MmcStatus failure, bool isInDoubt)
    {
        bool wasOrphan = false;
        _hosts.Transport.Fail = put =>
        {
            // What is in doubt stays held for as long as its bytes may arrive.
            lock (_hosts.Receiving)
            {
                _hosts.Receiving.Add((put.Blob.Slot, put.Blob.Generation));
            }

            return failure;
        };
        Assert.Equal(failure, _near.Put("k", KeyedContent.Of("k", ObjectBytes), new ReplicateOptions(1, _far.Rank)));
        Assert.Equal(MmcStatus.ObjectNotFound, _near.Exists("k"));
        wasOrphan = _hosts.OrphanCount == 1;
        Assert.Equal(isInDoubt, wasOrphan);
        if (isInDoubt)
        {
            Assert.NotEqual(0, _hosts.UsedBytes);
        }

        lock (_hosts.Receiving)
        {
            _hosts.Receiving.Clear();
        }

        _hosts.WaitUntilEmpty();
        _hosts.Transport.Fail = _ => null;
        Assert.Equal(MmcStatus.Ok, _near.Put("k", KeyedContent.Of("k", ObjectBytes), new ReplicateOptions(1, _far.Rank)));
    }

    [Fact]
    public void One_failed_replica_fails_its_object_and_no_other()
    {
        var keys = new KeyBatch("a", "bad", "c");
        using var memory = new Blocks(keys, ObjectBytes);
        _hosts.Transport.Fail = put => put.Key.AsSpan().SequenceEqual("bad"u8) ? MmcStatus.Timeout : null;
        var results = new MmcStatus[3];
        Assert.Equal(MmcStatus.ReplicaWriteFailed, _near.PutBatch(keys, memory.Filled(), new ReplicateOptions(2), results));
        Assert.Equal([MmcStatus.Ok, MmcStatus.ReplicaWriteFailed, MmcStatus.Ok], results);
        Assert.Equal(MmcStatus.ObjectNotFound, _near.ExistsBatch(keys, results));
        Assert.Equal([MmcStatus.Ok, MmcStatus.ObjectNotFound, MmcStatus.Ok], results);

        // Two objects of two replicas of three pages each are left.
        ServerFixture.Eventually(() => _hosts.UsedBytes == 4 * 3 * 4096, "the failed object's space came back");
        Assert.Equal((2, 0), (_near.Statistics.ObjectsPut, _near.Statistics.ObjectsDuplicate));
        _hosts.Transport.Fail = _ => null;
        Assert.Equal(MmcStatus.Ok, _near.PutBatch(keys, memory.Filled(), new ReplicateOptions(2), results));
    }

    [Fact]
    public void Nothing_is_sent_when_a_host_is_known_not_to_answer()
    {
        _hosts.Transport.Suspects.Add(_far.Rank);
        Assert.Equal(MmcStatus.ReplicaWriteFailed, _near.Put("k", new byte[ObjectBytes], new ReplicateOptions(2)));
        Assert.Equal(MmcStatus.LinkNotFound, _near.Put("k", new byte[ObjectBytes], new ReplicateOptions(1, _far.Rank)));
        Assert.Empty(_hosts.Transport.Started);
        Assert.Equal((0, 0), (_hosts.UsedBytes, _hosts.OrphanCount));
    }

    [Fact]
    public void Bytes_that_arrive_behind_the_decision_are_refused_by_the_slot()
    {
        FakeOperation? late = null;
        _hosts.Transport.Fail = put =>
        {
            late = put;
            return MmcStatus.Timeout;
        };
        Assert.Equal(MmcStatus.Timeout, _near.Put("k", new byte[ObjectBytes], new ReplicateOptions(1, _far.Rank)));
        _hosts.WaitUntilEmpty();
        Assert.Equal(MmcStatus.ReservationRevoked, _hosts.Transport.Do(late! with { Layers = [] }));

        // The page that it was for is another object's now, and stays so.
        _hosts.Transport.Fail = _ => null;
        byte[] value = KeyedContent.Of("l", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, _far.Put("l", value));
        Assert.Equal(MmcStatus.ReservationRevoked, _hosts.Transport.Do(late! with { Layers = [] }));
        Assert.Equal(value, _near.Get("l"));
    }

    [Fact]
    public void A_checksum_goes_along_to_other_hosts()
    {
        ObjectStore writer = _hosts.Open(host: 1, dramBytes: 0, o => o.ChecksumEnable = true);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, writer.Put("k", value, new ReplicateOptions(2)));
        ObjectStore reader = _hosts.Open(host: 0, dramBytes: 0, o => o.ChecksumEnable = true);
        Assert.Equal(value, writer.Get("k"));
        Assert.Equal(value, reader.Get("k"));
        Assert.Equal((0, 0), (writer.Statistics.ChecksumMismatches, reader.Statistics.ChecksumMismatches));
        Assert.NotNull(_hosts.Transport.Started[0].Checksum);
    }

    [Fact]
    public void A_store_that_closes_leaves_what_it_sent_to_other_hosts_to_their_owners()
    {
        ObjectStore writer = _hosts.Open(host: 1, dramBytes: 0);
        var addresses = new GlobalAddress[1];
        var results = new MmcStatus[1];
        FillNear();
        writer.AllocBatch(new KeyBatch("k"), [ObjectBytes], Medium.Dram, 0, addresses, results);
        Assert.Equal(MmcStatus.Ok, results[0]);
        FakeOperation begun = Assert.Single(_hosts.Transport.Started);
        Assert.Equal((FakeKind.Begin, _far.Rank), (begun.Kind, begun.Segment.Rank));
        lock (_hosts.Receiving)
        {
            _hosts.Receiving.Add((begun.Blob.Slot, begun.Blob.Generation));
        }

        _hosts.Close(writer);
        ServerFixture.Eventually(() => _hosts.OrphanCount == 1, "the allocation is its owner's to decide");
        _near.RemoveAll();
        Assert.Equal(3 * 4096, _hosts.UsedBytes);
        lock (_hosts.Receiving)
        {
            _hosts.Receiving.Clear();
        }

        _hosts.WaitUntilEmpty();
    }

    /// <summary>Leaves room for small objects on the far host only.</summary>
    private void FillNear() =>
        Assert.Equal(MmcStatus.Ok, _near.Put("filler", new byte[4 << 20], new ReplicateOptions(1, _near.Rank)));
}
