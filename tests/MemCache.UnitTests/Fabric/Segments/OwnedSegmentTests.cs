using System.Globalization;
using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests;

[SupportedOSPlatform("linux")]
public sealed class OwnedSegmentTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();

    private ShmDirectory Directory => _fixture.Directory;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_segment_is_one_file_of_its_owner_alone()
    {
        OwnedSegment segment = _fixture.CreateOwned();
        string name = Assert.Single(Directory.FileNames());
        Assert.Equal(segment.View.FileName, name);
        Assert.Equal($"mmc-{segment.View.Uuid}.segment", name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.PathOf(name)));
    }

    [Fact]
    public void A_clean_close_removes_the_file()
    {
        OwnedSegment segment = _fixture.CreateOwned();
        segment.Dispose();
        Assert.Empty(Directory.FileNames());
        Assert.False(segment.TryAcquire());
        segment.Dispose();
    }

    [Fact]
    public void A_close_leaves_a_later_file_with_the_same_name_alone_when_called_twice()
    {
        OwnedSegment segment = _fixture.CreateOwned();
        segment.Dispose();
        File.WriteAllText(Directory.PathOf(segment.View.FileName), "another's");
        segment.Dispose();
        Assert.Single(Directory.FileNames());
    }

    [Fact]
    public void Closing_waits_for_a_running_copy_before_it_unmaps()
    {
        OwnedSegment segment = _fixture.CreateOwned();
        Assert.True(segment.TryAcquire());
        segment.Dispose();
        Assert.True(segment.View.BeginWrite(new BlobLocation(default, 0, 1, 0, 4096)) == MmcStatus.Ok);
        segment.Release();
        Assert.DoesNotContain(segment.View.FileName, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_and_stamps_have_their_memory_and_the_directory_does_not()
    {
        OwnedSegment segment = _fixture.CreateOwned(64 << 20);
        SegmentLayout layout = new(64 << 20);
        Assert.Equal(Errno.None, PosixFile.OpenExisting(Directory.PathOf(segment.View.FileName), false, out PosixFile? file));
        using (file)
        {
            file!.ReadStatus(out FileStatus status);
            Assert.Equal(layout.FileBytes, status.SizeBytes);
            Assert.True(status.AllocatedBytes >= layout.DataBytes + (8 * layout.SlotCount), $"{status.AllocatedBytes}");
            Assert.True(status.AllocatedBytes < layout.DataBytes + layout.DirectoryOffset + 4096, $"{status.AllocatedBytes}");
        }
    }

    [Theory]
    [InlineData(1, 2 << 20)]
    [InlineData((2 << 20) + 1, 4 << 20)]
    public void Sizes_are_rounded_up(long wanted, long expected)
    {
        OwnedSegment segment = _fixture.CreateOwned(wanted);
        Assert.Equal(expected, segment.View.DataBytes);
        Assert.Equal(expected / 4096, segment.View.SlotCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Progress_ends_with_everything_done(int threads)
    {
        List<(long Done, long Wanted)> reports = [];
        SegmentOptions options = new()
        {
            Directory = Directory.Path,
            SizeBytes = 100 << 20,
            PrefaultThreads = threads,
            Progress = (done, wanted) =>
            {
                lock (reports)
                {
                    reports.Add((done, wanted));
                }
            },
        };
        Assert.Equal(MmcStatus.Ok, OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out _));
        segment!.Dispose();
        Assert.True(reports.Count >= 4);
        long wanted = Assert.Single(reports.Select(r => r.Wanted).Distinct());
        Assert.Equal(wanted, reports.Max(r => r.Done));
        Assert.True(wanted >= 100 << 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((1L << 40) + 1)]
    public void An_impossible_size_is_refused(long sizeBytes)
    {
        SegmentOptions options = new() { Directory = Directory.Path, SizeBytes = sizeBytes };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        Assert.Equal(MmcStatus.InvalidParameter, status);
        Assert.Null(segment);
        Assert.Contains(sizeBytes.ToString(CultureInfo.InvariantCulture), error, StringComparison.Ordinal);
        Assert.Empty(Directory.FileNames());
    }

    [Fact]
    public void A_missing_directory_is_a_status_and_a_sentence()
    {
        SegmentOptions options = new() { Directory = Directory.PathOf("missing"), SizeBytes = 1 };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out _, out string error);
        Assert.Equal(MmcStatus.NotConnectedToLocal, status);
        Assert.Contains("does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_host_has_is_refused_before_anything_is_taken()
    {
        SegmentOptions options = new() { Directory = Directory.Path, SizeBytes = 1L << 40 };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        Assert.Equal(MmcStatus.NotEnoughMemory, status);
        Assert.Null(segment);
        Assert.Contains("1099511627776", error, StringComparison.Ordinal);
        Assert.Contains("free", error, StringComparison.Ordinal);
        Assert.Empty(Directory.FileNames());
    }

    [Fact]
    public void A_file_system_without_room_is_refused_and_left_empty()
    {
        using ShmDirectory small = ShmDirectory.Mount(4 << 20);
        SegmentOptions options = new() { Directory = small.Path, SizeBytes = 8 << 20 };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        Assert.Equal(MmcStatus.NotEnoughMemory, status);
        Assert.Null(segment);
        Assert.Contains("4194304 free", error, StringComparison.Ordinal);
        Assert.Empty(small.FileNames());
    }

    [Fact]
    public void Memory_that_goes_while_it_is_being_taken_is_a_status_too()
    {
        using ShmDirectory small = ShmDirectory.Mount(32 << 20);
        bool isTaken = false;
        SegmentOptions options = new()
        {
            Directory = small.Path,
            SizeBytes = 24 << 20,
            PrefaultThreads = 1,
            Progress = (_, _) =>
            {
                if (!isTaken)
                {
                    isTaken = true;
                    File.WriteAllBytes(small.PathOf("other"), new byte[16 << 20]);
                }
            },
        };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        Assert.Equal(MmcStatus.NotEnoughMemory, status);
        Assert.Null(segment);
        Assert.Contains("needs", error, StringComparison.Ordinal);
        Assert.Equal(["other"], small.FileNames());
    }

    [Fact]
    public void A_segment_is_taken_for_alive_until_it_is_closed()
    {
        OwnedSegment segment = _fixture.CreateOwned();
        Assert.False(LivenessFile.IsDead(Directory.Path, segment.View.FileName));
        segment.Dispose();
        Assert.True(LivenessFile.IsDead(Directory.Path, segment.View.FileName));
    }
}
