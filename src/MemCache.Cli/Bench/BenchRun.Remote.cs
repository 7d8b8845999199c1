using System.Diagnostics;
using System.Globalization;
using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <content>
/// Rows between hosts. This process is the client, with a segment of its own; the MetaService and a rank are on a
/// second host, another rank on a third.
/// </content>
internal sealed partial class BenchRun
{
    // Connections of one large transfer: as many as a LocalService uses by default.
    private static readonly int StreamCount = new TcpTransportOptions().StreamCount;

    private const int DataPort = 7000;
    private const int EchoPort = 7100;
    private const int StreamPort = 7101;
    private const string RemoteFamily = "remote";
    private static readonly TimeSpan RemoteWindow = TimeSpan.FromMilliseconds(700);

    private async Task RunRemoteAsync(CancellationToken cancellation)
    {
        using var network = HostNetwork.Create(2, options.SharedMemoryDirectory, progress);
        foreach (bool isEncrypted in (bool[])[false, true])
        {
            if (options.Rows.Any(row => row.EndsWith("_tls", StringComparison.Ordinal) == isEncrypted))
            {
                using var scratch = new ScratchDirectory(Path.GetTempPath());
                await MeasureRemoteAsync(network, scratch.Path, isEncrypted, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task MeasureRemoteAsync(
        HostNetwork network, string scratch, bool isEncrypted, CancellationToken cancellation)
    {
        progress(isEncrypted ? "starting two hosts, with TLS" : "starting two hosts");
        Host near = network.Hosts[0];
        Host far = network.Hosts[1];
        RunCertificates? certificates =
            isEncrypted ? new RunCertificates(scratch, network.Addresses, TimeProvider.System) : null;
        string[] metaSettings = [.. certificates?.MetaSettings ?? []];
        MetaServiceProcess service =
            await MetaServiceProcess.StartAsync(scratch, near, metaSettings, cancellation).ConfigureAwait(false);
        WorkerOptions OptionsOf(Host host) => RemoteOptions(host, service, certificates, scratch);
        await using (service.ConfigureAwait(false))
        {
            BenchPeer first = await StartRemoteAsync(near, OptionsOf, cancellation).ConfigureAwait(false);
            await using (first.ConfigureAwait(false))
            {
                BenchPeer second = await StartRemoteAsync(far, OptionsOf, cancellation).ConfigureAwait(false);
                await using (second.ConfigureAwait(false))
                {
                    using ObjectStore store = Open(OptionsOf(network.Outside));
                    string suffix = isEncrypted ? "_tls" : "";
                    await MeasureRemoteBlocksAsync(
                        store, near, far, first.Rank, second.Rank, suffix, cancellation).ConfigureAwait(false);
                    await MeasureRemoteGetAsync(store, near, first.Rank, suffix, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task MeasureRemoteBlocksAsync(
        ObjectStore store, Host near, Host far, RankId first, RankId second, string suffix,
        CancellationToken cancellation)
    {
        if (!Wants($"get_122x_tcp{suffix}", $"put_122x_tcp{suffix}", $"put_122x_tcp_2replicas{suffix}",
            $"put_122x_tcp_2remote{suffix}"))
        {
            return;
        }

        string size = ByteSize.Format(options.BlockBytes);
        progress($"batches of {Text(options.BatchCount)} blocks of {size} in 122 buffers");
        StreamReference toFirst =
            await StreamReference.StartAsync(near, StreamPort, StreamCount, cancellation).ConfigureAwait(false);
        await using (toFirst.ConfigureAwait(false))
        {
            StreamReference toSecond =
                await StreamReference.StartAsync(far, StreamPort, StreamCount, cancellation).ConfigureAwait(false);
            await using (toSecond.ConfigureAwait(false))
            {
                using var blocks = new BlockBench(store, BlockShape.OfSize(options.BlockBytes), options.BatchCount);
                blocks.Store(RemoteFamily, first);
                var samples = new RemoteSamples();
                long begin = 0;
                for (int round = -1; IsWanted(round, begin); round++)
                {
                    begin = round < 0 ? Stopwatch.GetTimestamp() : begin;
                    RemoteSamples of = round < 0 ? new RemoteSamples() : samples;
                    await MeasureRoundAsync(
                        blocks, store.Rank, first, second, toFirst, toSecond, of, cancellation).ConfigureAwait(false);
                }

                blocks.Verify(RemoteFamily);
                AddRemoteRows(samples, toFirst.Description, suffix);
            }
        }
    }

    // Ours and the reference take turns; what goes to two hosts is compared with streams to both at the same time.
    private static async Task MeasureRoundAsync(
        BlockBench blocks, RankId own, RankId first, RankId second, StreamReference toFirst, StreamReference toSecond,
        RemoteSamples samples, CancellationToken cancellation)
    {
        samples.GetStreams.Add(await toFirst.MeasureAsync(isGet: true, cancellation).ConfigureAwait(false));
        samples.Get.Add(Repeat(blocks.SizeBytes, () => blocks.Get(RemoteFamily)));
        samples.PutStreams.Add(await toFirst.MeasureAsync(isGet: false, cancellation).ConfigureAwait(false));
        samples.Put.Add(Repeat(blocks.SizeBytes, () => blocks.Put(first)));
        double[] both = await Task.WhenAll(
            toFirst.MeasureAsync(isGet: false, cancellation),
            toSecond.MeasureAsync(isGet: false, cancellation)).ConfigureAwait(false);
        samples.SlowerStreams.Add(both.Min());
        samples.TwoRemote.Add(Repeat(blocks.SizeBytes, () => blocks.Put(new ReplicateOptions(2, first, second))));
        samples.PutOwn.Add(Repeat(blocks.SizeBytes, () => blocks.Put(own)));
        samples.OwnAndRemote.Add(Repeat(blocks.SizeBytes, () => blocks.Put(new ReplicateOptions(2, own, first))));
    }

    private void AddRemoteRows(RemoteSamples samples, string streams, string suffix)
    {
        double put = samples.Put.Median();
        AddSpeedRow($"get_122x_tcp{suffix}", samples.Get.Median(), streams, samples.GetStreams.Median());
        AddSpeedRow($"put_122x_tcp{suffix}", put, streams, samples.PutStreams.Median());
        AddSpeedRow(
            $"put_122x_tcp_2replicas{suffix}", samples.OwnAndRemote.Median(),
            "put of one replica, the slower of the own segment and the other host",
            Math.Min(put, samples.PutOwn.Median()));
        AddSpeedRow(
            $"put_122x_tcp_2remote{suffix}", samples.TwoRemote.Median(),
            $"{streams}, to both hosts at the same time: the slower one", samples.SlowerStreams.Median());
    }

    private void AddSpeedRow(string name, double value, string reference, double referenceValue) =>
        _rows[name] = BenchRow.OfSpeed(name, value, reference, referenceValue);

    private async Task MeasureRemoteGetAsync(
        ObjectStore store, Host host, RankId rank, string suffix, CancellationToken cancellation)
    {
        string name = $"get_4k_tcp{suffix}";
        if (!Wants(name))
        {
            return;
        }

        progress("single calls");
        var endpoint = new IPEndPoint(IPAddress.Parse(host.Address), EchoPort);
        BenchPeer echo = await BenchPeer.StartAsync(
            "the echo process", host, WorkerCommand.EchoName, [endpoint.ToString()], cancellation)
            .ConfigureAwait(false);
        await using (echo.ConfigureAwait(false))
        {
            StoreSmallObjects(store, new ReplicateOptions(1, rank));
            // One round trip that brings what lookup and data bring together.
            WireBytes lookup = WireBytes.Lookup(BenchKeys.Batch(SmallFamily, 7, 1));
            var bytes = new WireBytes(lookup.RequestBytes, lookup.ReplyBytes + SmallObjectBytes);
            const string Reference = "one round trip of the same bytes over blocking TCP sockets";
            MeasureGet(name, store, endpoint, bytes, Reference, cancellation);
        }
    }

    private static Task<BenchPeer> StartRemoteAsync(
        Host host, Func<Host, WorkerOptions> optionsOf, CancellationToken cancellation) =>
        BenchPeer.StartAsync(
            $"the rank on {host.Address}", host, WorkerCommand.BenchName, optionsOf(host).ToArguments(), cancellation);

    private WorkerOptions RemoteOptions(
        Host host, MetaServiceProcess service, RunCertificates? certificates, string scratch)
    {
        string[] settings =
        [
            "ock.mmc.local_service.protocol=host_tcp",
            $"ock.mmc.local_service.hcom_url=tcp://{host.Address}:{Text(DataPort)}",
            .. certificates?.LocalSettings ?? [],
        ];
        return new WorkerOptions
        {
            MetaServiceUrl = service.MetaServiceUrl,
            ConfigStoreUrl = service.ConfigStoreUrl,
            MetaServiceId = service.Child.Id,
            SharedMemoryDirectory = host.Directory,
            ScratchDirectory = scratch,
            SegmentBytes = options.SegmentBytes,
            BlockBytes = options.BlockBytes,
            BatchCount = options.BatchCount,
            Settings = string.Join('\n', settings),
        };
    }

    // Speed in GB/s of a call that says itself how long it took.
    private static double Repeat(long bytes, Func<TimeSpan> call)
    {
        TimeSpan time = TimeSpan.Zero;
        long count = 0;
        while (time < RemoteWindow)
        {
            time += call();
            count++;
        }

        return count * bytes / time.TotalSeconds / 1e9;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class RemoteSamples
    {
        public Samples Get { get; } = new();

        public Samples GetStreams { get; } = new();

        public Samples Put { get; } = new();

        public Samples PutStreams { get; } = new();

        public Samples PutOwn { get; } = new();

        public Samples TwoRemote { get; } = new();

        public Samples SlowerStreams { get; } = new();

        public Samples OwnAndRemote { get; } = new();
    }
}
