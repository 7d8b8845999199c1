using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>What the owner's side answers to each operation.</summary>
public sealed class TcpStatusTests : IDisposable
{
    private readonly TcpFixture _f = new(4 << 20);
    private readonly MemoryBuffer[] _page;

    public TcpStatusTests() => _page = TcpFixture.Layers(_f.Memory(4096));

    public void Dispose() => _f.Dispose();

    [Theory]
    [InlineData(8192, 8, MmcStatus.BlobChanged)] // another generation
    [InlineData(0, 7, MmcStatus.BlobChanged)] // another page
    [InlineData(12_288, 7, MmcStatus.BlobChanged)] // leaves the blob
    [InlineData(-4096, 7, MmcStatus.InvalidParameter)]
    [InlineData((4 << 20) - 4095, 7, MmcStatus.InvalidParameter)]
    [InlineData(long.MaxValue - 100, 7, MmcStatus.InvalidParameter)]
    [InlineData(8192, 0, MmcStatus.InvalidParameter)]
    [InlineData(8192, 7, MmcStatus.Ok)]
    public void A_read_is_checked_against_the_stamps(long offset, ulong stamp, MmcStatus expected)
    {
        _f.Store(3, 7, 2, 5000, seed: 1);
        MemoryBuffer[] layers = offset == 12_288 ? TcpFixture.Layers(_f.Memory(8192)) : _page;
        _f.Batch.AddRead(_f.Remote, offset, stamp, layers);
        Assert.Equal([expected], _f.Run());
    }

    [Fact]
    public void A_failed_read_leaves_its_neighbours_alone()
    {
        BlobLocation blob = _f.Store(3, 7, 2, 300_000, seed: 1);
        NativeBuffer memory = _f.Memory(300_000);
        for (int i = 0; i < 3; i++)
        {
            _f.Batch.AddRead(_f.Remote, blob.Offset, 7, TcpFixture.Layers(memory));
            _f.Batch.AddRead(_f.Remote, blob.Offset, 8, TcpFixture.Layers(memory));
            _f.Batch.AddRead(_f.Remote, -1, 7, _page);
            _f.Batch.AddRead(_f.Remote, blob.Offset, 7, _page);
        }

        MmcStatus[] once = [MmcStatus.Ok, MmcStatus.BlobChanged, MmcStatus.InvalidParameter, MmcStatus.Ok];
        Assert.Equal([.. once, .. once, .. once], _f.Run());
        Assert.Equal(TcpFixture.Bytes(300_000, 1), memory.Slice(0, 300_000));
    }

    [Fact]
    public void A_read_brings_the_checksum_that_was_asked_for()
    {
        BlobLocation with = _f.Store(3, 7, 2, 5000, seed: 1, checksum: 0xABCD);
        BlobLocation large = _f.Store(4, 8, 10, 50_000, seed: 1, checksum: 0x1234);
        BlobLocation without = _f.Store(5, 9, 50, 5000, seed: 1);
        _f.Batch.AddRead(_f.Remote, with.Offset, 7, _page, checksumSlot: 3);
        _f.Batch.AddRead(_f.Remote, large.Offset, 8, TcpFixture.Layers(_f.Memory(50_000)), checksumSlot: 4);
        _f.Batch.AddRead(_f.Remote, without.Offset, 9, _page, checksumSlot: 5);
        _f.Batch.AddRead(_f.Remote, with.Offset, 7, _page);
        _f.Batch.Start(TcpFixture.InTime);
        _f.Batch.Finish();
        Assert.True(_f.Batch.TryGetChecksum(0, out uint checksum));
        Assert.Equal(0xABCDu, checksum);
        Assert.True(_f.Batch.TryGetChecksum(1, out checksum));
        Assert.Equal(0x1234u, checksum);
        Assert.False(_f.Batch.TryGetChecksum(2, out _));
        Assert.False(_f.Batch.TryGetChecksum(3, out _));
    }

