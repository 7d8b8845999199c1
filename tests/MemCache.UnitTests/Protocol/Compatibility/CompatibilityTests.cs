using System.Runtime.CompilerServices;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Protocol;
using MemCache.UnitTests.MetaService;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.Protocol.Compatibility;

/// <summary>
/// A client of an earlier version works with this MetaService (docs/design/versions.md): what such a client and its server
/// said to each other is kept in <c>Protocol/Recorded</c>, one file for a version, and is said again here.
/// </summary>
public sealed class CompatibilityTests
{
    // MMC_TEST_RECORD=0.1.0 writes that version's file anew, with the present client and server.
    private const string RecordVariable = "MMC_TEST_RECORD";

    public static TheoryData<string> Versions =>
        [.. Directory.GetFiles(Recorded(), "*.frames").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_client_of_that_version_is_answered_as_it_was_by_its_own_MetaService(string version)
    {
        IReadOnlyList<Exchange> exchanges = Exchange.Load(Path.Combine(Recorded(), version + ".frames"));
        using ServerFixture server = Start();
        using var replay = new Replay(DataPort(server), server.MembershipPort);
        foreach (Exchange exchange in exchanges)
        {
            replay.Say(exchange);
        }
    }

    [Fact]
    public void What_is_kept_has_the_operations_of_a_client()
    {
        string path = Directory.GetFiles(Recorded(), "*.frames").Order(StringComparer.Ordinal).Last();
        Opcode[] kept = [.. Exchange.Load(path).Select(exchange => OpcodeOf(exchange.Request)).Distinct()];
        Opcode[] expected =
        [
            Opcode.Join, Opcode.Hello, Opcode.Heartbeat, Opcode.Segments, Opcode.Reserve, Opcode.Commit,
            Opcode.Lookup, Opcode.Exists, Opcode.AddLease, Opcode.RemoveLease, Opcode.Allocate, Opcode.Pin, Opcode.Remove, Opcode.RemoveAll, Opcode.Leave,
        ];
        Assert.Empty(expected.Except(kept));
    }

    [Fact]
    public void The_present_version_can_be_recorded_and_said_again()
    {
        IReadOnlyList<Exchange> exchanges = Record();
        if (Environment.GetEnvironmentVariable(RecordVariable) is { Length: > 0 } version)
        {
            Exchange.Save(
                Path.Combine(Recorded(), version + ".frames"), $"Protocol {FrameHeader.CurrentVersion}, MemCache {version}", exchanges);
        }

        using ServerFixture server = Start();
        using var replay = new Replay(DataPort(server), server.MembershipPort);
        foreach (Exchange exchange in exchanges)
        {
            replay.Say(exchange);
        }
    }

    private static IReadOnlyList<Exchange> Record()
    {
        string memory = Directory.CreateDirectory($"/dev/shm/memcache-test-{Environment.ProcessId}-{Guid.NewGuid():N}").FullName;
        try
        {
            using ServerFixture server = Start();
            using var proxy = new RecordingProxy(DataPort(server), server.MembershipPort);
            using (ObjectStore store = Open(proxy, memory))
            {
                Use(store);
                // Signs of life come by themselves.
                ServerFixture.Eventually(
                    () => proxy.Exchanges.Any(exchange => OpcodeOf(exchange.Request) == Opcode.Heartbeat), "a heartbeat");
            }

            return proxy.Exchanges;
        }
        finally
        {
            Directory.Delete(memory, recursive: true);
        }
    }

    private static void Use(ObjectStore store)
    {
        byte[] value = new byte[5000];
        var statuses = new MmcStatus[2];
        var keys = new KeyBatch("first", "second");
        Assert.Equal(MmcStatus.Ok, store.Put("first", value));
        Assert.Equal(MmcStatus.Ok, store.Put("second", value.AsSpan(0, 100)));
        Assert.Equal(MmcStatus.Ok, store.Put("first", value));
        Assert.Equal(
            MmcStatus.Ok, store.Put("pinned", value, new ReplicateOptions(1) { Pin = ObjectPin.Soft, TtlMs = 3_600_000 }));
        Assert.Equal(MmcStatus.Ok, store.SetPriority("pinned", ObjectPin.None, ttlMs: 7_200_000));
        Assert.Equal(MmcStatus.Ok, store.ExistsBatch(keys, statuses));
        Assert.Equal(5000, store.Get("first")!.Length);
        Assert.Null(store.Get("absent"));
        // One key: in which order a batch's replicas are listed is the server's affair.
        var first = new KeyBatch("first");
        Assert.Equal(MmcStatus.Ok, store.AddLeaseBatch(first, 60_000, statuses.AsSpan(0, 1)));
        Assert.Equal(MmcStatus.Ok, store.RemoveLeaseBatch(first, statuses.AsSpan(0, 1)));
        Assert.Equal(MmcStatus.Ok, store.Query(first, new ObjectDescription[1]));
        var pieces = new KeyBatch("piece by piece");
        Assert.Equal(
            MmcStatus.Ok, store.AllocBatch(pieces, [8192], Medium.Dram, 60_000, new GlobalAddress[1], statuses.AsSpan(0, 1)));
        Assert.Equal(MmcStatus.Ok, store.FinishWriteBatch(pieces, [0], statuses.AsSpan(0, 1)));
        Assert.Equal(MmcStatus.Ok, store.Remove("second"));
        Assert.Equal(MmcStatus.Ok, store.RemoveAll());
    }

    // A host without Unix sockets: everything goes over TCP, where the proxy is.
    private static ServerFixture Start() => new(heartbeatMs: 200, configure: options =>
    {
        options.MetaServiceUrl = $"tcp://127.0.0.1:{ServerFixture.FreePort()}";
        options.SocketDirectory = "/proc/nowhere";
    });

    private static ObjectStore Open(RecordingProxy proxy, string memory)
    {
        var options = new LocalServiceOptions
        {
            MetaServiceUrl = proxy.DataUrl,
            ConfigStoreUrl = proxy.MembershipUrl,
            SharedMemoryDirectory = memory,
            DramSizeBytes = 4 << 20,
            Protocol = "host_shm",
        };
        MmcStatus status = ObjectStore.Open(options, NullLogger.Instance, out ObjectStore? store, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status} {error}");
        return store!;
    }

    private static Opcode OpcodeOf(byte[] frame)
    {
        _ = FrameHeader.Read(frame, out FrameHeader header);
        return header.Opcode;
    }

    private static int DataPort(ServerFixture server) =>
        ServiceUrl.TryParse(server.Options.MetaServiceUrl, out ServiceUrl? url) ? url.Port : 0;

    private static string Recorded([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "Recorded");
}
