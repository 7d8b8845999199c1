using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class WorkerOptionsTests
{
    private static readonly WorkerOptions Options = new()
    {
        MetaServiceUrl = "tcp://127.0.0.1:5000",
        ConfigStoreUrl = "tcp://127.0.0.1:6000",
        MetaServiceId = 4711,
        SharedMemoryDirectory = "/dev/shm/with space",
        ScratchDirectory = "/tmp/x",
        SegmentBytes = 80L << 30,
        BlockBytes = 140_544,
        BatchCount = 16,
    };

    [Fact]
    public void Survive_their_way_as_arguments() =>
        Assert.Equal(Options, WorkerOptions.Parse([.. Options.ToArguments()]));

    [Fact]
    public void Make_a_legal_configuration_of_any_size()
    {
        MemCache.Core.LocalServiceOptions local = Options.ToLocalServiceOptions();

        local.Validate();
        Assert.Equal(80L << 30, local.DramSizeBytes);
        Assert.Equal("host_shm", local.Protocol);
    }

    [Theory]
    [InlineData]
    [InlineData("a", "b")]
    public void Other_arguments_are_refused(params string[] arguments) =>
        Assert.Throws<FormatException>(() => WorkerOptions.Parse(arguments));
}
