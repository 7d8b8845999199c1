using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class PeerSegmentTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();

    private ShmDirectory Directory => _fixture.Directory;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_peer_sees_what_the_owner_stores_and_the_other_way_round()
    {
        OwnedSegment owned = _fixture.CreateOwned();
        PeerSegment peer = _fixture.OpenPeer(owned);
        BlobLocation blob = new(default, 3, 9, 8192, 5000);
        Assert.Equal(MmcStatus.Ok, peer.View.BeginWrite(blob));
        Assert.True(owned.View.IsCurrent(blob));
        Assert.Equal(MmcStatus.Ok, peer.View.EndWrite(blob, "key"u8, 77));
        Assert.True(owned.View.TryReadSlot(3, out DirectorySlot slot));
        Assert.Equal("key"u8, slot.Key);
        Assert.Equal(owned.View.DataBytes, peer.View.DataBytes);
        Assert.NotEqual(owned.View.DataAddress(0, 1), peer.View.DataAddress(0, 1));
    }

    [Fact]
    public void A_peer_can_use_a_segment_whose_owner_has_closed_it()
    {
        OwnedSegment owned = _fixture.CreateOwned();
        PeerSegment peer = _fixture.OpenPeer(owned);
        owned.Dispose();
        Assert.Equal(MmcStatus.Ok, peer.View.BeginWrite(new BlobLocation(default, 0, 1, 0, 1)));
    }

    [Fact]
    public void Unmapping_waits_for_the_copy_that_runs()
    {
        OwnedSegment owned = _fixture.CreateOwned();
        PeerSegment peer = _fixture.OpenPeer(owned);
        Assert.True(peer.TryAcquire());
        peer.Dispose();
        Assert.False(peer.TryAcquire());
        Assert.Equal(MmcStatus.Ok, peer.View.BeginWrite(new BlobLocation(default, 0, 1, 0, 1)));
        peer.Release();
        Assert.Single(
            File.ReadAllLines("/proc/self/maps"), line => line.Contains(owned.View.FileName, StringComparison.Ordinal));
    }

    [Fact]
    public void Data_that_has_lost_its_memory_has_no_address()
    {
        OwnedSegment owned = _fixture.CreateOwned(8 << 20);
        PeerSegment peer = _fixture.OpenPeer(owned);
        Assert.NotEqual((nuint)0, peer.View.DataAddress(0, 2 << 20));
        PosixFile.OpenExisting(Directory.PathOf(owned.View.FileName), writable: true, out PosixFile? file);
        using (file)
        {
            Assert.Equal(Errno.None, file!.SetLength(new SegmentLayout(8 << 20).DataOffset + (4 << 20)));
        }

        Assert.NotEqual((nuint)0, peer.View.DataAddress(2 << 20, 2 << 20));
        Assert.Equal((nuint)0, peer.View.DataAddress(4 << 20, 1));
        Assert.Equal((nuint)0, peer.View.DataAddress(3 << 20, 2 << 20));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mmc-.segment")]
    [InlineData("../mmc-0123456789abcdef0123456789abcdef.segment")]
    [InlineData("mmc-0123456789abcdef0123456789abcde/.segment")]
    [InlineData("mmc-0123456789ABCDEF0123456789ABCDEF.segment")]
    [InlineData("mmc-0123456789abcdef0123456789abcdef.live")]
    [InlineData("mmc-0123456789abcdef0123456789abcdef0.segment")]
    [InlineData("/etc/passwd")]
    public void A_name_that_is_not_ours_is_not_even_opened(string name) =>
        Assert.Equal(MmcStatus.InvalidParameter, Open(name, default));

    [Fact]
    public void A_file_that_is_gone_is_a_peer_that_is_gone() =>
        Assert.Equal(MmcStatus.NotConnectedToLocal, Open(NameOf(SegmentUuid.New()), default));

    [Fact]
    public void A_symbolic_link_is_not_followed()
    {
        OwnedSegment owned = _fixture.CreateOwned();
        string name = NameOf(SegmentUuid.New());
        File.CreateSymbolicLink(Directory.PathOf(name), Directory.PathOf(owned.View.FileName));
        Assert.Equal(MmcStatus.NotConnectedToLocal, Open(name, owned.View.Uuid));
    }

    [Fact]
    public void A_directory_with_the_name_of_a_segment_is_refused()
    {
        string name = NameOf(SegmentUuid.New());
        System.IO.Directory.CreateDirectory(Directory.PathOf(name));
        Assert.Equal(MmcStatus.NotConnectedToLocal, Open(name, default));
    }

    [Fact]
    public void Another_segment_than_the_expected_one_is_refused()
    {
        OwnedSegment owned = _fixture.CreateOwned();
        Assert.Equal(MmcStatus.UnexpectedResult, Open(owned.View.FileName, SegmentUuid.New()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(4096)]
    [InlineData(8388607)]
    [InlineData(8388609)]
    public void A_file_of_the_wrong_length_is_refused(long sizeBytes)
    {
        OwnedSegment owned = _fixture.CreateOwned();
        PosixFile.OpenExisting(Directory.PathOf(owned.View.FileName), writable: true, out PosixFile? file);
        using (file)
        {
            Assert.Equal(Errno.None, file!.SetLength(sizeBytes));
        }

        Assert.Equal(MmcStatus.UnexpectedResult, Open(owned.View.FileName, owned.View.Uuid));
    }

    [Fact]
    public void Garbage_is_refused_whatever_it_is()
    {
        SplitMix64 random = new(11);
        SegmentUuid uuid = SegmentUuid.New();
        string name = NameOf(uuid);
        byte[] bytes = new byte[8192];
        for (int i = 0; i < 200; i++)
        {
            foreach (ref byte value in bytes.AsSpan())
            {
                value = (byte)random.Next();
            }

            "MMCSEGMT"u8.CopyTo(bytes);
            File.WriteAllBytes(Directory.PathOf(name), bytes.AsSpan(0, (int)random.Below(bytes.Length)));
            Assert.Equal(MmcStatus.UnexpectedResult, Open(name, uuid));
        }
    }

    private static string NameOf(SegmentUuid uuid) => $"mmc-{uuid}.segment";

    private MmcStatus Open(string name, SegmentUuid uuid)
    {
        MmcStatus status = PeerSegment.Open(Directory.Path, name, uuid, out PeerSegment? segment, out string error);
        Assert.Equal(status == MmcStatus.Ok, segment is not null);
        Assert.Equal(status == MmcStatus.Ok, error.Length == 0);
        segment?.Dispose();
        return status;
    }
}
