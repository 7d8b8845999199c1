using System.Text;
using MemCache.Core;
using MemCache.Protocol;
using MemCache.Testing;
using Xunit;

namespace MemCache.FuzzTests.Decoders;

/// <summary>No decoder throws, reads outside its payload or allocates, whatever it gets; an exact copy on the heap makes a read outside show.</summary>
public class DecoderFuzzTests
{
    private const int Rounds = 40_000;

    [Fact]
    public void Noise_is_harmless()
    {
        SplitMix64 random = FuzzSeed.Random(1);
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            Check(Mutation.Noise(200, random));
        }
    }

    [Fact]
    public void Every_truncation_of_a_valid_message_is_harmless()
    {
        foreach (byte[] payload in Payloads())
        {
            for (int length = 0; length <= payload.Length; length++)
            {
                Check(payload[..length]);
            }
        }
    }

    [Fact]
    public void Changed_valid_messages_are_harmless()
    {
        SplitMix64 random = FuzzSeed.Random(2);
        List<byte[]> payloads = Payloads();
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            Check(Mutation.Of(payloads[(int)random.Below(payloads.Count)], 0, random));
        }
    }

    [Fact]
    public void Kept_frames_are_harmless()
    {
        Assert.NotEmpty(FrameCorpus.Kept);
        foreach (byte[] frame in FrameCorpus.Kept)
        {
            _ = FrameHeader.Read(frame, out _);
            Check(frame);
            Check(frame.Length > FrameHeader.SizeBytes ? frame[FrameHeader.SizeBytes..] : []);
        }
    }

    [Fact]
    public void A_decoder_accepts_what_its_encoder_wrote()
    {
        foreach (byte[] payload in Payloads())
        {
            Assert.True(DecodeAll(payload) > 0);
        }
    }

    private static List<byte[]> Payloads() =>
        [.. FrameCorpus.Requests.Select(frame => frame[FrameHeader.SizeBytes..]), .. FrameCorpus.ReplyPayloads];

    private static void Check(byte[] payload)
    {
        try
        {
            _ = DecodeAll(payload);
            Assert.Equal(0, SteadyState.AllocatedBytes(1, _ => DecodeAll(payload)));
        }
        catch (Exception exception)
        {
            Assert.Fail($"{FuzzSeed.Hint}; payload {Convert.ToHexString(payload)}: {exception}");
        }
    }

    // Returns how many decoders took it.
    private static int DecodeAll(ReadOnlySpan<byte> payload)
    {
        int taken = 0;
        _ = FrameHeader.Read(payload, out _);
        taken += KeysRequest.TryDecode(payload, out KeysRequest keys) ? Walk(keys.Keys) : 0;
        taken += LookupRequest.TryDecode(payload, out LookupRequest lookup) ? Walk(lookup.Keys) : 0;
        taken += ReserveRequest.TryDecode(payload, out ReserveRequest reserve) ? Walk(reserve.Keys) + (reserve.Options.IsValid ? 0 : 0) : 0;
        taken += CommitRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += ReleasesRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += PinRequest.TryDecode(payload, out PinRequest pin) ? Walk(pin.Keys) : 0;
        taken += HelloRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += LeaveRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += JoinRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += HeartbeatRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += ReportRequest.TryDecode(payload, out ReportRequest report) ? Walk(report) : 0;
        taken += RestoreRequest.TryDecode(payload, out RestoreRequest restore) ? Walk(restore.Keys) : 0;
        taken += MovesRequest.TryDecode(payload, out _) ? 1 : 0;
        taken += LeaveReply.TryDecode(payload, out _) ? 1 : 0;
        taken += MovesReply.TryDecode(payload, out MovesReply moves) ? Walk(moves) : 0;
        taken += JoinReply.TryDecode(payload, out _) ? 1 : 0;
        taken += StatsReply.TryDecode(payload, out _) ? 1 : 0;
        taken += CountReply.TryDecode(payload, out _) ? 1 : 0;
        taken += ErrorReply.TryDecode(payload, out _) ? 1 : 0;
        taken += HeartbeatReply.TryDecode(payload, out HeartbeatReply heartbeat) ? Walk(heartbeat) : 0;
        taken += SegmentsReply.TryDecode(payload, out SegmentsReply segments) ? Walk(segments) : 0;
        for (int count = 0; count < 4; count++)
        {
            taken += StatusesReply.TryDecode(payload, count, out _) ? 1 : 0;
            taken += LocationsReply.TryDecode(payload, count, out LocationsReply locations) ? Walk(locations) : 0;
        }

        // An empty payload is the whole request of the registry.
        return payload.IsEmpty ? 1 : taken;
    }

    private static int Walk(KeySpans keys)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (keys.TryGet(i, out ReadOnlySpan<byte> key) && key.Length is < Limits.KeyBytesMin or > Limits.KeyBytesMax)
            {
                throw new InvalidOperationException("a key of illegal length was let through");
            }
        }

        return 1;
    }

    private static int Walk(ReportRequest report)
    {
        foreach (ref readonly ReportEntry entry in report.Entries)
        {
            if (ReportLayout.TryFind(entry, out int slot) && (slot < 0 || slot >= ReportLayout.SlotCount))
            {
                throw new InvalidOperationException("an entry was given a place that is none");
            }
        }

        return 1;
    }

    private static int Walk(MovesReply reply)
    {
        for (int i = 0; i < reply.Moves.Length; i++)
        {
            Assert.False(reply.SourcesOf(i).IsEmpty || reply.Keys[i].IsEmpty);
        }

        return 1;
    }

    private static int Walk(HeartbeatReply reply)
    {
        for (uint session = 0; session < 6; session++)
        {
            _ = reply.LivenessFileNameOf(new SessionId(session)).Length;
        }

        return 1;
    }

    private static int Walk(SegmentsReply reply)
    {
        int count = 0;
        while (reply.TryNext(out SegmentEntry entry))
        {
            count++;
            _ = Encoding.UTF8.GetCharCount(entry.FileName);
        }

        return count == reply.Count ? 1 : throw new InvalidOperationException("entries went missing");
    }

    private static int Walk(LocationsReply reply)
    {
        long sum = 0;
        for (int i = 0; i < reply.Objects.Length; i++)
        {
            foreach (ReplicaLocation replica in reply.ReplicasOf(i))
            {
                sum += replica.Offset;
            }
        }

        return sum == long.MinValue ? 2 : 1;
    }
}
