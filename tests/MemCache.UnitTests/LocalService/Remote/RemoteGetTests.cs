using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class RemoteGetTests : IDisposable
{
    private const int ObjectBytes = 10_000;

    private readonly TwoHosts _hosts = new();

    public void Dispose() => _hosts.Dispose();

    [Fact]
    public void An_object_of_another_host_is_read_with_one_operation_and_no_copy_beside_it()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, owner.Put("k", value));
        Assert.Empty(_hosts.Transport.Started);

        Assert.Equal(value, reader.Get("k"));
        FakeOperation read = Assert.Single(_hosts.Transport.Started);
        Assert.Equal((FakeKind.Read, owner.Rank), (read.Kind, read.Segment.Rank));
        Assert.Equal(new StoreStatistics(0, 0, 1, 0, 0, 0, 0, ObjectBytes, 1), reader.Statistics);
    }

    [Fact]
    public void Room_to_spare_stays_as_it_was()
    {
        _hosts.Open(host: 0).Put("k", KeyedContent.Of("k", ObjectBytes));
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        byte[] room = new byte[ObjectBytes + 5];
        room.AsSpan(ObjectBytes).Fill(77);
        Assert.Equal(MmcStatus.Ok, reader.Get("k", room, out long sizeBytes));
        Assert.Equal(ObjectBytes, sizeBytes);
        Assert.Equal(-1, KeyedContent.FirstWrong("k", room.AsSpan(0, ObjectBytes)));
        Assert.Equal([77, 77, 77, 77, 77], room[ObjectBytes..]);
        Assert.Equal(MmcStatus.SizeMismatch, reader.Get("k", new byte[5], out sizeBytes));
        Assert.Equal(ObjectBytes, sizeBytes);
        Assert.Equal(MmcStatus.ObjectNotFound, reader.Get("absent", room, out _));
    }

    [Fact]
    public void The_nearest_replica_is_read_own_then_mapped_then_reachable_then_suspect()
    {
        ObjectStore far = _hosts.Open(host: 0);
        ObjectStore farther = _hosts.Open(host: 0);
        ObjectStore near = _hosts.Open(host: 1);
        var remote = new ReplicateOptions(2, far.Rank, farther.Rank);
        Assert.Equal(MmcStatus.Ok, far.Put("two", KeyedContent.Of("two", ObjectBytes), remote));
        Assert.Equal(MmcStatus.Ok, far.Put("three", KeyedContent.Of("three", ObjectBytes), new ReplicateOptions(3)));
        _hosts.Transport.Started.Clear();

        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        Assert.NotNull(near.Get("three"));
        Assert.NotNull(reader.Get("three"));
        Assert.Empty(_hosts.Transport.Started);

        Assert.NotNull(reader.Get("two"));
        RankId first = Assert.Single(_hosts.Transport.Started).Segment.Rank;
        _hosts.Transport.Suspects.Add(first);
        Assert.NotNull(reader.Get("two"));
        Assert.NotEqual(first, _hosts.Transport.Started[1].Segment.Rank);
        Assert.Equal(2, _hosts.Transport.Started.Count);

        _hosts.Transport.Suspects.UnionWith([far.Rank, farther.Rank]);
        Assert.Equal(MmcStatus.LinkNotFound, reader.Get("two", new byte[ObjectBytes], out _));
    }

    [Theory]
    [InlineData(MmcStatus.BlobChanged)]
    [InlineData(MmcStatus.LinkNotFound)]
    [InlineData(MmcStatus.Timeout)]
    [InlineData(MmcStatus.NotConnectedToLocal)]
    public void Entries_whose_replica_fails_go_on_with_the_next_one_and_the_others_are_read_once(MmcStatus failure)
    {
        ObjectStore one = _hosts.Open(host: 0);
        ObjectStore two = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        var keys = new KeyBatch("a", "b", "absent", "c", "d");
        using var memory = new Blocks(keys, ObjectBytes);
        one.PutBatch(keys, memory.Filled(), new ReplicateOptions(2, one.Rank, two.Rank), new MmcStatus[5]);
        Assert.Equal(MmcStatus.Ok, one.Remove("absent"));

        _hosts.Transport.Fail = read => read.Segment.Rank == one.Rank ? failure : null;
        var results = new MmcStatus[5];
        Assert.Equal(MmcStatus.ObjectNotFound, reader.GetBatch(keys, memory.Cleared(), results));
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok, MmcStatus.ObjectNotFound, MmcStatus.Ok, MmcStatus.Ok], results);
        memory.AssertFilled(0, 1, 3, 4);
        Assert.Equal(4, _hosts.Transport.Started.Count(read => read.Segment.Rank == two.Rank));
        Assert.Equal((4, 1), (reader.Statistics.ObjectsGot, reader.Statistics.ObjectsMissed));
    }

    [Fact]
    public void A_mapped_replica_that_changed_is_followed_by_a_remote_one()
    {
        ObjectStore mapped = _hosts.Open(host: 0);
        ObjectStore remote = _hosts.Open(host: 1);
        ObjectStore reader = _hosts.Open(host: 0, dramBytes: 0);
        Assert.Equal(MmcStatus.Ok, mapped.Put("k", KeyedContent.Of("k", ObjectBytes), new ReplicateOptions(2)));
        _hosts.Transport.Started.Clear();

        var found = new ObjectDescription[1];
        mapped.Query(new KeyBatch("k"), found);
        Assert.Equal(2, found[0].Ranks.Count);
        reader.Copies.PieceCopied = _ => _hosts.Overwrite(host: 0, found[0].Addresses[0]);
        Assert.Equal(KeyedContent.Of("k", ObjectBytes), reader.Get("k"));
        Assert.Equal(remote.Rank, Assert.Single(_hosts.Transport.Started).Segment.Rank);
    }

    [Fact]
    public void What_no_replica_could_give_is_looked_up_once_more_for_it_may_have_moved()
    {
        ObjectStore one = _hosts.Open(host: 0);
        ObjectStore two = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, one.Put("k", value, new ReplicateOptions(1, one.Rank)));
        _hosts.Transport.Fail = read =>
        {
            if (read.Segment.Rank != one.Rank)
            {
                return null;
            }

            one.Remove("k");
            two.Put("k", value, new ReplicateOptions(1, two.Rank));
            return MmcStatus.BlobChanged;
        };

        Assert.Equal(value, reader.Get("k"));
        Assert.Equal([one.Rank, two.Rank], _hosts.Transport.Started.Select(read => read.Segment.Rank));
    }

    [Fact]
    public void What_is_gone_when_it_is_looked_up_once_more_is_a_miss()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        Assert.Equal(MmcStatus.Ok, owner.Put("k", KeyedContent.Of("k", ObjectBytes)));
        _hosts.Transport.Fail = _ =>
        {
            owner.Remove("k");
            return MmcStatus.BlobChanged;
        };
        Assert.Equal(MmcStatus.ObjectNotFound, reader.Get("k", new byte[ObjectBytes], out long sizeBytes));
        Assert.Equal(0, sizeBytes);
    }

    [Fact]
    public void A_host_that_failed_once_in_a_call_is_not_asked_again_by_its_second_lookup()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        Assert.Equal(MmcStatus.Ok, owner.Put("k", KeyedContent.Of("k", ObjectBytes)));
        _hosts.Transport.Fail = _ =>
        {
            _hosts.Transport.Suspects.Add(owner.Rank);
            return MmcStatus.Timeout;
        };
        Assert.Equal(MmcStatus.Timeout, reader.Get("k", new byte[ObjectBytes], out _));
        Assert.Single(_hosts.Transport.Started);
    }

    [Fact]
    public void Parts_and_layers_come_from_other_hosts_too()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, owner.Put("k", value));
        using NativeBuffer memory = NativeBuffer.Allocate(ObjectBytes);
        var buffers = new BufferBatch();
        buffers.Add(memory.Address, 100);
        buffers.Add(memory.Address + 100, 400);
        buffers.EndObject();
        buffers.AddObject(memory.Address + 500, 1);
        buffers.AddObject(memory.Address + 501, 2);
        var results = new MmcStatus[3];
        reader.GetRangeBatch(new KeyBatch("k", "k", "k"), [5000, ObjectBytes - 1, ObjectBytes - 1], buffers, results);
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok, MmcStatus.InvalidParameter], results);
        Assert.Equal(value[5000..5500], memory.Slice(0, 500).ToArray());
        Assert.Equal(value[^1], memory.Slice(500, 1)[0]);
    }

    [Fact]
    public void A_wrong_checksum_makes_the_reader_go_on_with_the_next_replica()
    {
        ObjectStore one = _hosts.Open(host: 0, change: o => o.ChecksumEnable = true);
        ObjectStore two = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0, o => o.ChecksumEnable = true);
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, one.Put("k", value, new ReplicateOptions(2, one.Rank, two.Rank)));
        _hosts.Transport.Fail = read =>
        {
            MmcStatus status = _hosts.Transport.Do(read);
            read.Checksum += read.Segment.Rank == one.Rank ? 1u : 0u;
            return status;
        };
        Assert.Equal(value, reader.Get("k"));
        Assert.Equal(1, reader.Statistics.ChecksumMismatches);
        Assert.Equal(2, _hosts.Transport.Started.Count);
    }

    [Fact]
    public void With_host_shm_other_hosts_are_not_reached()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0, o => o.Protocol = "host_shm");
        ObjectStore beside = _hosts.Open(host: 0, dramBytes: 0, o => o.Protocol = "host_shm");
        byte[] value = KeyedContent.Of("k", ObjectBytes);
        Assert.Equal(MmcStatus.Ok, owner.Put("k", value));
        Assert.Equal(MmcStatus.LinkNotFound, reader.Get("k", new byte[ObjectBytes], out _));
        Assert.Equal(MmcStatus.LinkNotFound, reader.Put("l", value));
        Assert.Equal(value, beside.Get("k"));
        Assert.Equal(MmcStatus.Ok, reader.Exists("k"));
    }
}
