using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class PosixFileTests : IDisposable
{
    private readonly ShmDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_file_is_readable_and_writable_by_its_owner_only()
    {
        using PosixFile file = Create("a");
        Assert.Equal(Errno.None, file.ReadStatus(out FileStatus status));
        Assert.Equal(Convert.ToUInt32("600", 8), status.Permissions);
        Assert.Equal(PosixFile.CurrentUserId, status.UserId);
        Assert.True(status.IsRegular);
        Assert.Equal(1u, status.LinkCount);
    }

    [Fact]
    public void Creating_refuses_a_name_that_is_taken()
    {
        using PosixFile file = Create("a");
        Assert.Equal(Errno.Exists, PosixFile.CreateExclusive(_directory.PathOf("a"), out PosixFile? second));
        Assert.Null(second);
    }

    [Fact]
    public void Creating_refuses_a_symbolic_link_that_points_nowhere()
    {
        File.CreateSymbolicLink(_directory.PathOf("link"), _directory.PathOf("target"));
        Assert.Equal(Errno.Exists, PosixFile.CreateExclusive(_directory.PathOf("link"), out _));
        Assert.False(File.Exists(_directory.PathOf("target")));
    }

    [Fact]
    public void Opening_does_not_follow_a_symbolic_link()
    {
        Create("target").Dispose();
        File.CreateSymbolicLink(_directory.PathOf("link"), _directory.PathOf("target"));
        Assert.Equal(Errno.SymbolicLink, PosixFile.OpenExisting(_directory.PathOf("link"), writable: false, out PosixFile? file));
        Assert.Null(file);
    }

    [Fact]
    public void A_directory_is_not_a_regular_file()
    {
        Assert.Equal(Errno.None, PosixFile.OpenExisting(_directory.Path, writable: false, out PosixFile? file));
        using (file)
        {
            Assert.Equal(Errno.None, file!.ReadStatus(out FileStatus status));
            Assert.False(status.IsRegular);
        }
    }

    [Fact]
    public void An_exclusive_lock_keeps_every_other_descriptor_out_until_it_is_closed()
    {
        PosixFile first = Create("a");
        using PosixFile second = Open("a");
        Assert.Equal(Errno.None, first.TryLockExclusive());
        Assert.Equal(Errno.WouldBlock, second.TryLockExclusive());
        Assert.Equal(Errno.WouldBlock, second.TryLockShared());
        first.Dispose();
        Assert.Equal(Errno.None, second.TryLockExclusive());
    }

    [Fact]
    public void Shared_locks_do_not_keep_each_other_out()
    {
        using PosixFile first = Create("a");
        using PosixFile second = Open("a");
        Assert.Equal(Errno.None, first.TryLockShared());
        Assert.Equal(Errno.None, second.TryLockShared());
    }

    [Fact]
    public void Reading_behind_the_end_is_a_short_count()
    {
        File.WriteAllBytes(_directory.PathOf("a"), [1, 2, 3]);
        using PosixFile file = Open("a");
        byte[] bytes = new byte[8];
        Assert.Equal(Errno.None, file.ReadAt(bytes, 1, out int count));
        Assert.Equal(2, count);
        Assert.Equal([2, 3, 0, 0, 0, 0, 0, 0], bytes);
    }

    [Fact]
    public void The_file_system_of_shared_memory_is_tmpfs_and_has_room()
    {
        using PosixFile file = Create("a");
        Assert.Equal(Errno.None, file.ReadFileSystem(out FileSystemStatus status));
        Assert.True(status.IsTmpfs);
        Assert.False(status.IsHugetlbfs);
        Assert.True(status.BytesAvailable > 0);
    }

    [Fact]
    public void An_unlinked_file_has_no_links()
    {
        using PosixFile file = Create("a");
        Assert.Equal(Errno.None, PosixFile.Unlink(_directory.PathOf("a")));
        Assert.Equal(Errno.None, file.ReadStatus(out FileStatus status));
        Assert.Equal(0u, status.LinkCount);
        Assert.Equal(Errno.NoEntry, PosixFile.Unlink(_directory.PathOf("a")));
    }

    private PosixFile Create(string name)
    {
        Assert.Equal(Errno.None, PosixFile.CreateExclusive(_directory.PathOf(name), out PosixFile? file));
        return file!;
    }

    private PosixFile Open(string name)
    {
        Assert.Equal(Errno.None, PosixFile.OpenExisting(_directory.PathOf(name), writable: true, out PosixFile? file));
        return file!;
    }
}
