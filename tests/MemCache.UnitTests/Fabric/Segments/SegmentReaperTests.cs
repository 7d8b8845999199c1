using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SegmentReaperTests : IDisposable
{
    private readonly ShmDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_of_processes_that_ended_go_and_those_of_living_ones_stay()
    {
        LivenessFile.Create(_directory.Path, out LivenessFile? alive, out _);
        Leave(".live");
        Leave(".segment");
        using (alive)
        {
            Assert.Equal(2, Reap());
            Assert.Equal([alive!.FileName], _directory.FileNames());
            Assert.Equal(0, Reap());
        }
    }

    [Fact]
    public void A_segment_of_this_process_stays()
    {
        using SegmentFixture fixture = new();
        OwnedSegment segment = fixture.CreateOwned();
        Assert.Equal(0, SegmentReaper.RemoveStale(fixture.Directory.Path, NullLogger.Instance));
        Assert.Equal([segment.View.FileName], fixture.Directory.FileNames());
    }

    [Fact]
    public void The_file_of_a_killed_process_goes()
    {
        string name = Leave(".segment");
        using LockHolder holder = new(_directory.PathOf(name));
        Assert.Equal(0, Reap());
        holder.Kill();
        Assert.Equal(1, Reap());
        Assert.Empty(_directory.FileNames());
    }

    [Fact]
    public void Nothing_that_is_not_ours_is_touched()
    {
        string[] names =
        [
            "other", "mmc-notes.txt", "mmc-0123.segment", "mmc-0123456789abcdef0123456789abcdeg.segment",
            "mmc-0123456789abcdef0123456789abcdef.segment.bak", "xmmc-0123456789abcdef0123456789abcdef.segment",
        ];
        foreach (string name in names)
        {
            File.WriteAllText(_directory.PathOf(name), "");
        }

        Directory.CreateDirectory(_directory.PathOf($"mmc-{SegmentUuid.New()}.segment"));
        File.CreateSymbolicLink(_directory.PathOf($"mmc-{SegmentUuid.New()}.live"), _directory.PathOf("other"));
        Assert.Equal(0, Reap());
        Assert.Equal(names.Length + 1, _directory.FileNames().Length);
    }

    [Fact]
    public void A_file_of_another_user_is_not_touched()
    {
        Assert.SkipUnless(PosixFile.CurrentUserId == 0, "giving a file away needs root");
        string path = _directory.PathOf(Leave(".segment"));
        using (System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["65534", path]))
        {
            chown.WaitForExit();
        }

        Assert.Equal(0, Reap());
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_missing_directory_removes_nothing_and_throws_nothing() =>
        Assert.Equal(0, SegmentReaper.RemoveStale(_directory.PathOf("missing"), NullLogger.Instance));

    [Fact]
    public void A_creator_whose_new_file_is_reaped_before_it_locks_makes_another_one()
    {
        List<string> reaped = [];
        Errno error = LockedFile.Create(_directory.Path, ".live", out LockedFile? file, path =>
        {
            if (reaped.Count < 3)
            {
                Assert.Equal(1, Reap());
                reaped.Add(Path.GetFileName(path));
            }
        });
        using (file)
        {
            Assert.Equal(Errno.None, error);
            Assert.Equal(3, reaped.Count);
            Assert.DoesNotContain(file!.Name, reaped);
            Assert.Equal([file.Name], _directory.FileNames());
            Assert.False(LivenessFile.IsDead(_directory.Path, file.Name));
        }
    }

    [Fact]
    public void A_creator_whose_new_file_is_locked_by_a_reaper_makes_another_one()
    {
        PosixFile? reaper = null;
        Errno error = LockedFile.Create(_directory.Path, ".live", out LockedFile? file, path =>
        {
            if (reaper is null)
            {
                PosixFile.OpenExisting(path, writable: false, out reaper);
                Assert.Equal(Errno.None, reaper!.TryLockExclusive());
            }
        });
        using (reaper)
        using (file)
        {
            Assert.Equal(Errno.None, error);
            Assert.Equal([file!.Name], _directory.FileNames());
        }
    }

    [Fact]
    public void A_creator_that_loses_every_time_gives_up()
    {
        Errno error = LockedFile.Create(_directory.Path, ".live", out LockedFile? file, _ => Reap());
        Assert.Equal(Errno.WouldBlock, error);
        Assert.Null(file);
        Assert.Empty(_directory.FileNames());
    }

    [Fact]
    public async Task Creators_and_reapers_at_the_same_time_leave_exactly_the_living_files()
    {
        bool isDone = false;
        Task reaper = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                Reap();
            }
        });
        List<LivenessFile> alive = [];
        for (int i = 0; i < 2000; i++)
        {
            Assert.Equal(MmcStatus.Ok, LivenessFile.Create(_directory.Path, out LivenessFile? file, out _));
            Assert.True(File.Exists(_directory.PathOf(file!.FileName)));
            alive.Add(file);
            if (alive.Count > 20)
            {
                alive[0].Dispose();
                alive.RemoveAt(0);
            }
        }

        Volatile.Write(ref isDone, true);
        await reaper;
        Assert.Equal(alive.Select(f => f.FileName).Order(), _directory.FileNames());
        alive.ForEach(f => f.Dispose());
    }

    private int Reap() => SegmentReaper.RemoveStale(_directory.Path, NullLogger.Instance);

    private string Leave(string suffix)
    {
        string name = $"mmc-{SegmentUuid.New()}{suffix}";
        File.WriteAllText(_directory.PathOf(name), "");
        return name;
    }
}
