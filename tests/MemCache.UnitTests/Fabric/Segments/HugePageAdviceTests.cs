using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class HugePageAdviceTests
{
    private static readonly FileSystemStatus Tmpfs = new(0x01021994, 4096, 1 << 30);

    [Theory]
    [InlineData("always")]
    [InlineData("within_size")]
    [InlineData("advise")]
    [InlineData("force")]
    public void Tmpfs_gives_huge_pages_under_these_settings(string setting) =>
        Assert.Equal("", HugePageAdvice.WhyNot(Tmpfs, HugePages.Auto, setting));

    [Theory]
    [InlineData("never")]
    [InlineData("deny")]
    public void A_setting_that_forbids_them_is_named_with_the_command_that_allows_them(string setting)
    {
        string reason = HugePageAdvice.WhyNot(Tmpfs, HugePages.Auto, setting);
        Assert.Contains($"'{setting}'", reason, StringComparison.Ordinal);
        Assert.Contains(
            "echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_without_them_and_a_choice_against_them_are_reasons_too()
    {
        Assert.Contains("has no", HugePageAdvice.WhyNot(Tmpfs, HugePages.Auto, ""), StringComparison.Ordinal);
        Assert.Contains("configuration", HugePageAdvice.WhyNot(Tmpfs, HugePages.Off, "always"), StringComparison.Ordinal);
        Assert.Contains(
            "neither", HugePageAdvice.WhyNot(Tmpfs with { Type = 0xEF53 }, HugePages.Auto, "always"), StringComparison.Ordinal);
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
