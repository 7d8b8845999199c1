namespace MemCache.Meta;

/// <summary>
/// How many known blocks, residents and ghosts, are of each class and last tick: a cohort. The last <see
/// cref="AgeBins.TickCount"/> ticks are told apart, in a ring; what is older is one cohort a class.
/// </summary>
internal sealed class CohortCounts
{
    /// <summary>Cohorts of one class.</summary>
    public const int PerClass = AgeBins.TickCount + 1;

    /// <summary>Cohorts.</summary>
    public const int Count = BlockClass.Count * PerClass;

    private readonly int[] _counts = new int[Count];

    /// <summary>The cohort of a class and the tick it was last referenced in.</summary>
    public static int IndexOf(int classIndex, uint tick, uint age) =>
        classIndex * PerClass + (age >= AgeBins.TickCount ? AgeBins.TickCount : (int)(tick & (AgeBins.TickCount - 1)));

    /// <summary>The cohort of a class that is older than the ring.</summary>
    public static int AncientOf(int classIndex) => classIndex * PerClass + AgeBins.TickCount;

    /// <summary>Blocks of a cohort.</summary>
    public int this[int cohort] => _counts[cohort];

    /// <summary>A block is of this cohort from now on.</summary>
    public void Enter(int cohort) => _counts[cohort]++;

    /// <summary>
    /// A block of this cohort left it. (Never below 0: ticks have 24 bits, so one that was held for ever might seem
    /// young.)
    /// </summary>
    public void Leave(int cohort) => _counts[cohort] = Math.Max(0, _counts[cohort] - 1);

    /// <summary>
    /// Tells <paramref name="hazards"/> that all blocks were what they are for one tick; <paramref name="now"/> is that
    /// tick.
    /// </summary>
    public void AddExposure(HazardTables hazards, uint now)
    {
        for (int classIndex = 0; classIndex < BlockClass.Count; classIndex++)
        {
            ReadOnlySpan<int> counts = _counts.AsSpan(classIndex * PerClass, PerClass);
            for (int bin = 0; bin < AgeBins.FiniteCount; bin++)
            {
                uint first = (uint)AgeBins.First(bin);
                long sum = 0;
                for (uint age = first; age < first + (uint)AgeBins.Width(bin); age++)
                {
                    sum += counts[(int)(now - age & (AgeBins.TickCount - 1))];
                }

                if (sum != 0)
                {
                    hazards.AddExposure(classIndex, bin, sum);
                }
            }

            hazards.AddExposure(classIndex, AgeBins.Ancient, counts[AgeBins.TickCount]);
        }
    }

    /// <summary>
    /// The ring's place of tick <paramref name="now"/>, which begins, is needed: what is there becomes ancient.
    /// </summary>
    public void Age(uint now)
    {
        int place = (int)(now & (AgeBins.TickCount - 1));
        for (int classIndex = 0; classIndex < BlockClass.Count; classIndex++)
        {
            ref int cohort = ref _counts[classIndex * PerClass + place];
            _counts[AncientOf(classIndex)] += cohort;
            cohort = 0;
        }
    }
}
