using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MemCache.Core;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class CopyKernelsTests : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const byte Guard = 0xA5;

    private readonly NativeBuffer _source = NativeBuffer.Allocate(BufferBytes);
    private readonly NativeBuffer _destination = NativeBuffer.Allocate(BufferBytes);
    private readonly SplitMix64 _random = new(3);

    public CopyKernelsTests()
    {
        foreach (ref byte value in _source.Slice(0, BufferBytes))
        {
            value = (byte)_random.Next();
        }
    }

    public static TheoryData<CopyKernel> Kernels => new(Enum.GetValues<CopyKernel>());

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_size_and_alignment_arrives_whole_and_nothing_around_it_changes(CopyKernel kernel) =>
        CopyEverything((to, from, size) => CopyKernels.Copy(to, from, size, kernel));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void So_does_what_other_processors_use(bool isWide)
    {
        Assert.SkipUnless(isWide ? Avx512F.IsSupported : Avx.IsSupported, "this processor does not have the instructions");
        CopyEverything((to, from, size) => CopyKernels.CopyNonTemporal(to, from, size, isWide));
    }

    private void CopyEverything(Action<nuint, nuint, long> copy)
    {
        for (int i = 0; i < 1500; i++)
        {
            int size = i < 700 ? i : (int)_random.Below(i < 1400 ? 40_000 : BufferBytes - 4096);
            int from = (int)_random.Below(200);
            int to = 64 + (int)_random.Below(200);
            _destination.Slice(to - 64, size + 128).Fill(Guard);

            copy(_destination.Address + (nuint)to, _source.Address + (nuint)from, size);
            CopyKernels.StoreFence();

            Assert.True(
                _source.Slice(from, size).SequenceEqual(_destination.Slice(to, size)), $"size {size}, from {from}, to {to}");
            Assert.False(_destination.Slice(to - 64, 64).ContainsAnyExcept(Guard), $"before: size {size}, from {from}, to {to}");
            Assert.False(_destination.Slice(to + size, 64).ContainsAnyExcept(Guard), $"behind: size {size}, from {from}, to {to}");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_range_of_pieces_may_begin_and_end_inside_a_piece(CopyKernel kernel)
    {
        CopyPiece[] pieces =
        [
            new(_source.Address, _destination.Address, 5000),
            new(0, 0, 0),
            new(_source.Address + 9000, _destination.Address + 7000, 3000),
            new(_source.Address + 20_000, _destination.Address + 30_000, 10_000),
        ];
        PinnedSpan.Use(MemoryMarshal.AsBytes<CopyPiece>(pieces), kernel, static (address, kernel) =>
        {
            CopyKernels.CopyRange(address, 0, 1000, 4000 + 3000 + 2000, kernel);
            CopyKernels.StoreFence();
            return true;
        });

        Assert.False(_destination.Slice(0, 1000).ContainsAnyExcept((byte)0));
        Assert.True(_source.Slice(1000, 4000).SequenceEqual(_destination.Slice(1000, 4000)));
        Assert.True(_source.Slice(9000, 3000).SequenceEqual(_destination.Slice(7000, 3000)));
        Assert.True(_source.Slice(20_000, 2000).SequenceEqual(_destination.Slice(30_000, 2000)));
        Assert.False(_destination.Slice(32_000, 8000).ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(0, 1, 1, false)]
    [InlineData(1, 0, 1, false)]
    [InlineData(1, 1, -1, false)]
    [InlineData(0, 0, 0, true)]
    [InlineData(1, 1, long.MaxValue, true)]
    [InlineData(-16, 1, 17, false)]
    [InlineData(1, -16, 17, false)]
    public void A_piece_without_address_or_with_an_impossible_length_is_invalid(
        long source, long destination, long sizeBytes, bool isValid) =>
        Assert.Equal(isValid, new CopyPiece((nuint)source, (nuint)destination, sizeBytes).IsValid);
}
