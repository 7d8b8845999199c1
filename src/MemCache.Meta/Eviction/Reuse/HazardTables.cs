namespace MemCache.Meta;

/// <summary>
/// What was observed of each class and age bin (references again, and the time that blocks were of that class and age),
/// and the rate at which holding a block pays that follows from it. Ghosts are observed like residents, so that
/// eviction does not distort what is learned. Few observations are filled up from more general ones: class, classes
/// without their last dimension, all, an LRU-like prior.
/// </summary>
internal sealed class HazardTables
{
    private const double PriorEvents = 200;
    private const double ParentEvents = 50;
    private const double ClassEvents = 1000;
    private const double LevelEvents = 20;
    private const double PriorScale = 0.25;

    private const int Bins = AgeBins.Count;

    private readonly double[] _events = new double[BlockClass.Count * Bins];
    private readonly double[] _exposure = new double[BlockClass.Count * Bins];
    private readonly float[] _rates = new float[BlockClass.Count * Bins];
    private readonly double[] _all = new double[Bins];
    private readonly double[] _parent = new double[Bins];
    private readonly double[] _class = new double[Bins];
    private readonly double[] _pooledEvents = new double[Bins];
    private readonly double[] _pooledExposure = new double[Bins];

    /// <summary>Tables that have seen nothing: their rates fall with age, so the order is about that of LRU.</summary>
    public HazardTables() => Recompute();

    /// <summary>
    /// Best references a tick to be had by holding a block, by class and bin: <c>class * AgeBins.Count + bin</c>.
    /// </summary>
    public ReadOnlySpan<float> Rates => _rates;

    /// <summary>
    /// The chance of a reference within one tick at <paramref name="bin"/>, as last computed for the last class. For
    /// tests.
    /// </summary>
    public double HazardOf(int classIndex, int bin)
    {
        ComputeAll();
        ComputeParent(classIndex / BlockClass.NewBlockCount);
        ComputeClass(classIndex);
        return _class[bin];
    }

    /// <summary>A block of this class was referenced again at this age; half of the tick it was exposed.</summary>
    public void AddEvent(int classIndex, int bin)
    {
        _events[classIndex * Bins + bin]++;
        _exposure[classIndex * Bins + bin] += 0.5;
    }

    /// <summary>So many blocks were of this class and age for a tick.</summary>
    public void AddExposure(int classIndex, int bin, double blockTicks) =>
        _exposure[classIndex * Bins + bin] += blockTicks;

    /// <summary>What was seen so far counts half from now on.</summary>
    public void Halve()
    {
        for (int i = 0; i < _events.Length; i++)
        {
            _events[i] *= 0.5;
            _exposure[i] *= 0.5;
        }
    }

    /// <summary>Computes <see cref="Rates"/> from what was seen.</summary>
    public void Recompute()
    {
        ComputeAll();
        for (int parent = 0; parent < BlockClass.Count / BlockClass.NewBlockCount; parent++)
        {
            ComputeParent(parent);
            for (int i = 0; i < BlockClass.NewBlockCount; i++)
            {
                int classIndex = parent * BlockClass.NewBlockCount + i;
                ComputeClass(classIndex);
                ComputeRates(_class, _rates.AsSpan(classIndex * Bins, Bins));
            }
        }
    }

    private void ComputeAll()
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            double events = 0;
            double exposure = 0;
            for (int i = bin; i < _events.Length; i += Bins)
            {
                events += _events[i];
                exposure += _exposure[i];
            }

            double middle = AgeBins.First(bin) + AgeBins.Width(bin) * 0.5;
            double prior = PriorScale / (middle + 1);
            _all[bin] = (events + PriorEvents) / (exposure + PriorEvents / prior);
        }
    }

    private void ComputeParent(int parent)
    {
        int first = parent * BlockClass.NewBlockCount * Bins;
        for (int bin = 0; bin < Bins; bin++)
        {
            double events = 0;
            double exposure = 0;
            for (int i = 0; i < BlockClass.NewBlockCount; i++)
            {
                events += _events[first + i * Bins + bin];
                exposure += _exposure[first + i * Bins + bin];
            }

            _pooledEvents[bin] = events;
            _pooledExposure[bin] = exposure;
        }

        Shrink(_pooledEvents, _pooledExposure, _all, ParentEvents, _parent);
    }

    private void ComputeClass(int classIndex) => Shrink(
        _events.AsSpan(classIndex * Bins, Bins),
        _exposure.AsSpan(classIndex * Bins, Bins),
        _parent,
        ClassEvents,
        _class);

    // Two steps: how much more often than the general hazards say is the whole of it referenced, and then where bin by
    // bin.
    private static void Shrink(
        ReadOnlySpan<double> events,
        ReadOnlySpan<double> exposure,
        ReadOnlySpan<double> general,
        double weight,
        Span<double> hazards)
    {
        double seen = 0;
        double expected = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            seen += events[bin];
            expected += exposure[bin] * general[bin];
        }

        double level = (seen + LevelEvents) / (expected + LevelEvents);
        for (int bin = 0; bin < Bins; bin++)
        {
            hazards[bin] = (events[bin] + weight) / (exposure[bin] + weight / (level * general[bin]));
        }
    }

    // The best over all horizons of expected references by then over expected ticks held by then. The maximum matters:
    // after a turn the hazard rises for a while before it falls.
    private static void ComputeRates(ReadOnlySpan<double> hazards, Span<float> rates)
    {
        Span<double> hit = stackalloc double[AgeBins.FiniteCount];
        Span<double> held = stackalloc double[AgeBins.FiniteCount];
        for (int bin = 0; bin < AgeBins.FiniteCount; bin++)
        {
            hit[bin] = 1 - Math.Exp(-hazards[bin] * AgeBins.Width(bin));
            held[bin] = hit[bin] / hazards[bin];
        }

        for (int start = 0; start < AgeBins.FiniteCount; start++)
        {
            double alive = 1;
            double hits = 0;
            double ticks = 0;
            double bestHits = 0;
            double bestTicks = 1;
            for (int bin = start; bin < AgeBins.FiniteCount; bin++)
            {
                hits += alive * hit[bin];
                ticks += alive * held[bin];
                alive *= 1 - hit[bin];
                if (hits * bestTicks > bestHits * ticks)
                {
                    bestHits = hits;
                    bestTicks = ticks;
                }
            }

            rates[start] = (float)(bestHits / bestTicks);
        }

        rates[AgeBins.Ancient] = (float)hazards[AgeBins.Ancient];
    }
}
