using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Runs alone: it counts the bytes that the whole process allocates, the server's threads included.</summary>
[Collection("Alone")]
public class AllocationTests
{
    private const int Rounds = 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Warm_calls_allocate_nothing_on_either_side(bool tcp)
    {
        using var f = new ServerFixture();
        using MetaConnection client = f.Connect(tcp ? f.Options.ConfigStoreUrl : null);
        ServerFixture.JoinOk(client, 64 << 20);
        ServerFixture.Put(client, "there", 5000);
        var keys = new KeyBatch("there", "absent");
        var newKey = new KeyBatch("new");
        long[] sizes = [4096];
        var entries = new CommitEntry[1];
        var releases = new LeaseRelease[1];
        Assert.Equal(0, SteadyState.AllocatedBytes(Rounds, _ => Round(client, keys, newKey, sizes, entries, releases)));
        long allBefore = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Rounds; i++)
        {
            Round(client, keys, newKey, sizes, entries, releases);
        }

        long all = GC.GetTotalAllocatedBytes(precise: true) - allBefore;
        // The runtime's own threads take a little, and so does the sample of the history once a second; one allocation in
        // the path of a request would be over 1 MB here.
        Assert.InRange(all, 0, Rounds * 20);
    }

    private static void Round(
        MetaConnection client, KeyBatch keys, KeyBatch newKey, long[] sizes, CommitEntry[] entries, LeaseRelease[] releases)
    {
        KeySpans spans = keys.Spans;
        long deadline = ServerFixture.Soon;
        int length = KeysRequest.Encode(client.Payload(KeysRequest.SizeBytes(0, spans)), default, spans);
        Require(client.Call(Opcode.Exists, length, deadline, out ReadOnlySpan<byte> payload) == MmcStatus.Ok);
        Require(StatusesReply.TryDecode(payload, 2, out _));

        length = LookupRequest.Encode(client.Payload(LookupRequest.SizeBytes(0, spans)), default, spans, 0);
        Require(client.Call(Opcode.Lookup, length, deadline, out payload) == MmcStatus.Ok);
        Require(LocationsReply.TryDecode(payload, 2, out LocationsReply found));
        releases[0] = new LeaseRelease { Ref = found.Objects[0].Ref, Generation = found.ReplicasOf(0)[0].Generation };

        KeySpans put = newKey.Spans;
        length = ReserveRequest.Encode(
            client.Payload(ReserveRequest.SizeBytes(1, put)), releases, put, sizes, default, Medium.Dram);
        Require(client.Call(Opcode.Reserve, length, deadline, out payload) == MmcStatus.Ok);
        Require(LocationsReply.TryDecode(payload, 1, out LocationsReply reserved));
        Require(reserved.Objects[0].Status == MmcStatus.Ok);
        entries[0] = new CommitEntry
        {
            Ref = reserved.Objects[0].Ref,
            Generation = reserved.ReplicasOf(0)[0].Generation,
            Publish = 1,
        };
        length = CommitRequest.Encode(client.Payload(CommitRequest.SizeBytes(0, 1)), default, entries);
        Require(client.Call(Opcode.Commit, length, deadline, out _) == MmcStatus.Ok);
        length = KeysRequest.Encode(client.Payload(KeysRequest.SizeBytes(0, put)), default, put);
        Require(client.Call(Opcode.Remove, length, deadline, out _) == MmcStatus.Ok);
    }

    private static void Require(bool condition) => Assert.True(condition);
}
