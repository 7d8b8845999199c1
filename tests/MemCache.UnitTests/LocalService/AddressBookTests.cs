using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class AddressBookTests : IDisposable
{
    private const int ObjectBytes = 10_000;
    private static readonly SegmentUuid Uuid = new(1);
    private static readonly long Soon = Deadline.In(20_000);

    private readonly AddressBook _book = new();
    private readonly SegmentHandle _segment = new(
        new SegmentPaths("/dev/shm", "host", null, NullLogger.Instance), Uuid, Medium.Dram, "", "another host", null);
    private readonly Session _session;
    private readonly AllocationLane _lane;
    private ulong _generation;

    public AddressBookTests()
    {
        _session = new Session(
            new SessionId(1), RankId.None, 1, 100, null, new SegmentMap(new SegmentHandles(new SegmentPaths("/dev/shm", "host", null, NullLogger.Instance))),
            (_, _) => (MmcStatus.NotConnectedToMeta, null),
            (session, connect) => new AllocationLanes(session, _book, new StoreCounters(), false, null, connect), () => { });
        _lane = new AllocationLane(_session);
    }

    public void Dispose()
    {
        _session.Dispose();
        _segment.Dispose();
    }

    [Fact]
    public async Task Finishing_waits_for_copies_that_run_and_lets_none_begin()
    {
        Allocation allocation = Add("k");
        CopyEntry[] entries = BeginPut(allocation.Address.Add(5), 100, MmcStatus.Ok);
        var claimed = new List<Allocation>();
        Task<MmcStatus> claim = Task.Run(() => _book.Claim(new KeyBatch("k").Spans, [0], claimed, Soon), TestContext.Current.CancellationToken);
        while (allocation.State == AllocationState.Open)
        {
            await Task.Yield();
        }

        BeginPut(allocation.Address, 100, MmcStatus.StateMismatch);
        Assert.False(claim.IsCompleted);
        _book.EndCopies(entries);
        Assert.Equal(MmcStatus.Ok, await claim);
        Assert.Same(allocation, Assert.Single(claimed));
        Assert.Equal(AllocationState.Published, allocation.Goal);
    }

    [Fact]
    public void Finishing_that_waited_too_long_leaves_everything_as_it_was()
    {
        Allocation allocation = Add("k");
        CopyEntry[] entries = BeginPut(allocation.Address, 100, MmcStatus.Ok);
        var claimed = new List<Allocation>();
        Assert.Equal(MmcStatus.Timeout, _book.Claim(new KeyBatch("k").Spans, [0], claimed, Deadline.In(1)));
        Assert.Empty(claimed);
        Assert.Equal(AllocationState.Open, allocation.State);
        _book.EndCopies(entries);
        _book.EndCopies(BeginPut(allocation.Address, 100, MmcStatus.Ok));
    }

    [Fact]
    public async Task Second_thread_that_finishes_a_key_gets_the_first_ones_answer()
    {
        Allocation allocation = Add("k");
        var claimed = new List<Allocation>();
        var nothing = new List<Allocation>();
        Assert.Equal(MmcStatus.Ok, _book.Claim(new KeyBatch("k").Spans, [0], claimed, Soon));
        Assert.Equal(MmcStatus.Ok, _book.Claim(new KeyBatch("k").Spans, [0], nothing, Soon));
        Assert.Empty(nothing);
        Task<MmcStatus> second = Task.Run(() => _book.ResultOf("k"u8, true, Soon, out _), TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        _book.Complete(allocation, AllocationState.Published, MmcStatus.Ok);
        Assert.Equal(MmcStatus.Ok, await second);
        Assert.Equal(MmcStatus.StateMismatch, _book.ResultOf("k"u8, false, Soon, out _));
        Assert.Equal(MmcStatus.KeyNotFound, _book.ResultOf("other"u8, true, Soon, out _));
    }

    [Fact]
    public void Unanswered_commit_is_found_out_once()
    {
        Allocation allocation = Add("k");
        _book.Claim(new KeyBatch("k").Spans, [0], [], Soon);
        _book.Complete(allocation, AllocationState.Unknown, MmcStatus.Timeout);
        Assert.Equal(MmcStatus.Timeout, _book.ResultOf("k"u8, true, Soon, out Allocation? unknown));
        Assert.Same(allocation, unknown);
        BeginPut(allocation.Address, 1, MmcStatus.ReservationRevoked);
        _book.Resolve(allocation, AllocationState.Published, MmcStatus.Ok);
        _book.Resolve(allocation, AllocationState.Revoked, MmcStatus.Error);
        Assert.Equal(MmcStatus.Ok, _book.ResultOf("k"u8, true, Soon, out unknown));
        Assert.Null(unknown);
    }

    [Fact]
    public async Task Connection_is_given_up_only_when_no_copy_under_its_allocations_runs()
    {
        Allocation allocation = Add("k");
        CopyEntry[] entries = BeginPut(allocation.Address, 100, MmcStatus.Ok);
        Assert.False(_book.Close(_lane, TimeSpan.Zero));
        Assert.True(_lane.IsClosing);
        Assert.Equal(AllocationState.Revoked, allocation.State);
        BeginPut(allocation.Address, 100, MmcStatus.ReservationRevoked);
        Assert.False(_book.TryUse(_lane));
        Task<bool> closed = Task.Run(() => _book.Close(_lane, TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken);
        Assert.False(closed.IsCompleted);
        _book.EndCopies(entries);
        Assert.True(await closed);
        Assert.Equal(0, _lane.UserCount);
        Assert.Equal(MmcStatus.ReservationRevoked, _book.ResultOf("k"u8, true, Soon, out _));
    }

    [Fact]
    public void Lease_that_has_ended_lets_no_copy_begin_and_is_claimed_when_none_runs()
    {
        Allocation late = Add("late", Deadline.In(0));
        Add("in time");
        BeginPut(late.Address, 100, MmcStatus.ReservationRevoked);
        var claimed = new List<Allocation>();
        _book.ClaimExpired(new AllocationLane(_session), claimed);
        Assert.Empty(claimed);
        _book.ClaimExpired(_lane, claimed);
        Assert.Same(late, Assert.Single(claimed));
        claimed.Clear();
        _book.ClaimExpired(_lane, claimed);
        Assert.Empty(claimed);
        _book.Claim(new KeyBatch("in time", "late").Spans, [0, 0], claimed, Soon);
        Assert.Single(claimed);
    }

    [Fact]
    public void Key_is_allocated_once_at_a_time()
    {
        Allocation first = Add("k");
        Assert.False(_book.TryAdd(New("k", Soon)));
        _book.Complete(first, AllocationState.Dropped, MmcStatus.Ok);
        Assert.True(_book.TryAdd(New("k", Soon)));
        Assert.Equal(MmcStatus.Timeout, _book.ResultOf("k"u8, true, Soon, out _));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_never_an_open_allocation()
    {
        Allocation open = Add("open");
        KnownBlob? known = null;
        for (int i = 0; i < Limits.KnownAddressCountMax + 100; i++)
        {
            BlobLocation blob = NextBlob();
            var address = new GlobalAddress(Uuid, blob);
            _book.Remember(_session, Uuid, address, blob);
            known ??= Find(address);
        }

        Assert.NotNull(known);
        Assert.Null(Find(known.Address));
        Assert.Same(open, Find(open.Address));
        _book.Remember(_session, Uuid, default, NextBlob());
        _book.Remember(_session, Uuid, open.Address, open.Blob with { SizeBytes = -1 });
        _book.Remember(_session, Uuid, open.Address, open.Blob with { Generation = 99 });
        Assert.Same(open, Find(open.Address));
    }

    [Fact]
    public void Finishing_waits_for_gets_of_what_is_written_too()
    {
        Allocation allocation = Add("k");
        var entries = new CopyEntry[1];
        var results = new MmcStatus[1];
        _book.BeginGets([allocation.Address.Add(1)], [10], entries, results);
        Assert.Equal(MmcStatus.Ok, results[0]);
        var claimed = new List<Allocation>();
        Assert.Equal(MmcStatus.Timeout, _book.Claim(new KeyBatch("k").Spans, [0], claimed, Deadline.In(1)));
        _book.EndCopies(entries);
        Assert.Equal(MmcStatus.Ok, _book.Claim(new KeyBatch("k").Spans, [0], claimed, Soon));
        _book.BeginGets([allocation.Address], [10], entries, results);
        Assert.Equal(MmcStatus.StateMismatch, results[0]);
    }

    private Allocation Add(string key, long? deadline = null)
    {
        Allocation allocation = New(key, deadline ?? Soon);
        Assert.True(_book.TryAdd(allocation));
        return allocation;
    }

    private Allocation New(string key, long deadline)
    {
        BlobLocation blob = NextBlob();
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(key);
        return new Allocation(_lane, bytes, default, _segment, new GlobalAddress(Uuid, blob), blob, deadline);
    }

    private BlobLocation NextBlob() => new(default, 0, ++_generation, (long)_generation * 16_384, ObjectBytes);

    private CopyEntry[] BeginPut(GlobalAddress address, long sizeBytes, MmcStatus expected)
    {
        var entries = new CopyEntry[1];
        var results = new MmcStatus[1];
        _book.BeginPuts([address], [sizeBytes], entries, results);
        Assert.Equal(expected, results[0]);
        return entries;
    }

    private KnownBlob? Find(GlobalAddress address, MmcStatus expected = MmcStatus.Ok)
    {
        var entries = new CopyEntry[1];
        var results = new MmcStatus[1];
        _book.BeginGets([address], [1], entries, results);
        Assert.Equal(expected, results[0]);
        return entries[0].Blob;
    }
}
