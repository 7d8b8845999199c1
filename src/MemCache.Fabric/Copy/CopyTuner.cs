using System.Diagnostics;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// Chooses the kernel of a batch from what both of them took on earlier batches of its size class and direction.
/// Thread-safe.
/// </summary>
internal sealed class CopyTuner
{
    /// <summary>Smaller batches stay in the caches: memcpy, not measured.</summary>
    public const long MeasuredBytesMin = 1L << 20;

    private const long MediumBytesMin = 8L << 20;
    private const long LargeBytesMin = 64L << 20;
    private const int ClassCount = 3;

    private readonly CopyTunerClass[] _classes = new CopyTunerClass[2 * ClassCount];

    public CopyTuner()
    {
        for (int i = 0; i < _classes.Length; i++)
        {
            // What does not fit the last-level cache gains by not passing through it; the rest mostly fits.
            _classes[i] = new CopyTunerClass(i % ClassCount == 0 ? CopyKernel.Temporal : CopyKernel.NonTemporal);
        }
    }

    /// <summary>The kernel for the next batch of this kind.</summary>
    public CopyKernel Choose(CopyDirection direction, long sizeBytes) =>
        sizeBytes < MeasuredBytesMin || !CopyKernels.HasNonTemporal
            ? CopyKernel.Temporal
            : ClassOf(direction, sizeBytes).Choose();

    /// <summary>Notes what a batch took.</summary>
    public void Record(CopyDirection direction, long sizeBytes, CopyKernel kernel, long ticks)
    {
        if (sizeBytes >= MeasuredBytesMin)
        {
            double nanoseconds = ticks * (1e9 / Stopwatch.Frequency);
            ClassOf(direction, sizeBytes).Record(kernel, nanoseconds / sizeBytes);
        }
    }

    private CopyTunerClass ClassOf(CopyDirection direction, long sizeBytes)
    {
        int size = sizeBytes < MediumBytesMin ? 0 : sizeBytes < LargeBytesMin ? 1 : 2;
        return _classes[((int)direction * ClassCount) + size];
    }
}
