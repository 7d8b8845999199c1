using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>Calls about objects by their keys.</summary>
internal sealed class ObjectEndpoints
{
    private const int KeysTextBytesMax = HttpLimits.RequestLineBytesMax;

    private readonly MetaServer _server;

    private ObjectEndpoints(MetaServer server) => _server = server;

    /// <summary>Adds the calls to an application.</summary>
    public static void Map(IEndpointRouteBuilder application, MetaServer server)
    {
        var calls = new ObjectEndpoints(server);
        application.MapCall(
            new HttpCall("GET", "/query_key", HttpRight.Read, "Size of an object, and where its replicas are")
            {
                Parameters = [HttpParameters.Key],
                CountsAs = Operation.Query,
                Reply = RestJson.Default.QueryKeyReply,
            },
            calls.QueryAsync);
        application.MapCall(
            new HttpCall("GET", "/batch_query_keys", HttpRight.Read,
                "The same of several objects; an absent one has size 0")
            {
                Parameters = [new("keys", $"1 .. {HttpLimits.BatchCountMax} keys, commas between them",
                    IsRequired: true)],
                CountsAs = Operation.BatchQuery,
                Reply = RestJson.Default.BatchQueryReply,
            },
            calls.QueryBatchAsync);
        application.MapCall(
            new HttpCall("DELETE", "/api/v1/keys", HttpRight.Change,
                "Removes an object; its space comes back when nobody reads it")
            {
                Parameters = [HttpParameters.Key],
                CountsAs = Operation.Remove,
                Reply = RestJson.Default.RemovedReply,
            },
            calls.RemoveAsync);
    }

    private Task QueryAsync(HttpContext context)
    {
        QueryKeyReply reply = Query([HttpQuery.Key(context)])[0];
        reply = reply.Valid ? reply : reply with
        {
            Success = false,
            ErrorMessage = "no object has this key",
            Timestamp = HttpAnswer.NowMs(context),
        };
        return HttpAnswer.JsonAsync(context, reply, RestJson.Default.QueryKeyReply);
    }

    private Task QueryBatchAsync(HttpContext context)
    {
        byte[] text = HttpQuery.Bytes(context, "keys", KeysTextBytesMax) ?? [];
        List<byte[]> keys = [];
        foreach (Range range in text.AsSpan().Split((byte)','))
        {
            keys.Add(text[range]);
        }

        return keys.Count is >= 1 and <= HttpLimits.BatchCountMax && text.Length > 0
            ? HttpAnswer.JsonAsync(context, new BatchQueryReply(Success: true, Query(keys)),
                RestJson.Default.BatchQueryReply)
            : throw new HttpCallException(
                $"'keys' is not legal: 1 .. {HttpLimits.BatchCountMax} keys, commas between them");
    }

    private Task RemoveAsync(HttpContext context)
    {
        byte[] key = HttpQuery.Key(context);
        var statuses = new MmcStatus[1];
        _server.Engine.Remove(BatchOf([key]).Spans, _server.Clock.NowMs, statuses);
        return statuses[0] == MmcStatus.Ok
            ? HttpAnswer.JsonAsync(context, new RemovedReply(Success: true, KeyText.Of(key)),
                RestJson.Default.RemovedReply)
            : throw new HttpCallException("no object has this key");
    }

    private QueryKeyReply[] Query(List<byte[]> keys)
    {
        var objects = new ObjectLocation[keys.Count];
        var replicas = new ReplicaLocation[keys.Count * Limits.ReplicaCountMax];
        // A negative lease: nobody reads, and nothing becomes more recent.
        _ = _server.Engine.Lookup(BatchOf(keys).Spans, RankId.None, -1, _server.Clock.NowMs, objects, replicas);
        return
        [
            .. keys.Zip(objects, (key, found) => found.Status == MmcStatus.Ok
                ? ReplyOf(key, found, replicas.AsSpan((int)found.FirstReplicaIndex, found.ReplicaCount))
                : new QueryKeyReply(KeyText.Of(key), 0, 0, 0, Valid: false, [])),
        ];
    }

    private QueryKeyReply ReplyOf(byte[] key, in ObjectLocation found, ReadOnlySpan<ReplicaLocation> replicas)
    {
        List<BlobReply> blobs = [];
        foreach (ref readonly ReplicaLocation replica in replicas)
        {
            if (_server.Engine.TryReadOwner(replica.Segment, out RankId rank, out Medium medium))
            {
                blobs.Add(new BlobReply(rank.Value, (int)medium));
            }
        }

        return new QueryKeyReply(KeyText.Of(key), found.SizeBytes, 0, blobs.Count, Valid: true, [.. blobs]);
    }

    private static KeyBatch BatchOf(List<byte[]> keys)
    {
        var batch = new KeyBatch();
        foreach (byte[] key in keys)
        {
            batch.Add(key);
        }

        return batch;
    }
}
