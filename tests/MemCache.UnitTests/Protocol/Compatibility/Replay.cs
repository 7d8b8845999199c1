using System.Buffers.Binary;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.Protocol.Compatibility;

/// <summary>
/// Says again what a client of another time said, and compares what it is answered. What a server chooses anew in each run
/// (epoch, generations, references) differs: such a word of a reply stands for the recorded one from then on, in what the
/// client sends back too. Everything else is the same to the byte, so that the client would do the same again.
/// </summary>
internal sealed class Replay : IDisposable
{
    // Counts, statuses, ranks and offsets lie below; what a server makes up lies above.
    private const ulong NumberMax = 1 << 16;
    private const int RequestIdOffset = 16;
    private const int EpochOffset = 24;

    private readonly Dictionary<int, FrameStream> _connections = [];
    private readonly Dictionary<ulong, ulong> _names = [];
    private readonly int _dataPort;
    private readonly int _membershipPort;

    public Replay(int dataPort, int membershipPort)
    {
        _dataPort = dataPort;
        _membershipPort = membershipPort;
    }

    public void Say(Exchange exchange)
    {
        if (!_connections.TryGetValue(exchange.Connection, out FrameStream? connection))
        {
            connection = FrameStream.Connect(exchange.IsMembership ? _membershipPort : _dataPort);
            _connections.Add(exchange.Connection, connection);
        }

        connection.Send(Rename(exchange.Request));
        byte[]? reply = connection.Receive();
        _ = FrameHeader.Read(exchange.Request, out FrameHeader request);
        Assert.True(reply is not null, $"{request.Opcode} of connection {exchange.Connection} was answered with its end");
        Compare(exchange.Reply, reply, $"reply to {request.Opcode} {request.RequestId} of connection {exchange.Connection}");
    }

    public void Dispose()
    {
        foreach (FrameStream connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private byte[] Rename(byte[] recorded)
    {
        byte[] frame = [.. recorded];
        for (int i = EpochOffset; i + sizeof(ulong) <= frame.Length; i += sizeof(ulong))
        {
            if (_names.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(i)), out ulong name))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(i), name);
            }
        }

        return frame;
    }

    private void Compare(byte[] recorded, byte[] actual, string what)
    {
        _ = FrameHeader.Read(recorded, out FrameHeader expectedHeader);
        _ = FrameHeader.Read(actual, out FrameHeader header);
        Assert.True(expectedHeader with { Epoch = 0 } == header with { Epoch = 0 }, $"{what}: {header}, not {expectedHeader}");
        for (int i = RequestIdOffset; i < recorded.Length; i += sizeof(ulong))
        {
            ulong before = Word(recorded, i);
            ulong now = Word(actual, i);
            if (before == now && !_names.ContainsKey(before))
            {
                continue;
            }

            Assert.True(before >= NumberMax, $"{what}: {now} at {i}, not {before}");
            Assert.True(_names.TryAdd(before, now) || _names[before] == now || i == EpochOffset, $"{what}: another name at {i}");
        }
    }

    private static ulong Word(byte[] frame, int offset)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        word.Clear();
        frame.AsSpan(offset, Math.Min(sizeof(ulong), frame.Length - offset)).CopyTo(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }
}
