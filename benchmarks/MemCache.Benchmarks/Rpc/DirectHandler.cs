using MemCache.Core;
using MemCache.Fabric;
using MemCache.Meta;
using MemCache.MetaService;
using MemCache.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>The request handler and the engine without any socket: what of a round trip is work and not transport.</summary>
internal sealed class DirectHandler : IRpcTarget
{
    private readonly RequestHandler _handler;
    private readonly ServerConnection _member =
        new(null!, new Listener(null!, "direct", ListenerRole.Data | ListenerRole.Membership, ""), 0, 0, 0);

    private readonly FrameBuffer _output = new(256 << 10);
    private readonly byte[] _payload = new byte[1 << 20];
    private readonly KeyBatch _keys;

    public DirectHandler(int keyCount, bool present = false)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        var engine = new MetaEngine(new MetaEngineOptions());
        var metrics = new RequestMetrics(1);
        var sessions = new SessionTable(engine, clock, metrics, 1, NullLogger.Instance);
        var terms = new MembershipTerms(1, 1000, 600_000, 1000);
        _handler = new RequestHandler(engine, sessions, clock, metrics, terms, static () => { }, NullLogger.Instance)
        {
            Drains = new DrainJobs(engine, clock, 1, 1000, NullLogger.Instance),
            Repairs = new RepairBudget(),
        };
        var join = new JoinRequest { WantedRank = RankId.None };
        Handle(Opcode.Join, join.Encode(_payload));
        _keys = ExistsCaller.Keys(keyCount);
        if (present)
        {
            PutAll(engine);
        }
    }

    public void Call() => Handle(Opcode.Exists, KeysRequest.Encode(_payload, default, _keys.Spans));

    public void Dispose()
    {
    }

    private void PutAll(MetaEngine engine)
    {
        var writer = new SessionId(1u << 30);
        int count = _keys.Count;
        engine.MountSegment(new RankId(7), Medium.Dram, 1L << 30, 1 << 16, out _);
        engine.OpenSession(writer, new RankId(7));
        var sizes = new long[count];
        sizes.AsSpan().Fill(4096);
        var objects = new ObjectLocation[count];
        var replicas = new ReplicaLocation[count * Limits.ReplicaCountMax];
        engine.Reserve(writer, _keys.Spans, sizes, default, Medium.Dram, 0, objects, replicas);
        CommitEntry[] commits = [.. objects.Select(o => new CommitEntry
        {
            Ref = o.Ref, Generation = replicas[o.FirstReplicaIndex].Generation, Publish = 1,
        })];
        var statuses = new MmcStatus[count];
        engine.Commit(writer, commits, 0, statuses);
        if (statuses.Any(status => status != MmcStatus.Ok))
        {
            throw new InvalidOperationException("the objects of the benchmark were not put");
        }
    }

    private void Handle(Opcode opcode, int payloadBytes)
    {
        FrameHeader header = FrameHeader.ForRequest(opcode, payloadBytes, 1, 0);
        MmcStatus status = _handler.Handle(
            _member, header, _payload.AsSpan(0, payloadBytes), new ReplyRoom(_output, FrameHeader.SizeBytes), out _);
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException(status.ToString());
        }
    }
}
