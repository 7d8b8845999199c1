using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <content>Rows that move blocks of 122 buffers.</content>
internal sealed partial class BenchRun
{
    // The copy engine tries its kernels on the first batches of a size; what it has chosen is what a long-lived process
    // runs with.
    private const int WarmUpRoundCount = 8;

    // However long a round takes, a median needs some.
    private const int RoundCountMin = 3;
    private static readonly TimeSpan ClientWindow = TimeSpan.FromMilliseconds(250);

    private void MeasureBlocks(ObjectStore store, RankId peer, CancellationToken cancellation)
    {
        progress(string.Create(
            CultureInfo.InvariantCulture,
            $"batches of {options.BatchCount} blocks of {ByteSize.Format(options.BlockBytes)} in 122 buffers"));
        using var blocks = new BlockBench(store, BlockShape.OfSize(options.BlockBytes), options.BatchCount);
        blocks.Store(BenchWorker.PeerFamily, peer);
        blocks.Store(OwnFamily, store.Rank);
        using (var plain = new PlainCopy(options.BatchBytes, CopyThreadCount))
        {
            MeasureBlocks(store, peer, blocks, plain, cancellation);
        }

        blocks.Verify(BenchWorker.PeerFamily);
        blocks.Verify(OwnFamily);
    }

    private void MeasureBlocks(
        ObjectStore store, RankId peer, BlockBench blocks, PlainCopy plain, CancellationToken cancellation)
    {
        var memcpy = new Samples();
        var nonTemporal = new Samples();
        (string Name, Samples Samples, Func<TimeSpan> Call)[] rows =
        [
            ("get_122x_local", new Samples(), () => blocks.Get(BenchWorker.PeerFamily)),
            ("put_122x_local", new Samples(), () => blocks.Put(peer)),
            ("get_122x_own", new Samples(), () => blocks.Get(OwnFamily)),
            ("put_122x_own", new Samples(), () => blocks.Put(store.Rank)),
        ];
        rows = [.. rows.Where(row => options.Rows.Contains(row.Name))];
        if (rows.Length == 0)
        {
            return;
        }

        long begin = 0;
        for (int round = -WarmUpRoundCount; IsWanted(round, begin); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            begin = round < 0 ? Stopwatch.GetTimestamp() : begin;
            for (int i = 0; i < rows.Length; i++)
            {
                // A plain copy goes before each of ours, the two kinds in turn: so none, theirs or ours, finds in the
                // caches what its own kind has left there.
                bool isTemporal = (round + i) % 2 == 0;
                CopyKernel kernel = isTemporal ? CopyKernel.Temporal : CopyKernel.NonTemporal;
                TimeSpan plainTime = Time(() => plain.Copy(kernel));
                AddSpeed(isTemporal ? memcpy : nonTemporal, round, plain.SizeBytes, plainTime);
                AddSpeed(rows[i].Samples, round, blocks.SizeBytes, rows[i].Call());
            }
        }

        (string reference, double referenceValue) = Better(memcpy, nonTemporal, "one process");
        foreach ((string name, Samples samples, Func<TimeSpan> _) in rows)
        {
            _rows[name] = BenchRow.OfSpeed(name, samples.Median(), reference, referenceValue);
        }
    }

    private async Task MeasureTwoClientsAsync(WorkerOptions workerOptions, CancellationToken cancellation)
    {
        progress("two clients at the same time");
        // They contribute nothing: what they get lies in the peer's segment.
        WorkerOptions clientOptions = workerOptions with { SegmentBytes = 0 };
        BenchPeer first = await StartWorkerAsync("client 1", clientOptions, cancellation).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            BenchPeer second = await StartWorkerAsync("client 2", clientOptions, cancellation).ConfigureAwait(false);
            await using (second.ConfigureAwait(false))
            {
                await MeasureTwoClientsAsync(first, second, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task MeasureTwoClientsAsync(BenchPeer first, BenchPeer second, CancellationToken cancellation)
    {
        (string Operation, Samples Samples)[] parts =
            [("memcpy", new Samples()), ("non-temporal", new Samples()), ("get", new Samples())];
        long begin = Stopwatch.GetTimestamp();
        for (int round = -1; IsWanted(round, begin); round++)
        {
            foreach ((string operation, Samples samples) in parts)
            {
                double[] speeds = await Task.WhenAll(
                    first.MeasureAsync(operation, ClientWindow, cancellation),
                    second.MeasureAsync(operation, ClientWindow, cancellation)).ConfigureAwait(false);
                if (round >= 0)
                {
                    samples.Add(speeds.Sum());
                }
            }
        }

        (string reference, double referenceValue) = Better(parts[0].Samples, parts[1].Samples, "each of two processes");
        const string Name = "get_122x_local_2clients";
        _rows[Name] = BenchRow.OfSpeed(Name, parts[2].Samples.Median(), reference, referenceValue);
    }

    private bool IsWanted(int round, long begin) =>
        round < RoundCountMin
        || (round < options.RoundCount && Stopwatch.GetElapsedTime(begin) < options.RowTimeMax);

    private static TimeSpan Time(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin);
    }

    private static void AddSpeed(Samples samples, int round, long bytes, TimeSpan time)
    {
        if (round >= 0)
        {
            samples.Add(bytes / time.TotalSeconds / 1e9);
        }
    }

    private static (string Text, double Value) Better(Samples memcpy, Samples nonTemporal, string where)
    {
        string threads = string.Create(
            CultureInfo.InvariantCulture,
            $"of the same bytes between plain buffers, {CopyThreadCount} threads in {where}");
        double temporal = memcpy.Median();
        double streaming = nonTemporal.Median();
        return temporal >= streaming ? ($"memcpy {threads}", temporal) : ($"non-temporal copy {threads}", streaming);
    }
}
