using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.FuzzTests;

/// <summary>Valid frames of every kind to begin from, and frames that once were interesting: <c>Corpus/*.hex</c>.</summary>
internal static class FrameCorpus
{
    /// <summary>One whole request frame for every operation.</summary>
    public static IReadOnlyList<byte[]> Requests { get; } = BuildRequests();

    /// <summary>One payload for every kind of reply.</summary>
    public static IReadOnlyList<byte[]> ReplyPayloads { get; } = BuildReplies();

    /// <summary>Frames kept in files, one hexadecimal text each; what follows a # is a comment.</summary>
    public static IReadOnlyList<byte[]> Kept { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"), "*.hex").Order(StringComparer.Ordinal).Select(Load)];

    private static byte[] Load(string path) => Convert.FromHexString(string.Concat(
        File.ReadAllLines(path).Select(line => line.Split('#')[0]).SelectMany(line => line.Where(c => !char.IsWhiteSpace(c)))));

    private static List<byte[]> BuildRequests()
    {
        byte[] room = new byte[1 << 16];
        KeySpans keys = new KeyBatch("alpha", "beta", "", "gamma").Spans;
        LeaseRelease[] releases = [new() { Ref = new ObjectRef(1), Generation = 2 }];
        CommitEntry[] entries = [new() { Ref = new ObjectRef(1), Generation = 2, Publish = 1 }];
        OrphanEntry[] orphans = [new() { Slot = 1, Generation = 2, Session = new SessionId(1) }];
        var options = new ReplicateOptions(2, new RankId(0));
        var join = new JoinRequest
        {
            ProvidesMemory = true,
            Medium = Medium.Dram,
            WantedRank = new RankId(0),
            SlotCount = 512,
            DataBytes = 2 << 20,
            SegmentFileName = "segment"u8,
            LivenessFileName = "live"u8,
            HostId = "host"u8,
            SoftwareVersion = "1"u8,
            HasContent = true,
            GenerationSeen = 1000,
        };
        RestoreEntry[] found =
        [
            new() { Generation = 5, Offset = 4096, SizeBytes = 4096, Slot = 1, Held = 1 },
            new() { Generation = 6, PutGeneration = 6, Offset = 8192, SizeBytes = 5000, Slot = 2, ReplicaCount = 2, ReplicaIndex = 1 },
            new() { Generation = 7, PutGeneration = 7, SizeBytes = 1, Slot = 511, ReplicaCount = 1 },
            new() { Generation = 8, PutGeneration = 1, Offset = -4096, SizeBytes = long.MaxValue, Slot = 3, ReplicaCount = 255, ReplicaIndex = 9 },
        ];
        ReportEntry[] reported =
        [
            new() { Counter = ReportCounter.GetBytes, Index = (ushort)DataPath.Tcp, Value = 4096 },
            new() { Counter = ReportCounter.CallBuckets, Index = 511, Value = ulong.MaxValue },
            new() { Counter = (ReportCounter)9999, Index = 65535, Value = 1 },
        ];
        return
        [
            Frame(Opcode.Hello, room, new HelloRequest(new SessionId(1), 2).Encode(room)),
            Frame(Opcode.Join, room, join.Encode(room)),
            Frame(Opcode.Leave, room, new LeaveRequest(new SessionId(1)).Encode(room)),
            Frame(Opcode.Leave, room, new LeaveRequest(new SessionId(1), LeaveMode.BeginMove).Encode(room)),
            Frame(Opcode.TakeMoves, room, new MovesRequest(16, 1 << 20).Encode(room)),
            Frame(Opcode.TakeMoves, room, new MovesRequest(uint.MaxValue, long.MinValue).Encode(room)),
            Frame(Opcode.FinishMoves, room, CommitRequest.Encode(room, releases, entries)),
            Frame(Opcode.Heartbeat, room, HeartbeatRequest.Encode(room, new SessionId(1), 3, orphans)),
            Frame(Opcode.Report, room, ReportRequest.Encode(room, new SessionId(1), reported)),
            Frame(Opcode.Restore, room, RestoreRequest.Encode(room, found, keys)),
            Frame(Opcode.EndRestore, room, 0),
            Frame(Opcode.Segments, room, 0),
            Frame(Opcode.Exists, room, KeysRequest.Encode(room, releases, keys)),
            Frame(Opcode.Lookup, room, LookupRequest.Encode(room, releases, keys, 0)),
            Frame(Opcode.Lookup, room, LookupRequest.Encode(room, releases, keys, LookupRequest.NoLease)),
            Frame(Opcode.Reserve, room, ReserveRequest.Encode(room, releases, keys, [1, 4096, 5, 70000], options, Medium.Dram)),
            Frame(Opcode.Commit, room, CommitRequest.Encode(room, releases, entries)),
            Frame(Opcode.Remove, room, KeysRequest.Encode(room, default, keys)),
            Frame(Opcode.RemoveAll, room, ReleasesRequest.Encode(room, releases)),
            Frame(Opcode.Release, room, ReleasesRequest.Encode(room, releases)),
            Frame(Opcode.Allocate, room, ReserveRequest.Encode(room, releases, keys, [1, 4096, 5, -7], default, Medium.Dram)),
            Frame(Opcode.AddLease, room, LookupRequest.Encode(room, releases, keys, 1000)),
            Frame(Opcode.AddLease, room, LookupRequest.Encode(room, default, keys, LookupRequest.NoLease)),
            Frame(Opcode.RemoveLease, room, KeysRequest.Encode(room, releases, keys)),
            Frame(Opcode.Pin, room, PinRequest.Encode(room, releases, keys, ObjectPin.Soft, 5000)),
            Frame(Opcode.Pin, room, PinRequest.Encode(room, default, keys, null, null)),
            Frame(Opcode.Stats, room, ReleasesRequest.Encode(room, default)),
        ];
    }

    private static List<byte[]> BuildReplies()
    {
        byte[] room = new byte[1 << 16];
        var replies = new List<byte[]>();
        int length = StatusesReply.Begin(room, 3, out Span<MmcStatus> statuses);
        statuses.Clear();
        replies.Add(room[..length]);
        _ = LocationsReply.Begin(room, 2, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas);
        replicas.Clear();
        objects[0] = new ObjectLocation { ReplicaCount = 1, SizeBytes = 5 };
        objects[1] = new ObjectLocation { ReplicaCount = 2, SizeBytes = 6, FirstReplicaIndex = 1 };
        replies.Add(room[..LocationsReply.End(room, 2, 3)]);
        replies.Add(room[..CountReply.Encode(room, 7)]);
        replies.Add(room[..ErrorReply.Encode(room, "what went wrong"u8)]);
        replies.Add(room[..StatsReply.Encode(room, new PoolTotals { ObjectCount = 1 }, [default, default])]);
        replies.Add(room[..new JoinReply { HeartbeatMs = 1, SilenceMs = 1, UnixSocketPath = "/x"u8 }.Encode(room)]);
        replies.Add(room[..MovesReply.Encode(
            room, [new MoveEntry { SizeBytes = 5, SourceCount = 2, ReplicaCount = 2 }], [default, default], new KeyBatch("key").Spans)]);
        replies.Add(room[..new LeaveReply(LeaveReply.Running, 5).Encode(room)]);
        var writer = new PayloadWriter(room);
        HeartbeatReply.Begin(
            ref writer, 1, new HeartbeatNews(2, 3, 4, 5), [new OrphanEntry { Session = new SessionId(4) }], [default, default], 2);
        HeartbeatReply.WriteWriter(ref writer, new SessionId(3), "live-3"u8);
        HeartbeatReply.WriteWriter(ref writer, new SessionId(4), "live-4"u8);
        replies.Add(room[..writer.Length]);
        writer = new PayloadWriter(room);
        SegmentsReply.Begin(ref writer, 1, 2);
        var entry = new SegmentEntry { DataBytes = 4096, FileName = "seg"u8, HostId = "host"u8 };
        entry.Write(ref writer);
        entry.Write(ref writer);
        replies.Add(room[..writer.Length]);
        return replies;
    }

    private static byte[] Frame(Opcode opcode, byte[] payload, int payloadBytes)
    {
        byte[] frame = new byte[FrameHeader.SizeBytes + payloadBytes];
        FrameHeader.ForRequest(opcode, payloadBytes, 1, 0).Write(frame);
        payload.AsSpan(0, payloadBytes).CopyTo(frame.AsSpan(FrameHeader.SizeBytes));
        return frame;
    }
}
