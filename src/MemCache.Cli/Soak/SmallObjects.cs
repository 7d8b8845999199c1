using System.Diagnostics;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>The calls for a single object of one buffer: get, put. Verifies every byte. Not thread-safe.</summary>
internal sealed class SmallObjects(ObjectStore store, BlockClient counts, Action<string> reportError)
{
    private readonly byte[] _value = new byte[SoakWorkload.SmallBytesMax];

    /// <summary>Gets an object, and puts it if it is not there.</summary>
    public RequestOutcome Serve(ulong id)
    {
        RequestOutcome outcome = Get(id, out MmcStatus status) with { Requests = 1, BlockReferences = 1 };
        return status == MmcStatus.Ok ? outcome : outcome + Put(id);
    }

    /// <summary>Gets an object.</summary>
    public RequestOutcome Get(ulong id, out MmcStatus status)
    {
        ReadOnlySpan<byte> key = BlockClient.WriteKey(id, stackalloc byte[32]);
        _value[0] = (byte)~_value[0];
        long begin = Stopwatch.GetTimestamp();
        status = store.Get(key, _value, out long sizeBytes);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        counts.GetLatency.Record(time);
        counts.Statuses.Add("get", status);
        if (status != MmcStatus.Ok)
        {
            return new RequestOutcome { GetTime = time };
        }

        int size = SoakWorkload.SmallBytes(id);
        bool intact = sizeBytes == size && BlockContent.IsIntact(BlockContent.KeySeed(key), 0, _value.AsSpan(0, size));
        if (!intact)
        {
            reportError($"wrong bytes in small object {id}");
        }

        return new RequestOutcome
        {
            GetTime = time,
            GetBytes = size,
            BlockHits = 1,
            VerifiedObjects = intact ? 1 : 0,
            WrongObjects = intact ? 0 : 1,
        };
    }

    private RequestOutcome Put(ulong id)
    {
        ReadOnlySpan<byte> key = BlockClient.WriteKey(id, stackalloc byte[32]);
        Span<byte> value = _value.AsSpan(0, SoakWorkload.SmallBytes(id));
        BlockContent.Fill(BlockContent.KeySeed(key), 0, value);
        long begin = Stopwatch.GetTimestamp();
        MmcStatus status = store.Put(key, value, counts.Replicas);
        TimeSpan time = Stopwatch.GetElapsedTime(begin);
        counts.PutLatency.Record(time);
        counts.Statuses.Add("put", status);
        return status == MmcStatus.Ok
            ? new RequestOutcome { PutTime = time, PutObjects = 1, PutBytes = value.Length }
            : new RequestOutcome { PutTime = time };
    }
}
