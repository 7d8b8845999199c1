using System.Runtime.CompilerServices;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// What the two kernels took lately for one class of batches. The better median of the last five is used; the other one is tried again
/// now and then, the less often the worse it was. Thread-safe.
/// </summary>
internal sealed class CopyTunerClass
{
    private const int SampleCount = 5;

    // Trying the other kernel costs at most its deficit once in so many batches: 10 % worse costs 0.3 %, twice as slow 0.4 %.
    private const int ProbePeriodNear = 32;
    private const int ProbePeriodFar = 256;
    private const double FarRatio = 1.3;

    private readonly Lock _lock = new();
    private Samples _temporal;
    private Samples _nonTemporal;
    private int _batchesUntilProbe = ProbePeriodNear;

    /// <summary>The kernel for the next batch.</summary>
    public CopyKernel Choose()
    {
        lock (_lock)
        {
            // At first in turn until both have all samples, so that what disturbs one disturbs the other as well.
            if (_nonTemporal.Count < SampleCount || _temporal.Count < SampleCount)
            {
                return _nonTemporal.Count <= _temporal.Count ? CopyKernel.NonTemporal : CopyKernel.Temporal;
            }

            double temporal = _temporal.Median;
            double nonTemporal = _nonTemporal.Median;
            bool nonTemporalWins = nonTemporal <= temporal;
            if (--_batchesUntilProbe <= 0)
            {
                double ratio = nonTemporalWins ? temporal / nonTemporal : nonTemporal / temporal;
                _batchesUntilProbe = ratio > FarRatio ? ProbePeriodFar : ProbePeriodNear;
                nonTemporalWins = !nonTemporalWins;
            }

            return nonTemporalWins ? CopyKernel.NonTemporal : CopyKernel.Temporal;
        }
    }

    /// <summary>Notes what a batch took, in nanoseconds a byte.</summary>
    public void Record(CopyKernel kernel, double nanosecondsPerByte)
    {
        lock (_lock)
        {
            ref Samples samples = ref kernel == CopyKernel.NonTemporal ? ref _nonTemporal : ref _temporal;
            samples.Add(nanosecondsPerByte);
        }
    }

    private struct Samples
    {
        private Values _values;
        private int _next;

        public int Count { get; private set; }

        public readonly double Median
        {
            get
            {
                Values sorted = _values;
                ((Span<double>)sorted).Sort();
                return sorted[SampleCount / 2];
            }
        }

        public void Add(double value)
        {
            _values[_next] = value;
            _next = (_next + 1) % SampleCount;
            Count = Math.Min(Count + 1, SampleCount);
        }

        [InlineArray(SampleCount)]
        private struct Values
        {
            private double _first;
        }
    }
}
