using System.Runtime.Intrinsics;

namespace MemCache.Meta;

/// <summary>
/// Estimates live what hit ratio other capacities would give, from all requests and without a second cache. For each of
/// some capacities it keeps, for each cohort (class and last tick) of known blocks, how many of them a pool of that
/// capacity would still hold. A block that is asked for enters its cohort whole; when a capacity is exceeded, the
/// cohorts that pay least are cut first, as <see cref="ReusePolicy"/> evicts. The share of a block's cohort that is
/// held is its chance to be hit. Not thread-safe. docs/design/miss-ratio-curve.md says how near it comes.
/// </summary>
internal sealed class MissRatioEstimator
{
    /// <summary>Capacities that are estimated.</summary>
    public const int LevelCount = 8;

    // LIMIT: a level may be exceeded by a 64th until it is cut; cutting at each put would cost more than it tells.
    private const double SlackShare = 1.0 / 64;

    private const int Bins = AgeBins.Count;

    private readonly double[] _held = new double[CohortCounts.Count * LevelCount];
    private readonly double[] _total = new double[LevelCount];
    private readonly double[] _hits = new double[LevelCount];
    private readonly double[] _run = new double[LevelCount];
    private readonly int[] _order = new int[BlockClass.Count * Bins];
    private readonly float[] _orderRates = new float[BlockClass.Count * Bins];
    private double _references;
    private uint _now = 1;
    private long _capacityCount;

    /// <summary>
    /// An estimate for pools around <paramref name="capacityCount"/> objects; <paramref name="rates"/> as <see
    /// cref="HazardTables.Rates"/>.
    /// </summary>
    public MissRatioEstimator(long capacityCount, ReadOnlySpan<float> rates)
    {
        Resize(capacityCount);
        Order(rates);
    }

    /// <summary>The capacities that are estimated, as multiples of the present one.</summary>
    public static ReadOnlySpan<double> Factors => [0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8];

    /// <summary>References that the estimate rests on; halved ones count half.</summary>
    public double ReferenceCount => _references;

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_held.Length * sizeof(double);

    /// <summary>Objects of a level.</summary>
    public double CapacityCountOf(int level) => Factors[level] * _capacityCount;

    /// <summary>
    /// Share of the blocks asked for that a pool of this capacity would have had, those behind a missing one not
    /// counted.
    /// </summary>
    public double HitRatioOf(int level) => _references == 0 ? 0 : _hits[level] / _references;

    /// <summary>The present capacity has become another.</summary>
    public void Resize(long capacityCount) => _capacityCount = capacityCount;

    /// <summary>
    /// What was counted so far counts half from now on: done every now and then, the estimate is of late.
    /// </summary>
    public void Halve()
    {
        _references *= 0.5;
        foreach (ref double hits in _hits.AsSpan())
        {
            hits *= 0.5;
        }
    }

    /// <summary>A request for so many blocks; <see cref="See"/> follows for each of the leading known ones.</summary>
    public void BeginRequest(int blockCount)
    {
        _references += blockCount;
        Vector512<double> one = Vector512.Create(1.0);
        one.CopyTo(_run);
        CutWhereExceeded();
    }

    /// <summary>
    /// The next known block of the request is one of the <paramref name="knownCount"/> of this cohort.
    /// </summary>
    public void See(int cohort, int knownCount)
    {
        Vector512<double> held = Vector512.Create<double>(_held.AsSpan(cohort * LevelCount, LevelCount));
        Vector512<double> run = Vector512.Min(Vector512.Create<double>(_run), held / Math.Max(1, knownCount));
        run.CopyTo(_run);
        (Vector512.Create<double>(_hits) + run).CopyTo(_hits);
    }

    /// <summary>A block joined this cohort; it was just asked for, so every pool has it.</summary>
    public void Enter(int cohort)
    {
        Span<double> held = _held.AsSpan(cohort * LevelCount, LevelCount);
        Vector512<double> one = Vector512.Create(1.0);
        (Vector512.Create<double>(held) + one).CopyTo(held);
        (Vector512.Create<double>(_total) + one).CopyTo(_total);
    }

    /// <summary>One of the <paramref name="knownCount"/> blocks of this cohort leaves it, nobody knows which.</summary>
    public void Leave(int cohort, int knownCount)
    {
        Span<double> held = _held.AsSpan(cohort * LevelCount, LevelCount);
        Vector512<double> share = Vector512.Create<double>(held) / Math.Max(1, knownCount);
        (Vector512.Create<double>(held) - share).CopyTo(held);
        (Vector512.Create<double>(_total) - share).CopyTo(_total);
    }

    /// <summary>Tick <paramref name="now"/> begins with these rates.</summary>
    public void Tick(ReadOnlySpan<float> rates, uint now)
    {
        _now = now;
        int place = (int)(now & (AgeBins.TickCount - 1));
        for (int classIndex = 0; classIndex < BlockClass.Count; classIndex++)
        {
            Span<double> oldest = _held.AsSpan((classIndex * CohortCounts.PerClass + place) * LevelCount, LevelCount);
            Span<double> ancient = _held.AsSpan(CohortCounts.AncientOf(classIndex) * LevelCount, LevelCount);
            (Vector512.Create<double>(ancient) + Vector512.Create<double>(oldest)).CopyTo(ancient);
            oldest.Clear();
        }

        Order(rates);
        CutWhereExceeded();
    }

    private void Order(ReadOnlySpan<float> rates)
    {
        rates.CopyTo(_orderRates);
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        Array.Sort(_orderRates, _order);
    }

    private void CutWhereExceeded()
    {
        for (int level = 0; level < LevelCount; level++)
        {
            double capacity = CapacityCountOf(level);
            if (_total[level] > capacity * (1 + SlackShare))
            {
                Cut(level, _total[level] - capacity);
            }
        }
    }

    private void Cut(int level, double excess)
    {
        double left = excess;
        for (int i = 0; i < _order.Length && left > 0; i++)
        {
            left -= CutCell(level, _order[i] / Bins, _order[i] % Bins, left);
        }

        _total[level] -= excess - Math.Max(0, left);
    }

    // All cohorts of a class and bin have the same rate, so they lose the same share. Returns how much was there to
    // cut.
    private double CutCell(int level, int classIndex, int bin, double most)
    {
        int first = classIndex * CohortCounts.PerClass;
        if (bin == AgeBins.Ancient)
        {
            ref double ancient = ref _held[(first + AgeBins.TickCount) * LevelCount + level];
            double cut = Math.Clamp(ancient, 0, most);
            ancient -= cut;
            return cut;
        }

        uint age = (uint)AgeBins.First(bin);
        uint end = age + (uint)AgeBins.Width(bin);
        double held = 0;
        for (uint i = age; i < end; i++)
        {
            held += _held[(first + (int)(_now - i & (AgeBins.TickCount - 1))) * LevelCount + level];
        }

        if (held <= 0)
        {
            return 0;
        }

        double kept = 1 - Math.Min(1, most / held);
        for (uint i = age; i < end; i++)
        {
            _held[(first + (int)(_now - i & (AgeBins.TickCount - 1))) * LevelCount + level] *= kept;
        }

        return Math.Min(held, most);
    }
}
