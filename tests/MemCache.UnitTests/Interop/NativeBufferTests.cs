using MemCache.Core;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class NativeBufferTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(5000, 4096)]
    [InlineData(2 << 20, 2 << 20)]
    [InlineData((2 << 20) + 1, 2 << 20)]
    public void Memory_is_aligned_and_zeroed(int sizeBytes, int alignment)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(sizeBytes);
        buffer.Prefault();
        Assert.Equal(0u, buffer.Address % (nuint)alignment);
        Assert.Equal(sizeBytes, buffer.SizeBytes);
        Assert.False(buffer.Slice(0, sizeBytes).ContainsAnyExcept((byte)0));
        buffer.Slice(0, sizeBytes).Fill(1);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 101)]
    [InlineData(100, 1)]
    [InlineData(0, -1)]
    public void A_range_outside_is_refused(long offset, int length)
    {
        using NativeBuffer buffer = NativeBuffer.Allocate(100);
        Assert.Throws<InvariantException>(() => buffer.Slice(offset, length).Length);
    }

    [Fact]
    public void A_disposed_buffer_gives_no_spans()
    {
        NativeBuffer buffer = NativeBuffer.Allocate(100);
        buffer.Dispose();
        Assert.Throws<InvariantException>(() => buffer.Slice(0, 1).Length);
    }

    [Fact]
    public void More_than_the_machine_has_is_an_exception() =>
        Assert.ThrowsAny<OutOfMemoryException>(() => NativeBuffer.Allocate(1L << 50));
}
