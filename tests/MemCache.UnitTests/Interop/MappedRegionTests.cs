using MemCache.Core;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class MappedRegionTests : IDisposable
{
    private const int RegionBytes = 1 << 20;

    private readonly ShmDirectory _directory = new();
    private readonly PosixFile _file;
    private readonly MappedRegion _region;

    public MappedRegionTests()
    {
        Assert.Equal(Errno.None, PosixFile.CreateExclusive(_directory.PathOf("region"), out PosixFile? file));
        _file = file!;
        Assert.Equal(Errno.None, _file.SetLength(RegionBytes));
        Assert.Equal(Errno.None, _file.Map(RegionBytes, out MappedRegion? region));
        _region = region!;
    }

    [Fact]
    public void Mappings_begin_on_a_huge_page_and_collapsing_one_keeps_its_bytes()
    {
        const int HugePageBytes = 2 << 20;
        Assert.Equal(Errno.None, PosixFile.CreateExclusive(_directory.PathOf("huge"), out PosixFile? file));
        using (file)
        {
            Assert.Equal(Errno.None, file!.SetLength(2 * HugePageBytes));
            Assert.Equal(Errno.None, file.Map(2 * HugePageBytes, out MappedRegion? region));
            using (region)
            {
                Assert.Equal((nuint)0, region!.Address % HugePageBytes);
                region.Slice(HugePageBytes - 5, 10).Fill(7);
                // Whether there is a huge page is the machine's business; the bytes are ours.
                _ = region.CollapseHugePages(0, 2 * HugePageBytes);
                Assert.Equal(10, region.Slice(0, 2 * HugePageBytes).Count((byte)7));
                Assert.Equal((byte)7, region.Slice(HugePageBytes + 4, 1)[0]);
            }
        }
    }

    private bool IsMapped => File.ReadAllText("/proc/self/maps").Contains(_directory.Path, StringComparison.Ordinal);

    public void Dispose()
    {
        _region.Dispose();
        _file.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void What_is_stored_in_the_mapping_is_in_the_file()
    {
        _region.Slice(4096, 3).Fill(7);
        _region.Word(8) = 0x0102030405060708;
        byte[] bytes = File.ReadAllBytes(_directory.PathOf("region"));
        Assert.Equal([7, 7, 7, 0], bytes[4096..4100]);
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], bytes[8..16]);
    }

    [Fact]
    public void Disposing_unmaps_at_once_when_nobody_holds_the_region()
    {
        Assert.True(IsMapped);
        _region.Dispose();
        Assert.False(IsMapped);
        Assert.False(_region.TryAcquire());
    }

    [Fact]
    public void Unmapping_waits_for_the_last_holder_and_lets_nobody_new_in()
    {
        Assert.True(_region.TryAcquire());
        Assert.True(_region.TryAcquire());
        _region.Dispose();
        _region.Dispose();
        Assert.False(_region.TryAcquire());

        _region.Slice(0, 1)[0] = 1;
        _region.Release();
        _region.Slice(0, 1)[0] = 2;
        Assert.True(IsMapped);

        _region.Release();
        Assert.False(IsMapped);
    }

    [Fact]
    public async Task Holders_that_come_and_go_on_several_threads_never_lose_the_memory()
    {
        using Barrier barrier = new(3);
        Task[] holders = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            barrier.SignalAndWait();
            while (_region.TryAcquire())
            {
                _region.Slice(4096, 1)[0]++; // a fault here would end the process
                _region.Release();
            }
        }))];
        barrier.SignalAndWait();
        _region.Dispose();
        await Task.WhenAll(holders);
        Assert.False(IsMapped);
    }

    [Fact]
    public void A_release_without_an_acquire_is_a_bug_that_is_found()
    {
        Assert.Throws<InvariantException>(_region.Release);
        Assert.True(_region.IsClosed || !_region.TryAcquire()); // and the region is of no more use
    }

    [Theory]
    [InlineData(-8, 8)]
    [InlineData(RegionBytes, 8)]
    [InlineData(RegionBytes - 7, 8)]
    [InlineData(0, RegionBytes + 1)]
    [InlineData(long.MaxValue, 8)]
    [InlineData(8, -1)]
    public void A_range_outside_is_refused(long offset, int length)
    {
        Assert.Throws<InvariantException>(() => _region.Slice(offset, length).Length);
        Assert.Throws<InvariantException>(() => _region.Words(offset, (length / 8) + (length < 0 ? -1 : 1)).Length);
    }

    [Fact]
    public void A_word_that_is_not_aligned_is_refused() =>
        Assert.Throws<InvariantException>(() => _region.Word(4));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Populating_gives_a_range_its_pages_and_keeps_its_bytes(bool byAllocation)
    {
        _region.Slice(8192, 1)[0] = 42;
        Errno error = byAllocation ? _region.PopulateByAllocation(4096, 65536) : _region.Populate(4096, 65536);
        Assert.Equal(Errno.None, error);
        Assert.Equal(Errno.None, _file.ReadStatus(out FileStatus status));
        Assert.Equal(65536, status.AllocatedBytes);
        Assert.Equal(42, _region.Slice(8192, 1)[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Populating_a_full_file_system_is_an_error_and_no_signal(bool byAllocation)
    {
        using ShmDirectory small = ShmDirectory.Mount(256 << 10);
        Assert.Equal(Errno.None, PosixFile.CreateExclusive(small.PathOf("region"), out PosixFile? file));
        using (file)
        {
            Assert.Equal(Errno.None, file!.SetLength(RegionBytes));
            Assert.Equal(Errno.None, file.Map(RegionBytes, out MappedRegion? region));
            using (region)
            {
                Errno error = byAllocation ? region!.PopulateByAllocation(0, RegionBytes) : region!.Populate(0, RegionBytes);
                Assert.Contains(error, new[] { Errno.BadAddress, Errno.NoSpace, Errno.NoMemory });
            }
        }
    }
}
