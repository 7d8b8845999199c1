using System.Globalization;
using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.Benchmarks;

/// <summary>A client that asks whether keys exist, through the product's own connection.</summary>
internal sealed class ExistsCaller : IRpcTarget
{
    private readonly MetaConnection _connection;
    private readonly KeyBatch _keys;

    public ExistsCaller(string url, int keyCount, int spinMicroseconds)
    {
        _connection = new MetaConnection(new EpochGate(), spinMicroseconds);
        if (!MetaEndpoint.TryParse(url, out MetaEndpoint? endpoint, out string error))
        {
            throw new InvalidOperationException(error);
        }

        Require(_connection.Connect(endpoint, Deadline.In(5000)));
        var join = new JoinRequest
        {
            WantedRank = RankId.None,
            LivenessFileName = "bench"u8,
            HostId = "bench"u8,
            SoftwareVersion = Encoding.UTF8.GetBytes("bench"),
        };
        int length = join.Encode(_connection.Payload(join.SizeBytes));
        Require(_connection.Call(Opcode.Join, length, Deadline.In(5000), out _));
        _keys = Keys(keyCount);
    }

    /// <summary>As many keys of 64 bytes, their differences in front, as those of a hash have.</summary>
    public static KeyBatch Keys(int keyCount)
    {
        var keys = new KeyBatch();
        for (int i = 0; i < keyCount; i++)
        {
            keys.Add(string.Create(CultureInfo.InvariantCulture, $"{SplitMix64.Mix((ulong)i):x16}{i:x48}"));
        }

        return keys;
    }

    /// <summary>Bytes of the request and of the reply, headers included.</summary>
    public static (int Request, int Reply) FrameBytes(int keyCount)
    {
        KeyBatch keys = Keys(keyCount);
        byte[] room = new byte[1 << 20];
        return (FrameHeader.SizeBytes + KeysRequest.Encode(room, default, keys.Spans),
            FrameHeader.SizeBytes + StatusesReply.SizeBytes(keyCount));
    }

    public void Call()
    {
        KeySpans keys = _keys.Spans;
        int length = KeysRequest.Encode(_connection.Payload(KeysRequest.SizeBytes(0, keys)), default, keys);
        Require(_connection.Call(Opcode.Exists, length, Deadline.In(5000), out ReadOnlySpan<byte> reply));
        if (!StatusesReply.TryDecode(reply, keys.Count, out _))
        {
            throw new InvalidOperationException("bad reply");
        }
    }

    public void Dispose() => _connection.Dispose();

    private static void Require(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException(status.ToString());
        }
    }
}
