using MemCache.Interop;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests;

public sealed class PinnedSpanTests
{
    [Fact]
    public void The_address_is_that_of_the_span()
    {
        byte[] source = [1, 2, 3, 4];
        byte[] destination = new byte[4];
        PinnedSpan.Use(source.AsSpan(1), destination, static (from, into) =>
            PinnedSpan.Use(into, from, static (to, from) =>
            {
                CopyKernels.Copy(to, from, 3, CopyKernel.Temporal);
                return true;
            }));
        Assert.Equal([2, 3, 4, 0], destination);
    }

    [Fact]
    public void An_empty_span_has_the_address_0() =>
        Assert.Equal((nuint)0, PinnedSpan.Use([], 0, static (address, _) => address));

    [Fact]
    public void Pinning_allocates_nothing()
    {
        byte[] bytes = new byte[16];
        nuint sum = 0;
        Assert.Equal(0, SteadyState.AllocatedBytes(
            10_000, i => sum += PinnedSpan.Use(bytes, i, static (address, state) => address + (nuint)state)));
        Assert.NotEqual((nuint)0, sum);
    }
}
