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

    public DirectHandler(int keyCount)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        var engine = new MetaEngine(new MetaEngineOptions());
        var metrics = new RequestMetrics(1);
        var sessions = new SessionTable(engine, clock, metrics, 1, NullLogger.Instance);
        var terms = new MembershipTerms(1, 1000, 600_000, 1000);
        _handler = new RequestHandler(engine, sessions, clock, metrics, terms, static () => { }, NullLogger.Instance);
        var join = new JoinRequest { WantedRank = RankId.None };
        Handle(Opcode.Join, join.Encode(_payload));
        _keys = ExistsCaller.Keys(keyCount);
    }

    public void Call() => Handle(Opcode.Exists, KeysRequest.Encode(_payload, default, _keys.Spans));

    public void Dispose()
    {
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
