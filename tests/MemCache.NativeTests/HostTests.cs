using Xunit;

namespace MemCache.NativeTests;

/// <summary>The process is the host's: its signals, its address space, its children, its end.</summary>
public sealed class HostTests
{
    [Fact]
    public void A_forked_child_gets_a_status_from_every_call()
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("forked.c", "c11", isSanitized: false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Signals_stay_as_the_host_has_set_them(bool hasHandler)
    {
        using var pool = new NativePool();
        (string, string)[] variables = hasHandler ? [("MMC_TEST_HANDLER", "1")] : [];
        pool.Run(NativeCompiler.Compile("signals.c", "c11", isSanitized: false), variables: variables);
    }

    [Fact]
    public void It_works_in_8_GiB_of_addresses_beyond_the_pool()
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("address_space.c", "c11", isSanitized: false));
    }

    [Theory]
    [InlineData("return")]
    [InlineData("busy")]
    [InlineData("thread")]
    [InlineData("dlclose")]
    [InlineData("closed")]
    public void The_host_ends_as_it_likes(string way)
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("leaves.c", "c11", isSanitized: false), [way]);
    }

    [Fact]
    public void It_can_be_loaded_used_and_unloaded_by_name()
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("loaded.c", "c11", isSanitized: false, isLinked: false));
    }

    [Fact]
    public void A_processor_that_is_too_old_is_a_status()
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("old_processor.c", "gnu11", isSanitized: false, isLinked: false));
    }
}
