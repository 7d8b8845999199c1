using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

/// <summary>
/// An engine, the ranks' memory and client processes that do one small step after the other in an order that a seed decides. What must
/// always hold is checked after each step.
/// </summary>
internal sealed partial class World
{
    private const int RankCount = 4;
    private const int KeyCount = 60;
    private const int PageCountMax = 12;

    private readonly bool _isElastic;
    private readonly SplitMix64 _random;
    private readonly bool _hasRestarts;
    private readonly bool _hasPriorities;
    private readonly EvictionOrder _order;
    private MetaEngine _engine;
    private readonly FakeSegment?[] _ranks = new FakeSegment?[RankCount];
    private readonly Dictionary<ushort, FakeSegment> _mounted = [];
    private readonly List<FakeProcess> _processes = [];
    private readonly Dictionary<int, string> _keyOfContent = [];
    private readonly Dictionary<string, int> _visible = [];
    private readonly ObjectLocation[] _objects = new ObjectLocation[16];
    private readonly ReplicaLocation[] _replicas = new ReplicaLocation[16 * Limits.ReplicaCountMax];
    private readonly MmcStatus[] _statuses = new MmcStatus[16];
    private uint _sessionLast;
    private int _contentLast;
    private long _now = 1;
    private int _step;

    /// <summary>A world.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="isElastic">Many replicas and little else than moves: what they are about is rare otherwise.</param>
    /// <param name="hasRestarts">Whether MetaServices restart and owners join again with their segments.</param>
    /// <param name="order">What is evicted first.</param>
    /// <param name="hasPriorities">Whether objects have pins and ends, and a tenant a quota.</param>
    public World(
        ulong seed, bool isElastic = false, bool hasRestarts = false, EvictionOrder order = EvictionOrder.Lru,
        bool hasPriorities = false)
    {
        _hasPriorities = hasPriorities;
        _order = order;
        _isElastic = isElastic;
        _random = new SplitMix64(seed);
        _hasRestarts = hasRestarts;
        _engine = NewEngine();
    }

    /// <summary>Reads that were verified, and ones that were found out: a run without either proves nothing.</summary>
    public int VerifiedReads { get; private set; }

    public int MissedReads { get; private set; }

    /// <summary>Writers that found their slot revoked, and orphans that could not be resolved because their writer lives.</summary>
    public int RefusedCopies { get; private set; }

    public int HeldOrphans { get; private set; }

    public MetaEngineStats Stats => _engine.ReadStats();

