using System.Diagnostics;
using System.Globalization;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>
/// Batches of 122-buffer blocks between private buffers and a segment, against memcpy and non-temporal copies of the
/// same bytes between plain buffers with the same threads. All variants take turns in every round; medians.
/// </summary>
internal sealed class CopyBenchmark : IDisposable
{
    private const int LayerCount = 61;
    private const long LargeLayerBytes = 128 << 10;
    private const long SmallLayerBytes = 16 << 10;
    private const long BlockBytes = LayerCount * (LargeLayerBytes + SmallLayerBytes);

    // Each batch goes to another part of the segment, as in a pool that is larger than the caches.
    private const int SetCount = 4;

    private readonly int _blockCount;
    private readonly long _batchBytes;
    private readonly double _createMilliseconds;
    private readonly OwnedSegment _segment;
    private readonly NativeBuffer _private;
    private readonly NativeBuffer _pool;
    private readonly CopyReference _reference;
    private readonly List<(string Name, Func<int, long> Run, List<double> Seconds)> _variants = [];
    private readonly List<CopyEngine> _engines = [];

    private CopyBenchmark(int blockCount, int threadCount, string directory)
    {
        _blockCount = blockCount;
        _batchBytes = blockCount * BlockBytes;
        SegmentOptions options = new() { Directory = directory, SizeBytes = SetCount * _batchBytes };
        long begin = Stopwatch.GetTimestamp();
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        _createMilliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        _segment = segment ?? throw new InvalidOperationException($"{status}: {error}");
        _private = NativeBuffer.Allocate(_batchBytes);
        _pool = NativeBuffer.Allocate(SetCount * _batchBytes);
        _private.Prefault();
        _pool.Prefault();
        _reference = new CopyReference(threadCount);

        foreach (CopyDirection direction in new[] { CopyDirection.Get, CopyDirection.Put })
        {
            AddReference(direction, CopyKernel.Temporal);
            AddReference(direction, CopyKernel.NonTemporal);
            AddEngine(direction, threadCount, CopyKernel.Temporal);
            AddEngine(direction, threadCount, CopyKernel.NonTemporal);
            AddEngine(direction, threadCount, null);
        }
    }