    [Fact]
    public void A_read_by_address_finds_its_blob_or_says_why_not()
    {
        BlobLocation blob = _f.Store(3, 7, 2, 5000, seed: 1);
        BlobLocation open = TcpFixture.Blob(4, 8, 20, 5000);
        Assert.Equal(MmcStatus.Ok, _f.View.BeginWrite(open, isHidden: true));
        var address = new GlobalAddress(_f.View.Uuid, blob);
        _f.Batch.AddRead(_f.Remote, address.Add(100), TcpFixture.Layers(_f.Memory(1000)));
        _f.Batch.AddRead(_f.Remote, address, TcpFixture.Layers(_f.Memory(9000))); // on behind the blob
        _f.Batch.AddRead(_f.Remote, new GlobalAddress(_f.View.Uuid, blob with { Generation = 6 }), _page);
        _f.Batch.AddRead(_f.Remote, new GlobalAddress(_f.View.Uuid, open), _page);
        _f.Batch.AddRead(_f.Remote, default(GlobalAddress), _page);
        _f.Batch.AddRead(_f.Remote, address.Add(1L << 30), _page);
        Assert.Equal(
            [
                MmcStatus.Ok, MmcStatus.InvalidParameter, MmcStatus.BlobChanged, MmcStatus.StateMismatch,
                MmcStatus.InvalidParameter, MmcStatus.InvalidParameter,
            ],
            _f.Run());
    }

    [Fact]
    public void Buffers_that_do_not_fit_are_refused_before_anything_is_sent()
    {
        BlobLocation blob = TcpFixture.Blob(3, 7, 2, 5000);
        _f.Batch.AddRead(_f.Remote, 0, 7, []);
        _f.Batch.AddRead(_f.Remote, 0, 7, [new MemoryBuffer(0, 10)]);
        _f.Batch.AddRead(_f.Remote, 0, 7, [new MemoryBuffer(_page[0].Address, -1)]);
        _f.Batch.AddPut(_f.Remote, blob, TcpFixture.Identity(), _page);
        _f.Batch.AddEnd(_f.Remote, blob, default);
        Assert.All(_f.Run(), status => Assert.Equal(MmcStatus.InvalidParameter, status));
        Assert.Equal(0, _f.Server.Statistics.Operations);
    }

    [Fact]
    public void A_put_whose_slot_has_gone_on_stores_nothing()
    {
        BlobLocation newer = _f.Store(3, 9, 2, 5000, seed: 1);
        NativeBuffer memory = _f.Memory(200_000, seed: 5);
        BlobLocation late = TcpFixture.Blob(3, 8, 2, 200_000);
        _f.Batch.AddPut(_f.Remote, late, TcpFixture.Identity(), TcpFixture.Layers(memory, 7));
        _f.Batch.AddRead(_f.Remote, newer.Offset, 9, _page);
        Assert.Equal([MmcStatus.ReservationRevoked, MmcStatus.Ok], _f.Run());
        Assert.True(_f.View.IsCurrent(newer));
        Assert.Equal(TcpFixture.Bytes(5000, 1), _f.View.DataSpan(newer.Offset, 5000));
    }

    [Fact]
    public void A_put_outside_the_segment_is_refused_and_the_connection_is_replaced()
    {
        NativeBuffer memory = _f.Memory(8192, seed: 5);
        _f.Batch.AddPut(_f.Remote, TcpFixture.Blob(3, 8, 1023, 8192), TcpFixture.Identity(), TcpFixture.Layers(memory));
        Assert.Equal([MmcStatus.InvalidParameter], _f.Run());
        _f.Batch.AddPut(_f.Remote, TcpFixture.Blob(3, 8, 10, 8192), TcpFixture.Identity(), TcpFixture.Layers(memory));
        Assert.Equal([MmcStatus.Ok], _f.Run());
        _f.Batch.AddPut(_f.Remote, TcpFixture.Blob(1 << 20, 8, 10, 8192), TcpFixture.Identity(), TcpFixture.Layers(memory));
        _f.Batch.AddPut(_f.Remote, TcpFixture.Blob(5, 0, 10, 8192), TcpFixture.Identity(), TcpFixture.Layers(memory));
        Assert.Equal([MmcStatus.InvalidParameter, MmcStatus.InvalidParameter], _f.Run());
        Assert.True(_f.Remote.IsReachable);
    }

