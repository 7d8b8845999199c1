using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class HugePageAdviceTests
{
    private static readonly FileSystemStatus Tmpfs = new(0x01021994, 4096, 1 << 30);

    private static readonly SegmentOptions Options = new() { Directory = "/dev/shm" };

    [Theory]
    [InlineData("never", "always")]
    [InlineData("never", "within_size")]
    [InlineData("advise", "advise")]
    [InlineData("force", "never")]
    public void Tmpfs_gives_huge_pages_where_the_mount_or_the_kernel_says_so(string setting, string mount) =>
        Assert.Equal("", HugePageAdvice.WhyNot(Tmpfs, Options, setting, mount));

    [Fact]
    public void A_mount_without_them_is_named_with_the_command_that_enables_them() =>
        Assert.Equal(
            "/dev/shm is mounted with huge=never; enable with: mount -o remount,huge=advise /dev/shm",
            HugePageAdvice.WhyNot(Tmpfs, Options, "always", "never"));

    [Fact]
    public void Everything_else_that_prevents_them_is_named_too()
    {
        Assert.Contains("'deny'", HugePageAdvice.WhyNot(Tmpfs, Options, "deny", "always"), StringComparison.Ordinal);
        Assert.Contains("has no", HugePageAdvice.WhyNot(Tmpfs, Options, "", "always"), StringComparison.Ordinal);
        Assert.Contains(
            "configuration",
            HugePageAdvice.WhyNot(Tmpfs, Options with { HugePages = HugePages.Off }, "force", "always"),
            StringComparison.Ordinal);
        Assert.Contains(
            "neither", HugePageAdvice.WhyNot(Tmpfs with { Type = 0xEF53 }, Options, "force", "always"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/shm", "never")]
    [InlineData("/dev/shm/sub", "never")]
    [InlineData("/mnt/huge", "advise")]
    [InlineData("/mnt/huge/a/b", "advise")]
    [InlineData("/mnt/huge2", "never")]
    [InlineData("/mnt/over", "always")]
    [InlineData("/", "never")]
    public void The_option_is_that_of_the_mount_the_directory_lies_in(string directory, string expected)
    {
        const string Mounts = """
            1 0 0:1 / / rw - ext4 /dev/vda rw
            30 25 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684084k
            42 27 0:39 / /mnt/huge rw,relatime shared:7 - tmpfs tmpfs rw,size=2097152k,huge=advise
            43 27 0:40 / /mnt/over rw,relatime - tmpfs tmpfs rw,huge=never
            44 27 0:41 / /mnt/over rw,relatime - tmpfs tmpfs rw,huge=always

            """;
        Assert.Equal(expected, HostMemory.ParseMountHugePages(Mounts, directory));
        Assert.Equal("never", HostMemory.ParseMountHugePages("", directory));
    }

    [Fact]
    public void A_segment_on_a_mount_with_huge_pages_has_them()
    {
        using ShmDirectory mounted = ShmDirectory.Mount(64 << 20, "huge=advise");
        using SegmentFixture fixture = new(mounted);
        Assert.SkipUnless(
            HostMemory.ReadMountHugePages(mounted.Path) == "advise" && HostMemory.ReadHugePageSetting() is not ("" or "deny"),
            "this kernel has no huge pages for tmpfs");
        OwnedSegment segment = fixture.CreateOwned(16 << 20);
        Assert.Equal(PageKind.HugeAdvised, segment.Pages);
        string[] smaps = File.ReadAllLines("/proc/self/smaps");
        int start = Array.FindLastIndex(smaps, line => line.Contains(segment.View.FileName, StringComparison.Ordinal));
        string mapped = smaps.Skip(start).First(line => line.StartsWith("ShmemPmdMapped:", StringComparison.Ordinal));
        Assert.Contains($"{16 << 10} kB", mapped, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always within_size advise [never] deny force\n", "never")]
    [InlineData("[always] never", "always")]
    [InlineData("", "")]
    [InlineData("garbage ] [", "")]
    public void The_setting_is_the_word_in_brackets(string text, string choice) =>
        Assert.Equal(choice, HostMemory.ParseChoice(text));

    [Theory]
    [InlineData("MemTotal: 5 kB\nMemAvailable:   1234 kB\nX: 1 kB", 1234 * 1024)]
    [InlineData("MemTotal: 5 kB", long.MaxValue)]
    [InlineData("MemAvailable: many kB", long.MaxValue)]
    [InlineData("", long.MaxValue)]
    public void Available_memory_is_read_in_bytes(string text, long bytes) =>
        Assert.Equal(bytes, HostMemory.ParseAvailable(text));
}
