using System.Runtime.CompilerServices;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// What the two kernels took lately for one class of batches. The better median of the last five is used. The other one
/// is tried again: soon at first, because what a process does first is not typical, then the less often the longer the
/// choice stands. Thread-safe.
/// </summary>
internal sealed class CopyTunerClass
{
    private const int SampleCount = 5;

    // Trying the other kernel costs its deficit once in so many batches; at the longest period, a kernel half as fast
    // costs 0.4 %.
    private const int ProbePeriodMin = 4;
    private const int ProbePeriodMax = 256;

    private readonly Lock _lock = new();
    private Samples _temporal;
    private Samples _nonTemporal;
    private int _probePeriod = ProbePeriodMin;
    private int _batchesUntilProbe = ProbePeriodMin;

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

            CopyKernel better = _nonTemporal.Median <= _temporal.Median ? CopyKernel.NonTemporal : CopyKernel.Temporal;
            return --_batchesUntilProbe > 0 ? better : Probe(better);
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

    /// <summary>
    /// Chooses the other kernel for once. If it was the better one when it was last tried, the next try comes soon:
    /// three such tries turn the median.
    /// </summary>
    private CopyKernel Probe(CopyKernel better)
    {
        bool isNonTemporal = better == CopyKernel.NonTemporal;
        double last = isNonTemporal ? _temporal.Last : _nonTemporal.Last;
        double median = isNonTemporal ? _nonTemporal.Median : _temporal.Median;
        _probePeriod = last < median ? ProbePeriodMin : Math.Min(2 * _probePeriod, ProbePeriodMax);
        _batchesUntilProbe = _probePeriod;
        return isNonTemporal ? CopyKernel.Temporal : CopyKernel.NonTemporal;
    }

    private struct Samples
    {
        private Values _values;
        private int _next;

        public int Count { get; private set; }

        public readonly double Last => _values[(_next + SampleCount - 1) % SampleCount];

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