    [Fact]
    public void A_blob_is_written_over_several_batches()
    {
        BlobLocation blob = TcpFixture.Blob(3, 7, 2, 100_000);
        NativeBuffer memory = _f.Memory(100_000, seed: 5);
        _f.Batch.AddBegin(_f.Remote, blob);
        Assert.Equal([MmcStatus.Ok], _f.Run());
        Assert.Equal(7 | SegmentLayout.HiddenStampBit, _f.View.StampAt(blob.Offset));
        _f.Batch.AddWrite(_f.Remote, blob, blob.Offset, TcpFixture.Cut(memory, 0, 60_000, 7));
        _f.Batch.AddWrite(_f.Remote, blob, blob.Offset + 60_000, TcpFixture.Cut(memory, 60_000, 40_000, 1));
        Assert.Equal([MmcStatus.Ok, MmcStatus.Ok], _f.Run());
        NativeBuffer back = _f.Memory(100_000);
        _f.Batch.AddRead(_f.Remote, blob.Offset, 7 | SegmentLayout.HiddenStampBit, TcpFixture.Layers(back));
        _f.Batch.AddRead(_f.Remote, blob.Offset, 7, _page);
        Assert.Equal([MmcStatus.Ok, MmcStatus.BlobChanged], _f.Run());
        Assert.Equal(TcpFixture.Bytes(100_000, 5), back.Slice(0, 100_000));
        _f.Batch.AddEnd(_f.Remote, blob, TcpFixture.Identity());
        Assert.Equal([MmcStatus.Ok], _f.Run());
        Assert.True(_f.View.IsCurrent(blob));
        Assert.Equal(new SlotWord(7, SlotState.Ready), _f.Word(3));
    }

    [Fact]
    public void A_part_is_stored_only_into_a_blob_that_was_begun()
    {
        BlobLocation blob = TcpFixture.Blob(3, 7, 2, 10_000);
        BlobLocation other = _f.Store(4, 6, 5, 4096, seed: 1);
        _f.Batch.AddWrite(_f.Remote, blob, blob.Offset, _page); // not begun
        _f.Batch.AddEnd(_f.Remote, blob, TcpFixture.Identity());
        Assert.Equal([MmcStatus.ReservationRevoked, MmcStatus.ReservationRevoked], _f.Run());
        _f.Batch.AddBegin(_f.Remote, blob);
        Assert.Equal([MmcStatus.Ok], _f.Run());
        _f.Batch.AddWrite(_f.Remote, blob, blob.Offset + 8192, _page); // leaves the blob
        _f.Batch.AddWrite(_f.Remote, blob with { SizeBytes = 40_000 }, other.Offset, _page); // says the blob is longer than it is
        _f.Batch.AddWrite(_f.Remote, blob with { Generation = 6 }, blob.Offset, _page);
        Assert.Equal([MmcStatus.InvalidParameter, MmcStatus.ReservationRevoked, MmcStatus.ReservationRevoked], _f.Run());
        Assert.Equal(TcpFixture.Bytes(4096, 1), _f.View.DataSpan(other.Offset, 4096));
        _f.Batch.AddAbort(_f.Remote, blob);
        Assert.Equal([MmcStatus.Ok], _f.Run());
        Assert.Equal(new SlotWord(7, SlotState.Free), _f.Word(3));
        _f.Batch.AddWrite(_f.Remote, blob, blob.Offset, _page);
        Assert.Equal([MmcStatus.ReservationRevoked], _f.Run());
    }
}
