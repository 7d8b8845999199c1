using System.Runtime.CompilerServices;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// What the two kernels took lately for one class of batches. The one with the best of its last five is used: whatever
/// disturbs a batch makes it longer, never shorter, so the best is what a kernel can do. The other one is tried again:
/// soon at first, because what a process does first is not typical, then the less often the longer the choice stands.
/// Thread-safe.
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
    private CopyKernel _lastBetter = CopyKernel.NonTemporal;

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

            CopyKernel better = _nonTemporal.Best <= _temporal.Best ? CopyKernel.NonTemporal : CopyKernel.Temporal;
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
    /// Chooses the other kernel for once. The longer the choice has stood, the later the next try; a choice that has
    /// turned is looked at again soon.
    /// </summary>
    private CopyKernel Probe(CopyKernel better)
    {
        _probePeriod = better == _lastBetter ? Math.Min(2 * _probePeriod, ProbePeriodMax) : ProbePeriodMin;
        _lastBetter = better;
        _batchesUntilProbe = _probePeriod;
        return better == CopyKernel.NonTemporal ? CopyKernel.Temporal : CopyKernel.NonTemporal;
    }

    private struct Samples
    {
        private Values _values;
        private int _next;

        public int Count { get; private set; }

        public readonly double Best
        {
            get
            {
                double best = double.MaxValue;
                foreach (double value in ((ReadOnlySpan<double>)_values)[..Count])
                {
                    best = Math.Min(best, value);
                }

                return best;
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
