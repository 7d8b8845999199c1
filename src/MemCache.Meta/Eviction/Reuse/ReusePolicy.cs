using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Evicts the object that pays least for its place: by how likely blocks of its kind and age are to be asked for again,
/// learned from the requests. Told of requests (<see cref="Refer"/>), of objects that come (<see cref="Place(ulong)"/>)
/// and go (<see cref="Withdraw"/>), by the hashes of their keys. Remembers what left for a while, so that it learns
/// what it costs. Deterministic: no clock, locks or I/O; the same calls with the same random numbers give the same
/// answers. Not thread-safe. docs/design/reuse-eviction.md says why it is so.
/// </summary>
internal sealed partial class ReusePolicy
{
    private readonly ReuseOptions _options;
    private readonly IRandom _random;
    private readonly ReuseEntries _entries = new();
    private readonly ReuseIndex _index;
    private readonly EntryQueue _announced = new();
    private readonly EntryQueue _ghosts = new();
    private readonly CohortCounts _cohorts = new();
    private readonly HazardTables _hazards = new();
    private int[] _chain = new int[256];
    private uint _now = 1;
    private long _capacityCount;
    private long _tickPutCount;
    private long _putsOfTick;

    /// <summary>A policy that knows nothing.</summary>
    /// <param name="options">For what it is made.</param>
    /// <param name="random">Draws the samples; used by this policy only.</param>
    public ReusePolicy(ReuseOptions options, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SampleCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SampleCount, ReuseLimits.SampleCountMax);
        _options = options;
        _random = random;
        _index = new ReuseIndex(_entries);
        MissRatio = options.EstimatesMissRatio ? new MissRatioEstimator(options.CapacityCount, _hazards.Rates) : null;
        Resize(options.CapacityCount);
    }

    /// <summary>Objects that are there.</summary>
    public long ResidentCount { get; private set; }

    /// <summary>Keys that are known: residents, ghosts and announced ones.</summary>
    public long KnownCount { get; private set; }

    /// <summary>Ticks since the start.</summary>
    public long TickCount { get; private set; }

    /// <summary>Bytes of all tables, free room included.</summary>
    public long Bytes => _entries.Bytes + _index.Bytes + _announced.Bytes + _ghosts.Bytes + (MissRatio?.Bytes ?? 0);

    /// <summary>The estimate of the hit ratio at other capacities; <see langword="null"/> unless asked for.</summary>
    public MissRatioEstimator? MissRatio { get; }

    /// <summary>What was learned.</summary>
    public HazardTables Hazards => _hazards;

    private long GhostCountMax => _options.GhostRatio * _capacityCount;

    private long AnnouncedCountMax => Math.Max(_capacityCount / 32, ReuseLimits.AnnouncedCountMin);

    /// <summary>The number of objects that fit has become another.</summary>
    public void Resize(long capacityCount)
    {
        // LIMIT: more ghosts than this have no numbers.
        long largest = ReuseLimits.EntryCountMax / (_options.GhostRatio + 2);
        _capacityCount = Math.Clamp(capacityCount, 1, largest);
        _tickPutCount = Math.Max(_capacityCount / ReuseLimits.TicksPerCapacity, ReuseLimits.TickPutCountMin);
        MissRatio?.Resize(_capacityCount);
        Trim();
    }

    /// <summary>What is known of a key; <see langword="false"/>: nothing.</summary>
    public bool TryRead(ulong hash, out ReuseEntry entry)
    {
        int number = _index.Find(hash);
        entry = number == 0 ? default : _entries[number];
        return number != 0;
    }

    /// <summary>
    /// A request asked for the blocks of a prompt, in order. To be told before those of them that are missing are put.
    /// A request that asks several times (exist, then get) is told once.
    /// </summary>
    /// <param name="chain">Hashes of their keys.</param>
    /// <param name="isAsked">Whether it asked only whether they are there: a read may follow (<see
    /// cref="WasAsked"/>).</param>
    public void Refer(ReadOnlySpan<ulong> chain, bool isAsked = false)
    {
        if (chain.IsEmpty)
        {
            return;
        }

        Span<int> numbers = Find(chain, out int knownCount);
        Estimate(numbers, knownCount);
        int newCount = chain.Length - knownCount;
        Announce(chain, numbers);
        for (int i = numbers.Length - 1; i >= 0; i--)
        {
            if (numbers[i] != 0)
            {
                int parent = i == 0 || numbers[i - 1] == numbers[i] ? 0 : numbers[i - 1];
                Update(numbers[i], parent, isLast: i == numbers.Length - 1, newCount, isAsked);
            }
        }

        Trim();
    }

    /// <summary>
    /// Whether somebody asked for this key of late, only to know whether it is there: then a read that begins with it
    /// belongs to a request that was told (<see cref="Refer"/>).
    /// </summary>
    public bool WasAsked(ulong hash)
    {
        int number = _index.Find(hash);
        return number != 0 && _entries[number].IsAsked && AgeOf(_entries[number]) <= ReuseLimits.AskedAgeMax;
    }

    /// <summary>
    /// Objects were put together. If the first of them was not asked for, they are a chain of their own, so that what
    /// is only ever written is known too.
    /// </summary>
    public void Place(ReadOnlySpan<ulong> batch)
    {
        if (!batch.IsEmpty && _index.Find(batch[0]) == 0)
        {
            Refer(batch);
        }

        foreach (ulong hash in batch)
        {
            Place(hash);
        }
    }

    /// <summary>The object of this key is there from now on.</summary>
    public void Place(ulong hash)
    {
        int number = _index.Find(hash);
        if (number == 0)
        {
            Refer([hash]);
            number = _index.Find(hash);
        }

        if (number == 0 || _entries[number].State == ReuseState.Resident)
        {
            return;
        }

        ref ReuseEntry entry = ref _entries[number];
        entry.State = ReuseState.Resident;
        _entries.MarkResident(number, true);
        ResidentCount++;
        // While it was not there it did not hold the block before it, which may have been forgotten meanwhile.
        entry.Parent = _entries[entry.Parent].State == ReuseState.Free ? 0 : entry.Parent;
        if (entry.Parent != 0)
        {
            ref ReuseEntry parent = ref _entries[entry.Parent];
            parent.AddChild();
            parent.Child = number;
        }

        if (++_putsOfTick >= _tickPutCount)
        {
            _putsOfTick = 0;
            Tick();
        }
    }

    /// <summary>
    /// The object of this key is gone: removed, lost, or evicted by somebody else's choice. It stays known.
    /// </summary>
    public void Withdraw(ulong hash)
    {
        int number = _index.Find(hash);
        if (number != 0 && _entries[number].State == ReuseState.Resident)
        {
            Leave(number);
            Trim();
        }
    }

    /// <summary>
    /// How many of the blocks to be put, from the first one on, are worth a place: as long as each pays more than the
    /// worst of some residents. Only to be asked when there is no free space.
    /// </summary>
    public int CountWorthy(ReadOnlySpan<ulong> batch)
    {
        float worst = float.MaxValue;
        for (int i = 0; i < _options.SampleCount && ResidentCount > 0; i++)
        {
            worst = Math.Min(worst, RateOf(_entries[_entries.SampleResident(_random)]));
        }

        int count = 0;
        while (count < batch.Length && IsWorth(batch[count], worst))
        {
            count++;
        }

        return count;
    }

    private bool IsWorth(ulong hash, float worst)
    {
        int number = _index.Find(hash);
        return number == 0 || worst == float.MaxValue || RateOf(_entries[number]) >= worst;
    }

    private uint AgeOf(in ReuseEntry entry) => _now - entry.Tick & ReuseEntry.TickMask;

    private float RateOf(in ReuseEntry entry) => _hazards.Rates[entry.Class * AgeBins.Count + AgeBins.Of(AgeOf(entry))];

    private int CohortOf(in ReuseEntry entry) => CohortCounts.IndexOf(entry.Class, entry.Tick, AgeOf(entry));

    private Span<int> Find(ReadOnlySpan<ulong> chain, out int knownCount)
    {
        if (_chain.Length < chain.Length)
        {
            _chain = new int[Math.Max(chain.Length, 2 * _chain.Length)];
        }

        if (chain.Length >= ReuseLimits.StagedChainCountMin && KnownCount >= ReuseLimits.StagedKeyCountMin)
        {
            _index.Touch(chain);
        }

        Span<int> numbers = _chain.AsSpan(0, chain.Length);
        knownCount = 0;
        for (int i = 0; i < chain.Length; i++)
        {
            numbers[i] = _index.Find(chain[i]);
            knownCount += numbers[i] != 0 && knownCount == i ? 1 : 0;
        }

        return numbers;
    }

    private void Estimate(ReadOnlySpan<int> numbers, int knownCount)
    {
        if (MissRatio is { } estimator)
        {
            estimator.BeginRequest(numbers.Length);
            foreach (int number in numbers[..knownCount])
            {
                int cohort = CohortOf(_entries[number]);
                estimator.See(cohort, _cohorts[cohort]);
            }
        }
    }

    // New keys get entries. Ghosts are about to be put again perhaps: their places among the ghosts, which may be the
    // next to go, count no more, and nothing of the chain is forgotten while it is worked on.
    private void Announce(ReadOnlySpan<ulong> chain, Span<int> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            // A key can be in a chain twice.
            int number = numbers[i] != 0 ? numbers[i] : _index.Find(chain[i]);
            numbers[i] = number != 0 ? number : Announce(chain[i]);
            if (number != 0 && _entries[number].State == ReuseState.Ghost)
            {
                _entries[number].State = ReuseState.Announced;
                Queue(_announced, number, ref _entries[number]);
            }
        }
    }

    private int Announce(ulong hash)
    {
        int number = _entries.Take();
        if (number == 0)
        {
            return 0;
        }

        ref ReuseEntry entry = ref _entries[number];
        entry.Hash = hash;
        if (!_index.Insert(number))
        {
            _entries.Return(number);
            return 0;
        }

        entry.State = ReuseState.Announced;
        KnownCount++;
        Queue(_announced, number, ref entry);
        return number;
    }

    private void Update(int number, int parent, bool isLast, int newCount, bool isAsked)
    {
        ref ReuseEntry entry = ref _entries[number];
        int references = entry.References;
        if (references != 0)
        {
            _hazards.AddEvent(entry.Class, AgeBins.Of(AgeOf(entry)));
            LeaveCohort(entry);
        }

        entry.References = references = Math.Min(references + 1, ReuseEntry.ReferenceCountMax);
        entry.SetReference(_now, BlockClass.Of(references, isLast, newCount), isAsked);
        int cohort = CohortOf(entry);
        _cohorts.Enter(cohort);
        MissRatio?.Enter(cohort);
        SetParent(number, ref entry, parent);
    }

    private void SetParent(int number, ref ReuseEntry entry, int parent)
    {
        bool isResident = entry.State == ReuseState.Resident;
        if (entry.Parent != parent)
        {
            int before = entry.Parent;
            entry.Parent = parent;
            if (isResident)
            {
                Abandon(number, before);
                if (parent != 0)
                {
                    _entries[parent].AddChild();
                }
            }
        }

        if (isResident && parent != 0)
        {
            _entries[parent].Child = number;
        }
    }

    // The child is resident no more, or has another parent.
    private void Abandon(int child, int parent)
    {
        if (parent == 0)
        {
            return;
        }

        ref ReuseEntry entry = ref _entries[parent];
        entry.RemoveChild();
        if (entry.Child == child)
        {
            entry.Child = 0;
        }

        ForgetIfUnneeded(parent, ref entry);
    }

    private void Leave(int number)
    {
        ref ReuseEntry entry = ref _entries[number];
        entry.State = ReuseState.Ghost;
        _entries.MarkResident(number, false);
        ResidentCount--;
        ForgetDrain(number);
        Abandon(number, entry.Parent);
        Queue(_ghosts, number, ref entry);
    }

    private void LeaveCohort(in ReuseEntry entry)
    {
        int cohort = CohortOf(entry);
        MissRatio?.Leave(cohort, _cohorts[cohort]);
        _cohorts.Leave(cohort);
    }

    private void Tick()
    {
        _cohorts.AddExposure(_hazards, _now);
        _now = _now + 1 & ReuseEntry.TickMask;
        TickCount++;
        _cohorts.Age(_now);
        if (TickCount % ReuseLimits.DecayTickCount == 0)
        {
            _hazards.Halve();
        }

        _hazards.Recompute();
        MissRatio?.Tick(_hazards.Rates, _now);
        if (MissRatio?.ReferenceCount > Math.Max(ReuseLimits.EstimateCountMin, 64 * _capacityCount))
        {
            MissRatio.Halve();
        }
    }
}
