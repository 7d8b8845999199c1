using MemCache.Testing;
using Xunit;

namespace MemCache.NativeTests;

/// <summary>Several processes: peers, and a MetaService that goes and comes back.</summary>
public sealed class PoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public void Two_processes_share_objects_through_host_memory()
    {
        using var pool = new NativePool();
        string program = NativeCompiler.Compile("peer.c", "c11", isSanitized: false);
        ChildProcess writer = pool.Start(program, ["write"]);
        Assert.Equal("done", writer.ReadLine(Patience, "the writer's objects"));
        pool.Run(program, ["read"], output: "done");
        writer.Send("end");
        Assert.True(writer.WaitForExit(Patience));
        Assert.Equal(0, writer.ExitCode);
    }

    [Fact]
    public void Without_a_MetaService_every_call_returns_in_time_and_with_one_works_again()
    {
        using var pool = new NativePool();
        ChildProcess program = pool.Start(NativeCompiler.Compile("outage.c", "c11", isSanitized: false));
        Assert.Equal("ready", program.ReadLine(Patience, "the store to open"));
        for (int round = 0; round < 2; round++)
        {
            pool.Meta.Kill();
            Assert.Equal("down", program.Ask("down", Patience));
            pool.Meta.Restart();
            Assert.Equal("up", program.Ask("up", Patience));
        }
    }

    [Fact]
    public void A_program_starts_and_stops_a_MetaService_of_its_own()
    {
        using var pool = new NativePool();
        int[] ports = FreePort.Take(3);
        string directory = Directory.CreateDirectory(Path.Combine(pool.Meta.Directory, "own")).FullName;
        pool.Run(
            NativeCompiler.Compile("service.c", "c11", isSanitized: false),
            variables:
            [
                ("MMC_META_SERVICE_PATH", BuildOutput.Program("MemCache.MetaService", "mmc_meta_service")),
                ("MMC_TEST_META_URL", FormattableString.Invariant($"tcp://127.0.0.1:{ports[0]}")),
                ("MMC_TEST_MEMBER_URL", FormattableString.Invariant($"tcp://127.0.0.1:{ports[1]}")),
                ("MMC_TEST_METRICS_URL", FormattableString.Invariant($"http://127.0.0.1:{ports[2]}")),
                ("MMC_TEST_DIRECTORY", directory),
                ("MMC_TEST_SHM", pool.SharedMemory),
            ]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Random_arguments_never_end_the_process(int seed, bool isSanitized)
    {
        using var pool = new NativePool();
        string program = NativeCompiler.Compile("fuzz.c", "c11", isSanitized);
        pool.Run(program, [seed.ToString(System.Globalization.CultureInfo.InvariantCulture), "4"], output: null);
    }
}
