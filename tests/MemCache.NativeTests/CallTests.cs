using Xunit;

namespace MemCache.NativeTests;

/// <summary>Every function from C and C++, plain and with the address sanitizer, whose leak check runs at the end of each program.</summary>
public sealed class CallTests
{
    [Theory]
    [InlineData("store_calls.c", false)]
    [InlineData("store_calls.c", true)]
    [InlineData("addresses.c", false)]
    [InlineData("addresses.c", true)]
    [InlineData("classic_calls.c", false)]
    [InlineData("classic_calls.c", true)]
    [InlineData("two_stores.c", false)]
    [InlineData("two_stores.c", true)]
    [InlineData("threads.c", false)]
    [InlineData("threads.c", true)]
    [InlineData("logger.c", false)]
    [InlineData("logger.c", true)]
    public void All_functions_do_what_their_headers_say(string source, bool isSanitized)
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile(source, "c11", isSanitized));
    }

    [Theory]
    [InlineData("c++14", false)]
    [InlineData("c++17", false)]
    [InlineData("c++20", true)]
    public void All_members_of_the_class_do_what_its_header_says(string standard, bool isSanitized)
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("cpp_store.cpp", standard, isSanitized));
    }

    [Theory]
    [InlineData("examples/c/blocks.c", "c11", false, "61 layers of 131072 bytes: the same")]
    [InlineData("examples/c/blocks.c", "c11", true, "61 layers of 131072 bytes: the same")]
    [InlineData("examples/c/classic.c", "c11", true, "hello, pool")]
    [InlineData("examples/c/classic.c", "c17", false, "hello, pool")]
    [InlineData("examples/cpp/blocks.cpp", "c++14", false, "4 blocks: the same; size 131072, replicas: rank 0 medium 1")]
    [InlineData("examples/cpp/blocks.cpp", "c++20", true, "4 blocks: the same; size 131072, replicas: rank 0 medium 1")]
    public void The_examples_run(string source, string standard, bool isSanitized, string output)
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile(source, standard, isSanitized), output: output);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_calls()
    {
        using var pool = new NativePool();
        pool.Run(NativeCompiler.Compile("growth.c", "c11", isSanitized: false));
    }
}
