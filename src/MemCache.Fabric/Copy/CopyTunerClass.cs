using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// Which of the two kernels serves one class of batches. The other one is tried now and then, and its batch is compared with the one just
/// before it: the machine's speed drifts, so only neighbours are comparable. Three tries in a row that were faster make it the chosen one. The
/// longer a choice stands, the rarer the tries. Thread-safe.
/// </summary>
/// <param name="first">Chosen until something better was seen.</param>
internal sealed class CopyTunerClass(CopyKernel first)
{
    // A disturbed batch makes the other kernel look faster; to be disturbed three times just before a try is rare.
    private const int WinsToSwitch = 3;
    private const int BatchesBetweenWins = 2;

    // Trying the other kernel costs its deficit once in so many batches; at the longest period, a kernel half as fast
    // costs 0.4 %.
    private const int TryPeriodMin = 4;
    private const int TryPeriodMax = 256;

    private readonly Lock _lock = new();
    private CopyKernel _chosen = first;
    private double _lastOfChosen;
    private int _wins;
    private int _tryPeriod = TryPeriodMin;
    private int _batchesUntilTry = TryPeriodMin;

    /// <summary>The kernel for the next batch.</summary>
    public CopyKernel Choose()
    {
        lock (_lock)
        {
            if (--_batchesUntilTry > 0)
            {
                return _chosen;
            }

            _batchesUntilTry = _tryPeriod;
            return _chosen == CopyKernel.NonTemporal ? CopyKernel.Temporal : CopyKernel.NonTemporal;
        }
    }

    /// <summary>Notes what a batch took, in nanoseconds a byte.</summary>
    public void Record(CopyKernel kernel, double nanosecondsPerByte)
    {
        lock (_lock)
        {
            if (kernel == _chosen)
            {
                _lastOfChosen = nanosecondsPerByte;
            }
            else if (nanosecondsPerByte >= _lastOfChosen)
            {
                _wins = 0;
                _tryPeriod = Math.Min(2 * _tryPeriod, TryPeriodMax);
                _batchesUntilTry = _tryPeriod;
            }
            else if (++_wins < WinsToSwitch)
            {
                _batchesUntilTry = BatchesBetweenWins;
            }
            else
            {
                _chosen = kernel;
                _lastOfChosen = nanosecondsPerByte;
                _wins = 0;
                _tryPeriod = TryPeriodMin;
                _batchesUntilTry = _tryPeriod;
            }
        }
    }
}
