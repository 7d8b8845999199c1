using System.Buffers;
using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Meta;
using MemCache.MetaService;
using MemCache.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>The alternative: Kestrel reads and writes, with inline scheduling; the request handler and the engine are the same.</summary>
internal sealed class KestrelFrames : ConnectionHandler
{
    private readonly RequestHandler _handler;
    private readonly Listener _listener = new(null!, "kestrel", ListenerRole.Data | ListenerRole.Membership, "");

    public KestrelFrames()
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
    }

    public static void Run(EndPoint unix, EndPoint tcp)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<KestrelFrames>();
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            sockets.WaitForDataBeforeAllocatingBuffer = false;
            sockets.IOQueueCount = Math.Min(4, Environment.ProcessorCount);
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(unix, listen => listen.UseConnectionHandler<KestrelFrames>());
            kestrel.Listen(tcp, listen => listen.UseConnectionHandler<KestrelFrames>());
        });
        builder.Build().Run();
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var member = new ServerConnection(null!, _listener, 0, 0, 0);
        var output = new FrameBuffer(256 << 10);
        byte[] flat = new byte[256 << 10];
        while (true)
        {
            System.IO.Pipelines.ReadResult result = await connection.Transport.Input.ReadAsync().ConfigureAwait(false);
            SequencePosition consumed = HandleFrames(member, result.Buffer, output, flat, out int outputBytes);
            connection.Transport.Input.AdvanceTo(consumed, result.Buffer.End);
            if (outputBytes > 0)
            {
                await connection.Transport.Output.WriteAsync(output.Memory[..outputBytes]).ConfigureAwait(false);
            }

            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private SequencePosition HandleFrames(
        ServerConnection member, ReadOnlySequence<byte> buffer, FrameBuffer output, byte[] flat, out int outputBytes)
    {
        outputBytes = 0;
        Span<byte> head = stackalloc byte[FrameHeader.SizeBytes];
        while (buffer.Length >= FrameHeader.SizeBytes)
        {
            // Frames that lie in one piece are used as they are, the others are copied together.
            buffer.Slice(0, FrameHeader.SizeBytes).CopyTo(head);
            _ = FrameHeader.Read(head, out FrameHeader header);
            if (buffer.Length < header.FrameBytes)
            {
                break;
            }

            ReadOnlySequence<byte> payload = buffer.Slice(FrameHeader.SizeBytes, header.PayloadBytes);
            ReadOnlySpan<byte> bytes = payload.IsSingleSegment ? payload.FirstSpan : Flatten(payload, flat);
            var room = new ReplyRoom(output, outputBytes + FrameHeader.SizeBytes);
            MmcStatus status = _handler.Handle(member, header, bytes, room, out int payloadBytes);
            FrameHeader reply = header.ToReply(status, payloadBytes, _handler.Epoch);
            reply.Write(output.Span[outputBytes..]);
            outputBytes += (int)reply.FrameBytes;
            buffer = buffer.Slice(header.FrameBytes);
        }

        return buffer.Start;
    }

    private static ReadOnlySpan<byte> Flatten(ReadOnlySequence<byte> payload, byte[] flat)
    {
        payload.CopyTo(flat);
        return flat.AsSpan(0, (int)payload.Length);
    }
}
