using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;
using MemCache.UnitTests.MetaService;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.LocalService;

/// <summary>
/// A pool in this process whose stores lie on several hosts, as far as they know: each host is a shared-memory directory of its own, and what
/// goes between them goes through a <see cref="FakeTransport"/>.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    private readonly ShmDirectory[] _hosts = [new(), new()];
    private readonly List<ObjectStore> _stores = [];

    public TwoHosts()
    {
        Server = new ServerFixture(heartbeatMs: 20);
        Transport = new FakeTransport([.. _hosts.Select(host => host.Path)]);
    }

    public ServerFixture Server { get; }

    public FakeTransport Transport { get; }

    /// <summary>Reservations of which bytes are arriving, as the data servers of all owners see it.</summary>
    public HashSet<(uint Slot, ulong Generation)> Receiving { get; } = [];

    public long UsedBytes => Server.Server.ReadStats().Media.Sum(medium => medium.UsedBytes);

    public long OrphanCount => Server.Server.ReadStats().OrphanCount;

    public ObjectStore Open(int host, long dramBytes = 8 << 20, Action<LocalServiceOptions>? change = null)
    {
        var options = new LocalServiceOptions
        {
            MetaServiceUrl = Server.Options.MetaServiceUrl,
            ConfigStoreUrl = Server.Options.ConfigStoreUrl,
            DramSizeBytes = dramBytes,
            SharedMemoryDirectory = _hosts[host].Path,
            ClientTimeoutSeconds = 20,
            Protocol = "host_tcp",
            HugePages = "off",
        };
        change?.Invoke(options);
        var links = new StoreLinks { Connect = (_, _) => new Shared(Transport), Serve = Serve };
        MmcStatus status = ObjectStore.Open(options, NullLogger.Instance, links, out ObjectStore? store, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status} {error}");
        _stores.Add(store!);
        return store!;
    }

    /// <summary>Closes a store before the others.</summary>
    public void Close(ObjectStore store)
    {
        _stores.Remove(store);
        store.Dispose();
    }

    /// <summary>Stamps the first page of a blob, in the only segment of a host, as a later blob would.</summary>
    public void Overwrite(int host, GlobalAddress address)
    {
        string name = Path.GetFileName(Assert.Single(Directory.GetFiles(_hosts[host].Path, "*.segment")));
        var uuid = new SegmentUuid(UInt128.Parse(name.AsSpan(4, 32), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var later = new BlobLocation(default, Slot: 500, Generation: Limits.GenerationMax, address.Offset, SizeBytes: 4096);
        var segment = (FakeSegment)Transport.Open(uuid, RankId.None, "");
        Assert.Equal(MmcStatus.Ok, Transport.Do(new FakeOperation(FakeKind.Begin, segment) { Blob = later }));
    }

    /// <summary>Waits until no space is used: what failed puts held has come back.</summary>
    public void WaitUntilEmpty() => ServerFixture.Eventually(() => UsedBytes == 0, "all space came back");

    public void Dispose()
    {
        foreach (ObjectStore store in _stores)
        {
            store.Dispose();
        }

        Transport.Dispose();
        Server.Dispose();
        foreach (ShmDirectory host in _hosts)
        {
            host.Dispose();
        }
    }

    private MmcStatus Serve(LocalServiceOptions options, ILogger logger, out IDataServer? server, out string error)
    {
        server = new FakeServer(this);
        error = "";
        return MmcStatus.Ok;
    }

    /// <summary>The stores share one transport, which outlives them.</summary>
    private sealed class Shared(FakeTransport transport) : ITransport
    {
        public string Name => transport.Name;

        public RemoteSegment Open(SegmentUuid uuid, RankId rank, string address) => transport.Open(uuid, rank, address);

        public RemoteBatch NewBatch() => transport.NewBatch();

        public void Dispose()
        {
            // The fixture does.
        }
    }

    private sealed class FakeServer(TwoHosts hosts) : IDataServer
    {
        public string Address => "tcp://10.0.0.2:7000";

        public void Serve(SegmentView view)
        {
            // The transport finds it by its file.
        }

        public OrphanState ResolveOrphan(SegmentView view, uint slot, ulong generation, bool writerIsGone)
        {
            lock (hosts.Receiving)
            {
                bool isReceiving = hosts.Receiving.Contains((slot, generation));
                return isReceiving ? OrphanState.Pending : view.ResolveOrphan(slot, generation, writerIsGone);
            }
        }

        public void Dispose()
        {
            // Nothing is open.
        }
    }
}
