using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class RemoteAddressTests : IDisposable
{
    private const int ObjectBytes = 9000;

    private readonly TwoHosts _hosts = new();
    private readonly ObjectStore _far;
    private readonly ObjectStore _client;
    private readonly NativeBuffer _memory = NativeBuffer.Allocate(ObjectBytes);
    private readonly MmcStatus[] _result = new MmcStatus[1];

    public RemoteAddressTests()
    {
        _far = _hosts.Open(host: 0);
        _client = _hosts.Open(host: 1, dramBytes: 0);
    }

    public void Dispose()
    {
        _hosts.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void An_object_is_allocated_written_in_parts_and_published_on_another_host()
    {
        GlobalAddress address = Alloc("k");
        Write("k", address, 0, 4000);
        Assert.Equal(MmcStatus.StateMismatch, Read(_far, address, 0, 100));
        Assert.Equal(MmcStatus.Ok, Read(_client, address, 0, 4000));
        Assert.Equal(MmcStatus.ObjectNotFound, _far.Exists("k"));
        Write("k", address, 4000, 5000);
        Assert.Equal(MmcStatus.Ok, Finish("k", 0));
        Assert.Equal(MmcStatus.Ok, Finish("k", 0));
        Assert.Equal(MmcStatus.StateMismatch, Finish("k", 1));

        Assert.Equal(KeyedContent.Of("k", ObjectBytes), _far.Get("k"));
        Assert.Equal(MmcStatus.Ok, Read(_client, address, 100, 300));
        Assert.Equal(KeyedContent.Of("k", ObjectBytes)[100..400], _memory.Slice(100, 300).ToArray());
        Assert.Equal(
            [FakeKind.Begin, FakeKind.Write, FakeKind.Read, FakeKind.Write, FakeKind.End, FakeKind.Read],
            _hosts.Transport.Started.Select(operation => operation.Kind));
    }

    [Fact]
    public void Foreign_addresses_are_judged_by_the_owner()
    {
        Assert.Equal(MmcStatus.Ok, _far.Put("k", KeyedContent.Of("k", ObjectBytes)));
        var found = new ObjectDescription[1];
        _far.Query(new KeyBatch("k"), found);
        GlobalAddress address = found[0].Addresses[0];
        Assert.Equal(MmcStatus.Ok, Read(_client, address, 10, 500));
        Assert.Equal(KeyedContent.Of("k", ObjectBytes)[10..510], _memory.Slice(10, 500).ToArray());
        Assert.Equal(FakeKind.ReadAddress, _hosts.Transport.Started[0].Kind);
        Assert.Equal(MmcStatus.BlobChanged, Read(_client, address.Add(1 << 20), 0, 500));
        Assert.Equal(1, _client.Statistics.BlobsChanged);
    }

    [Fact]
    public void What_is_dropped_gives_its_space_back_at_once()
    {
        Alloc("k");
        Assert.Equal(MmcStatus.Ok, Finish("k", 1));
        Assert.Equal(0, _hosts.UsedBytes);
        Assert.Equal(FakeKind.Abort, _hosts.Transport.Started[^1].Kind);
    }

    [Fact]
    public void What_is_not_finished_when_its_lease_ends_comes_back_by_its_owner()
    {
        Alloc("k", leaseMs: 1);
        _hosts.WaitUntilEmpty();
        Assert.Single(_hosts.Transport.Started);
        Assert.Equal(MmcStatus.ReservationRevoked, Finish("k", 0));
    }

    [Fact]
    public void A_copy_in_doubt_can_not_be_published_and_no_other_copy_begins()
    {
        GlobalAddress address = Alloc("k");
        _hosts.Transport.Fail = operation => operation.Kind == FakeKind.Write ? MmcStatus.Timeout : null;
        Assert.Equal(MmcStatus.Timeout, Copy(_client, address, 0, 100, CopyDirection.Put));
        _hosts.Transport.Fail = _ => null;
        Assert.Equal(MmcStatus.ReservationRevoked, Copy(_client, address, 0, 100, CopyDirection.Put));
        Assert.Equal(MmcStatus.ReservationRevoked, Finish("k", 0));
        Assert.Equal(MmcStatus.ObjectNotFound, _far.Exists("k"));
        _hosts.WaitUntilEmpty();
    }

    [Fact]
    public void A_copy_that_was_not_sent_may_be_tried_again()
    {
        GlobalAddress address = Alloc("k");
        _hosts.Transport.Suspects.Add(_far.Rank);
        Assert.Equal(MmcStatus.LinkNotFound, Copy(_client, address, 0, ObjectBytes, CopyDirection.Put));
        _hosts.Transport.Suspects.Clear();
        Write("k", address, 0, ObjectBytes);
        Assert.Equal(MmcStatus.Ok, Finish("k", 0));
        Assert.Equal(KeyedContent.Of("k", ObjectBytes), _far.Get("k"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_answer_of_the_owner_publishes_nothing_and_holds_nothing(bool isAtBegin)
    {
        FakeKind lost = isAtBegin ? FakeKind.Begin : FakeKind.End;
        _hosts.Transport.Fail = operation =>
        {
            _hosts.Transport.Do(operation);
            return operation.Kind == lost ? MmcStatus.Timeout : MmcStatus.Ok;
        };
        var addresses = new GlobalAddress[1];
        MmcStatus allocated = _client.AllocBatch(new KeyBatch("k"), [ObjectBytes], Medium.Dram, 0, addresses, _result);
        Assert.Equal(isAtBegin ? MmcStatus.Timeout : MmcStatus.Ok, allocated);
        MmcStatus finished = Finish("k", 0);
        Assert.Equal(isAtBegin ? MmcStatus.KeyNotFound : MmcStatus.Timeout, finished);
        Assert.Equal(MmcStatus.ObjectNotFound, _far.Exists("k"));
        _hosts.WaitUntilEmpty();
    }

    [Fact]
    public void Two_processes_that_write_the_same_key_publish_one_object()
    {
        ObjectStore other = _hosts.Open(host: 1, dramBytes: 0);
        GlobalAddress mine = Alloc("k");
        var theirs = new GlobalAddress[1];
        other.AllocBatch(new KeyBatch("k"), [ObjectBytes], Medium.Dram, 0, theirs, _result);
        KeyedContent.Fill("k", _memory.Slice(0, ObjectBytes));
        Assert.Equal(MmcStatus.Ok, Copy(other, theirs[0], 0, ObjectBytes, CopyDirection.Put));
        Assert.Equal(MmcStatus.Ok, other.FinishWriteBatch(new KeyBatch("k"), [0], _result));
        Write("k", mine, 0, ObjectBytes);
        Assert.Equal(MmcStatus.Ok, Finish("k", 0));
        Assert.Equal(KeyedContent.Of("k", ObjectBytes), _far.Get("k"));
        Assert.Equal(3 * 4096, _hosts.UsedBytes);
    }

    private GlobalAddress Alloc(string key, int leaseMs = 0)
    {
        var addresses = new GlobalAddress[1];
        Assert.Equal(
            MmcStatus.Ok, _client.AllocBatch(new KeyBatch(key), [ObjectBytes], Medium.Dram, leaseMs, addresses, _result));
        return addresses[0];
    }

    private void Write(string key, GlobalAddress address, int offset, int length)
    {
        KeyedContent.Fill(key, _memory.Slice(0, ObjectBytes));
        Assert.Equal(MmcStatus.Ok, Copy(_client, address, offset, length, CopyDirection.Put));
    }

    private MmcStatus Read(ObjectStore store, GlobalAddress address, int offset, int length)
    {
        _memory.Slice(0, ObjectBytes).Clear();
        return Copy(store, address, offset, length, CopyDirection.Get);
    }

    private MmcStatus Copy(ObjectStore store, GlobalAddress address, int offset, int length, CopyDirection direction)
    {
        var buffers = new BufferBatch();
        buffers.AddObject(_memory.Address + (nuint)offset, length);
        return store.CopyBatch([address.Add(offset)], buffers, direction);
    }

    private MmcStatus Finish(string key, int outcome) => _client.FinishWriteBatch(new KeyBatch(key), [outcome], _result);
}
