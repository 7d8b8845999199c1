using MemCache.Fabric;
using MemCache.Interop;
using Xunit;

namespace MemCache.UnitTests;

public sealed class CopyTunerTests
{
    [Theory]
    [InlineData(1.0, 0.5, CopyKernel.NonTemporal)]
    [InlineData(0.5, 1.0, CopyKernel.Temporal)]
    [InlineData(1.05, 1.0, CopyKernel.NonTemporal)]
    public void The_faster_kernel_is_used_nearly_always(double temporal, double nonTemporal, CopyKernel expected)
    {
        CopyTunerClass tuner = new(CopyKernel.NonTemporal);
        int wins = Play(tuner, 1000, (kernel, _) => kernel == CopyKernel.Temporal ? temporal : nonTemporal)
            .Skip(10).Count(kernel => kernel == expected);
        Assert.InRange(wins, 970, 989);
    }

    [Fact]
    public void Single_disturbed_batches_change_nothing()
    {
        CopyTunerClass tuner = new(CopyKernel.NonTemporal);
        int wins = Play(tuner, 1000, (kernel, i) => (i % 4 == 0 ? 5.0 : 1.0) * (kernel == CopyKernel.Temporal ? 1.5 : 1.0))
            .Skip(10).Count(kernel => kernel == CopyKernel.NonTemporal);
        Assert.True(wins > 900, $"{wins}");
    }

    [Fact]
    public void A_machine_that_becomes_slower_or_faster_for_both_changes_nothing()
    {
        CopyTunerClass tuner = new(CopyKernel.NonTemporal);
        int wins = Play(tuner, 1000, (kernel, i) => (1 + (i / 10 % 3)) * (kernel == CopyKernel.Temporal ? 1.3 : 1.0))
            .Count(kernel => kernel == CopyKernel.NonTemporal);
        Assert.True(wins > 950, $"{wins}");
    }

    [Theory]
    [InlineData(CopyKernel.Temporal)]
    [InlineData(CopyKernel.NonTemporal)]
    public void Whichever_comes_first_the_faster_one_is_chosen_within_ten_batches(CopyKernel first)
    {
        foreach (CopyKernel faster in (CopyKernel[])[CopyKernel.Temporal, CopyKernel.NonTemporal])
        {
            CopyTunerClass tuner = new(first);
            CopyKernel[] choices = [.. Play(tuner, 30, (kernel, _) => kernel == faster ? 1.0 : 1.4)];
            Assert.True(choices.Skip(10).Count(kernel => kernel == faster) >= 17);
        }
    }

    [Fact]
    public void A_kernel_that_becomes_the_slower_one_is_left()
    {
        CopyTunerClass tuner = new(CopyKernel.NonTemporal);
        CopyKernel[] choices = [.. Play(tuner, 1000, (kernel, i) =>
            (kernel == CopyKernel.Temporal) == (i < 100) ? 1.0 : 2.0)];
        Assert.Equal(CopyKernel.Temporal, choices[90]);
        Assert.True(choices.Skip(110).Count(kernel => kernel == CopyKernel.NonTemporal) > 850);
    }

    [Fact]
    public void A_kernel_that_becomes_the_faster_one_is_found()
    {
        CopyTunerClass tuner = new(CopyKernel.NonTemporal);
        CopyKernel[] choices = [.. Play(tuner, 3000, (kernel, i) =>
            kernel == CopyKernel.Temporal ? 1.0 : i < 100 ? 1.2 : 0.7)];
        Assert.Equal(CopyKernel.NonTemporal, choices[^2]);
    }

    [Fact]
    public void Small_batches_are_not_measured()
    {
        CopyTuner tuner = new();
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(CopyKernel.Temporal, tuner.Choose(CopyDirection.Put, CopyTuner.MeasuredBytesMin - 1));
            tuner.Record(CopyDirection.Put, CopyTuner.MeasuredBytesMin - 1, CopyKernel.Temporal, 1_000_000);
        }
    }

    [Fact]
    public void Directions_and_sizes_are_measured_apart()
    {
        Assert.SkipUnless(CopyKernels.HasNonTemporal, "one kernel only");
        CopyTuner tuner = new();
        long[] sizes = [1 << 20, 8 << 20, 64 << 20];
        for (int i = 0; i < 20; i++)
        {
            foreach (long size in sizes)
            {
                CopyKernel put = tuner.Choose(CopyDirection.Put, size);
                tuner.Record(CopyDirection.Put, size, put, put == CopyKernel.Temporal ? size : 2 * size);
                CopyKernel get = tuner.Choose(CopyDirection.Get, size);
                tuner.Record(CopyDirection.Get, size, get, get == CopyKernel.Temporal ? 2 * size : size);
            }
        }

        foreach (long size in sizes)
        {
            Assert.Equal(CopyKernel.Temporal, tuner.Choose(CopyDirection.Put, size));
            Assert.Equal(CopyKernel.NonTemporal, tuner.Choose(CopyDirection.Get, size));
        }
    }

    private static IEnumerable<CopyKernel> Play(CopyTunerClass tuner, int batches, Func<CopyKernel, int, double> nanoseconds)
    {
        for (int i = 0; i < batches; i++)
        {
            CopyKernel kernel = tuner.Choose();
            tuner.Record(kernel, nanoseconds(kernel, i));
            yield return kernel;
        }
    }
}
