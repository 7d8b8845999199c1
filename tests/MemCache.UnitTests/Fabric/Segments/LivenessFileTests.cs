using System.Runtime.Versioning;
using MemCache.Core;
using MemCache.Fabric;
using Xunit;

namespace MemCache.UnitTests;

[SupportedOSPlatform("linux")]
public sealed class LivenessFileTests : IDisposable
{
    private readonly ShmDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_process_is_alive_from_creation_to_close()
    {
        Assert.Equal(MmcStatus.Ok, LivenessFile.Create(_directory.Path, out LivenessFile? file, out string error));
        Assert.Equal("", error);
        string name = file!.FileName;
        Assert.Equal([name], _directory.FileNames());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.PathOf(name)));
        Assert.False(LivenessFile.IsDead(_directory.Path, name));
        Assert.False(LivenessFile.IsDead(_directory.Path, name)); // asking changes nothing

        file.Dispose();
        Assert.True(LivenessFile.IsDead(_directory.Path, name));
        Assert.Empty(_directory.FileNames());
    }

    [Fact]
    public void Two_files_never_have_the_same_name()
    {
        LivenessFile.Create(_directory.Path, out LivenessFile? first, out _);
        LivenessFile.Create(_directory.Path, out LivenessFile? second, out _);
        using (first)
        using (second)
        {
            Assert.NotEqual(first!.FileName, second!.FileName);
        }
    }

    [Fact]
    public void A_process_that_is_killed_is_dead()
    {
        string name = $"mmc-{SegmentUuid.New()}.live";
        File.WriteAllText(_directory.PathOf(name), "");
        using LockHolder holder = new(_directory.PathOf(name));
        Assert.False(LivenessFile.IsDead(_directory.Path, name));
        holder.Kill();
        Assert.True(LivenessFile.IsDead(_directory.Path, name));
    }

    [Fact]
    public void Whoever_asks_at_the_same_time_gets_the_same_answer()
    {
        string name = $"mmc-{SegmentUuid.New()}.live";
        File.WriteAllText(_directory.PathOf(name), "");
        int alive = 0;
        Parallel.For(0, 2000, _ => Interlocked.Add(ref alive, LivenessFile.IsDead(_directory.Path, name) ? 0 : 1));
        Assert.Equal(0, alive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("passwd")]
    [InlineData("../etc/passwd")]
    [InlineData("mmc-0123456789abcdef0123456789abcdef.other")]
    public void A_name_that_is_not_ours_counts_as_alive(string name) =>
        Assert.False(LivenessFile.IsDead(_directory.Path, name));

    [Fact]
    public void A_file_that_cannot_be_asked_counts_as_alive()
    {
        string name = $"mmc-{SegmentUuid.New()}.live";
        File.CreateSymbolicLink(_directory.PathOf(name), "/etc/passwd");
        Assert.False(LivenessFile.IsDead(_directory.Path, name));
    }

    [Fact]
    public void A_directory_that_does_not_exist_is_a_status_and_a_sentence()
    {
        MmcStatus status = LivenessFile.Create(_directory.PathOf("missing"), out LivenessFile? file, out string error);
        Assert.Equal(MmcStatus.NotConnectedToLocal, status);
        Assert.Null(file);
        Assert.Contains("does not exist", error, StringComparison.Ordinal);
    }
}
