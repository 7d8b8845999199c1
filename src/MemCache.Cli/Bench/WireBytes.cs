using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.Cli;

/// <summary>How many bytes one request and its reply have on the wire, for a bare round trip of the same.</summary>
/// <param name="RequestBytes">Header and payload.</param>
/// <param name="ReplyBytes">Header and payload.</param>
internal readonly record struct WireBytes(int RequestBytes, int ReplyBytes)
{
    /// <summary>Exists, for these keys.</summary>
    public static WireBytes Exists(KeyBatch keys)
    {
        var room = new byte[KeysRequest.SizeBytes(0, keys.Spans)];
        return Of(KeysRequest.Encode(room, [], keys.Spans), StatusesReply.SizeBytes(keys.Count));
    }

    /// <summary>Lookup, for these keys; it brings back as many leases as the one before it took.</summary>
    public static WireBytes Lookup(KeyBatch keys)
    {
        var releases = new LeaseRelease[keys.Count];
        var room = new byte[LookupRequest.SizeBytes(releases.Length, keys.Spans)];
        return Of(LookupRequest.Encode(room, releases, keys.Spans, 0), LocationsBytes(keys.Count));
    }

    /// <summary>Reserve, for these keys with one replica each.</summary>
    public static WireBytes Reserve(KeyBatch keys)
    {
        var room = new byte[ReserveRequest.SizeBytes(0, keys.Spans)];
        var sizes = new long[keys.Count];
        return Of(
            ReserveRequest.Encode(room, [], keys.Spans, sizes, default, Medium.Dram), LocationsBytes(keys.Count));
    }

    /// <summary>Commit of as many reservations.</summary>
    public static WireBytes Commit(int count) =>
        Of(CommitRequest.SizeBytes(0, count), StatusesReply.SizeBytes(count));

    private static int LocationsBytes(int count) =>
        LocationsReply.End(new byte[LocationsReply.SizeBytesMax(count)], count, count);

    private static WireBytes Of(int requestPayloadBytes, int replyPayloadBytes) =>
        new(FrameHeader.SizeBytes + requestPayloadBytes, FrameHeader.SizeBytes + replyPayloadBytes);
}