    public static int Run(string[] args)
    {
        int rounds = Option(args, "--rounds", 21);
        int threads = Option(args, "--threads", Environment.ProcessorCount);
        int blocks = Option(args, "--blocks", 16);
        string directory = args.SkipWhile(a => a != "--directory").Skip(1).FirstOrDefault("/dev/shm");
        using CopyBenchmark benchmark = new(blocks, threads, directory);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{blocks} blocks of 122 buffers, {benchmark._batchBytes / 1e6:F0} MB, {threads} threads, pages {benchmark._segment.Pages}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"segment of {benchmark._segment.View.DataBytes / 1e6:F0} MB created in {benchmark._createMilliseconds:F0} ms"));
        benchmark.MeasureFirstTouch(directory);
        benchmark.MeasureChecksum();
        benchmark.MeasureVerification();
        benchmark.Measure(rounds);
        benchmark.Print();
        return 0;
    }

    public void Dispose()
    {
        _engines.ForEach(engine => engine.Dispose());
        _reference.Dispose();
        _segment.Dispose();
        _private.Dispose();
        _pool.Dispose();
    }

    private static int Option(string[] args, string name, int fallback)
    {
        int index = Array.IndexOf(args, name);
        return index < 0 ? fallback : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    }

    private void AddReference(CopyDirection direction, CopyKernel kernel) =>
        _variants.Add(($"{direction} plain {kernel}", set => CopyPlain(direction, kernel, set), []));

    private void AddEngine(CopyDirection direction, int threadCount, CopyKernel? kernel)
    {
        CopyEngine engine = new(new CopyEngineOptions { ThreadCount = threadCount, Kernel = kernel });
        CopyPiece[][] sets = [.. Enumerable.Range(0, SetCount).Select(set => Pieces(direction, set))];
        _engines.Add(engine);
        _variants.Add(($"{direction} engine {kernel?.ToString() ?? "tuned"}", set => CopyEngine(engine, sets[set], direction), []));
        if (kernel is null)
        {
            // As in a loop of batches: the workers have just ended the one before.
            _variants.Add(($"{direction} engine tuned, in a row", set => CopyTwice(engine, sets, set, direction), []));
        }
    }

    private static long CopyTwice(CopyEngine engine, CopyPiece[][] sets, int set, CopyDirection direction)
    {
        engine.Copy(sets[(set + 1) % SetCount], direction);
        return CopyEngine(engine, sets[set], direction);
    }

    private long CopyPlain(CopyDirection direction, CopyKernel kernel, int set)
    {
        nuint pool = _pool.Address + (nuint)(set * _batchBytes);
        return direction == CopyDirection.Get
            ? _reference.Copy(_private.Address, pool, _batchBytes, kernel)
            : _reference.Copy(pool, _private.Address, _batchBytes, kernel);
    }

    private static long CopyEngine(CopyEngine engine, CopyPiece[] pieces, CopyDirection direction)
    {
        long begin = Stopwatch.GetTimestamp();
        engine.Copy(pieces, direction);
        return Stopwatch.GetTimestamp() - begin;
    }

    /// <summary>
    /// Private memory is laid out as an engine has it: all blocks of layer 0, then of layer 1, large and small layers
    /// apart.
    /// </summary>
    private CopyPiece[] Pieces(CopyDirection direction, int set)
    {
        CopyPiece[] pieces = new CopyPiece[_blockCount * 2 * LayerCount];
        long smallBase = _blockCount * LayerCount * LargeLayerBytes;
        for (int i = 0; i < pieces.Length; i++)
        {
            int block = i / (2 * LayerCount);
            int layer = i % (2 * LayerCount) / 2;
            bool isLarge = i % 2 == 0;
            long bytes = isLarge ? LargeLayerBytes : SmallLayerBytes;
            long offset = (block * BlockBytes) + (layer * (LargeLayerBytes + SmallLayerBytes)) + (isLarge ? 0 : LargeLayerBytes);
            nuint pool = _segment.View.DataAddress((set * _batchBytes) + offset, bytes);
            nuint local = _private.Address + (nuint)((isLarge ? 0 : smallBase) + (((layer * _blockCount) + block) * bytes));
            pieces[i] = direction == CopyDirection.Get ? new CopyPiece(pool, local, bytes) : new CopyPiece(local, pool, bytes);
        }

        return pieces;
    }

    private void Measure(int rounds)
    {
        // The first rounds warm code, pages and the engine's choice.
        const int WarmRounds = 10;
        SplitMix64 random = new(1);
        (string Name, Func<int, long> Run, List<double> Seconds)[] order = [.. _variants];
        for (int round = 0; round < WarmRounds + rounds; round++)
        {
            // In another order every time: what one variant leaves in the caches favours or harms its successor.
            Shuffle(order, random);
            foreach ((_, Func<int, long> run, List<double> seconds) in order)
            {
                double elapsed = run(round % SetCount) / (double)Stopwatch.Frequency;
                if (round >= WarmRounds)
                {
                    seconds.Add(elapsed);
                }
            }
        }
    }

    private static void Shuffle<T>(T[] items, SplitMix64 random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = (int)random.Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>
    /// What the first copy through a new mapping costs: as the system maps it, and as the view prepares it.
    /// </summary>
    private void MeasureFirstTouch(string directory)
    {
        using CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 1, Kernel = CopyKernel.NonTemporal });
        for (int round = 0; round < 2; round++)
        {
            PosixFile.OpenExisting(Path.Combine(directory, _segment.View.FileName), writable: true, out PosixFile? file);
            long fileBytes = new SegmentLayout(_segment.View.DataBytes).FileBytes;
            file!.Map(fileBytes, out MappedRegion? region);
            PrintFirstTouch(engine, "page faults", () => region!.Address + (nuint)new SegmentLayout(_segment.View.DataBytes).DataOffset);
            region!.Dispose();
            file.Dispose();

            PeerSegment.Open(directory, _segment.View.FileName, _segment.View.Uuid, out PeerSegment? peer, out _);
            PrintFirstTouch(engine, "prepared", () => peer!.View.DataAddress(0, _batchBytes));
            peer!.Dispose();
        }
    }

    private void PrintFirstTouch(CopyEngine engine, string name, Func<nuint> map)
    {
        long begin = Stopwatch.GetTimestamp();
        nuint address = map();
        double prepare = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        CopyPiece[] pieces = [new CopyPiece(_private.Address, address, _batchBytes)];
        double first = CopyEngine(engine, pieces, CopyDirection.Put) * 1e3 / Stopwatch.Frequency;
        double second = CopyEngine(engine, pieces, CopyDirection.Put) * 1e3 / Stopwatch.Frequency;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"new mapping, {name}: prepare {prepare:F1} ms, first copy {first:F1} ms, second {second:F1} ms (one thread)"));
    }

    /// <summary>
    /// What a checksum costs: pieces of less than 6 KiB are summed in one stream, larger ones in three.
    /// </summary>
    private void MeasureChecksum()
    {
        foreach (long pieceBytes in new[] { 4096L, SmallLayerBytes, LargeLayerBytes })
        {
            List<double> seconds = [];
            uint state = Crc32C.Begin;
            for (int round = 0; round < 200; round++)
            {
                long begin = Stopwatch.GetTimestamp();
                for (long offset = 0; offset < BlockBytes; offset += pieceBytes)
                {
                    state = Crc32C.Append(state, _private.Address + (nuint)offset, Math.Min(pieceBytes, BlockBytes - offset));
                }

                seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }

            seconds.RemoveRange(0, 100);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"checksum in pieces of {pieceBytes} bytes: {BlockBytes / Median(seconds) / 1e9:F1} GB/s ({state:X8})"));
        }
    }

    /// <summary>What verifying costs: taking slot and pages of one block, and checking its stamps.</summary>
    private void MeasureVerification()
    {
        const int Rounds = 20_000;
        SegmentView view = _segment.View;
        double write = 0;
        double check = 0;
        for (int pass = 0; pass < 3; pass++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < Rounds; i++)
            {
                BlobLocation blob = new(default, 0, (ulong)((pass * Rounds) + i + 1), 0, BlockBytes);
                view.BeginWrite(blob);
                view.EndWrite(blob, "some key"u8, null);
            }

            write = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Rounds;
            BlobLocation last = new(default, 0, (ulong)((pass + 1) * Rounds), 0, BlockBytes);
            int current = 0;
            begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < Rounds; i++)
            {
                current += view.IsCurrent(last) ? 1 : 0;
            }

            check = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Rounds;
            Invariant.Require(current == Rounds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"a block of {BlockBytes / 1024} KiB: begin and end a write {write:F0} ns, check its stamps {check:F0} ns"));
    }

    private void Print()
    {
        foreach (IGrouping<string, (string Name, double GigabytesPerSecond)> group in _variants
            .Select(v => (v.Name, GigabytesPerSecond: _batchBytes / Median(v.Seconds) / 1e9))
            .GroupBy(v => v.Name.Split(' ')[0]))
        {
            double best = group.Where(v => v.Name.Contains("plain", StringComparison.Ordinal)).Max(v => v.GigabytesPerSecond);
            foreach ((string name, double gigabytesPerSecond) in group)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name,-32}{gigabytesPerSecond,8:F2} GB/s  {gigabytesPerSecond / best,6:F2} of the better plain copy"));
            }
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