    public void Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            _step++;
            Step();
            // Not always told: so what waits to be told is there when something is evicted, too.
            _engine.CheckInvariants(checksReuse: _step % 4 == 0);
            CheckBytes();
            CheckLeases();
        }
    }

    /// <summary>Everybody goes away in an orderly way: then every page has to come back.</summary>
    public void Drain()
    {
        foreach (FakeProcess process in _processes.ToArray())
        {
            Kill(process);
        }

        while (_mounted.Values.FirstOrDefault(segment => segment.Restoring is not null) is { } restoring)
        {
            StepRestore(restoring);
        }

        // Each shows an owner up to four orphans of a segment.
        for (int i = 0; i < 32; i++)
        {
            Heartbeats();
        }

        _engine.RemoveAll(_now);
        _visible.Clear();
        _now += 1_000_000;
        while (_engine.Tick(_now))
        {
        }

        _engine.CheckInvariants();
        MetaEngineStats stats = _engine.ReadStats();
        Invariant.Require(stats.ObjectCount == 0 && stats.ReservationCount == 0 && stats.OrphanCount == 0 && stats.RemovingCount == 0);
        Invariant.Require(stats.Media.All(medium => medium.UsedBytes == 0));
    }

    private void Step()
    {
        if (_hasRestarts && StepRestarts())
        {
            return;
        }

        if (_hasPriorities && _random.Below(12) == 0)
        {
            SetPriority();
            return;
        }

        if (_random.Below(12) == 0)
        {
            StepLeases();
            return;
        }

        if (_random.Below(_isElastic ? 2 : 6) == 0)
        {
            StepMoves();
            return;
        }

        switch (_random.Below(100))
        {
            case < 3: OpenProcess(); break;
            case < 4: Lose(); break;
            case < 5: Kill(Pick(_processes, _ => true)); break;
            case < 7: MountOrDrop(); break;
            case < 18: Reserve(); break;
            case < 55: StepCopies(); break;
            case < 66: Commit(); break;
            case < 75: BeginGet(); break;
            case < 87: StepGets(); break;
            case < 90: Exists(); break;
            case < 92: Remove(); break;
            case < 94: Heartbeats(); break;
            case < 97: _engine.Tick(_now); break;
            case < 99: _now += _random.Below(60); break;
            default: Rare(); break;
        }
    }

    private void Rare()
    {
        if (_random.Below(10) == 0)
        {
            _engine.RemoveAll(_now);
            _visible.Clear();
            _expected.Clear();
        }
        else
        {
            _now += 1000;
        }
    }

    private void OpenProcess()
    {
        if (_processes.Count(process => !process.IsClosed) >= 6)
        {
            return;
        }

        RankId rank = _random.Below(4) == 0 ? RankId.None : new RankId((ushort)_random.Below(RankCount));
        FakeProcess process = new(new SessionId(++_sessionLast), rank);
        Invariant.Require(_engine.OpenSession(process.Session, rank) == MmcStatus.Ok);
        _processes.Add(process);
    }

    /// <summary>The MetaService gives a session up; the process may be alive and go on copying.</summary>
    private void Lose()
    {
        if (Pick(_processes, process => !process.IsClosed) is { } lost)
        {
            lost.IsClosed = true;
            _engine.CloseSession(lost.Session, writerIsDead: false, _now);
        }
    }

    private void Kill(FakeProcess? killed)
    {
        if (killed is null)
        {
            return;
        }

        killed.IsDead = true;
        foreach (Copy copy in killed.Puts.SelectMany(put => put.Copies).Concat(killed.Moves.Select(move => move.Copy)))
        {
            copy.End();
        }

        // Seen by the end of its connection, or only later by its silence.
        if (!killed.IsClosed)
        {
            _engine.CloseSession(killed.Session, writerIsDead: _random.Below(2) == 0, _now);
            killed.IsClosed = true;
        }

        _processes.Remove(killed);
    }

    private void MountOrDrop()
    {
        int rank = (int)_random.Below(RankCount);
        if (_ranks[rank] is { } segment)
        {
            if (_random.Below(3) == 0)
            {
                segment.IsMounted = false;
                _ranks[rank] = null;
                _mounted.Remove(segment.Id.Value);
                ForgetExpected(segment);
                Invariant.Require(_engine.DropSegment(segment.Id) == MmcStatus.Ok);
                ForgetLost();
            }

            return;
        }

        int pageCount = 32 + (int)_random.Below(96);
        Invariant.Require(_engine.MountSegment(
            new RankId((ushort)rank), Medium.Dram, (long)pageCount * Limits.BlobAlignmentBytes, (uint)pageCount, out SegmentId id)
            == MmcStatus.Ok);
        Invariant.Require(!_mounted.ContainsKey(id.Value), "an id is given while it is in use");
        _ranks[rank] = _mounted[id.Value] = new FakeSegment(id, new RankId((ushort)rank), pageCount);
        _ranks[rank]!.Floor = _engine.GenerationLast + 1;
    }

    /// <summary>What an owner does with the orphans that a heartbeat shows it.</summary>
    private void Heartbeats()
    {
        Span<OrphanEntry> orphans = stackalloc OrphanEntry[4];
        foreach (FakeSegment segment in _mounted.Values)
        {
            int count = _engine.CopyOrphans(segment.Id, orphans);
            foreach (OrphanEntry orphan in orphans[..count])
            {
                ref FakeSegment.SlotWord slot = ref segment.Slots[(int)orphan.Slot];
                if (slot.Generation < orphan.Generation)
                {
                    slot = new FakeSegment.SlotWord(orphan.Generation, SlotState.Revoked, null);
                }
                else if (slot.Generation == orphan.Generation && slot.State == SlotState.Writing && !slot.Process!.IsDead)
                {
                    HeldOrphans++;
                    continue;
                }
                else if (slot.Generation == orphan.Generation && slot.State is SlotState.Writing or SlotState.Ready)
                {
                    slot = slot with { State = SlotState.Revoked };
                }

                _engine.ResolveOrphan(segment.Id, orphan.Slot, orphan.Generation, _now);
            }

            Retire(segment);
        }
    }

    private MetaEngine NewEngine() => new(new MetaEngineOptions
    {
        ShardCount = 1 << (int)_random.Below(4),
        HashSeed = _random.Next(),
        LeaseMsDefault = 100,
        EvictHighPercent = 90,
        EvictLowPercent = 70,
        EvictionOrder = _order,
        TenantQuotas = Quotas,
        HardPinPercent = 20,
        MinResidenceMs = _order == EvictionOrder.Reuse ? (int)_random.Below(3) * 10 : 0,
    })
    {
        Repairs = _random.Below(4) != 0,
    };

    private T? Pick<T>(IReadOnlyList<T> items, Func<T, bool> fits) where T : class
    {
        if (items.Count == 0)
        {
            return null;
        }

        int begin = (int)_random.Below(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            T item = items[(begin + i) % items.Count];
            if (fits(item))
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>Now and then somebody is stopped for a long time: longer than leases, and than sessions live.</summary>
    private int AnyResume() => _step + (_random.Below(4) == 0 ? (int)_random.Below(600) : 0);

    private string AnyKey() => $"key-{_random.Below(KeyCount)}";
}
