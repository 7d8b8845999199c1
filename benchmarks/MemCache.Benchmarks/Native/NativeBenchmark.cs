using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>
/// The same calls through the C# library and through the native one, in one process against one MetaService that is running at the
/// default addresses, in turns: medians of each and their ratio. Options: the path of <c>libmf_memcache.so</c>, addresses as
/// <c>key=value</c>.
/// </summary>
internal static class NativeBenchmark
{
    private const int Rounds = 40;
    private const int BlockCount = 16;
    private const int LayerCount = 122;
    private const int LayerBytes = 72 << 10; // the mean of DeepSeek-R1's 128 KiB and 16 KiB
    private const int Automatic = 9;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty)
        {
            Console.Error.WriteLine("usage: MemCache.Benchmarks native PATH_OF_LIBRARY [KEY=VALUE ...]");
            return 2;
        }

        NativeCalls.LoadFrom(Path.GetFullPath(arguments[0]));
        string config = string.Join('\n', arguments[1..].ToArray().Append("ock.mmc.local_service.dram.size = 1GB"));
        var options = new LocalServiceOptions();
        if (LocalServiceOptions.Table.Apply(ConfigFile.Parse("options", config), options, out _).Count > 0)
        {
            return 2;
        }

        Require(ObjectStore.Open(options, NullLogger.Instance, out ObjectStore? managed, out _));
        Require((MmcStatus)NativeCalls.Open(config, 0, 0, out ulong native));
        using (managed)
        {
            Measure(managed!, native);
            _ = NativeCalls.Close(native);
        }

        return 0;
    }

    private static void Measure(ObjectStore managed, ulong native)
    {
        using var memory = new Arguments();
        Require(managed.PutBatch(memory.Blocks, memory.Buffers, default, memory.Statuses));
        Report("exists, one key", 2000,
            () => _ = managed.Exists(memory.KeyText), () => _ = NativeCalls.Exists(native, memory.NativeKeys[0]));
        Report("exists, 256 keys", 200,
            () => _ = managed.ExistsBatch(memory.Keys, memory.Statuses),
            () => _ = NativeCalls.ExistsBatch(native, memory.NativeKeys, (uint)memory.NativeKeys.Length, memory.Results));
        Report($"get, {BlockCount} blocks of {LayerCount} layers", 1,
            () => _ = managed.GetBatch(memory.Blocks, memory.Buffers, memory.Statuses),
            () => _ = NativeCalls.GetBatch(native, memory.NativeKeys, BlockCount, memory.NativeBuffers, Automatic, memory.Results));
    }

    private static void Report(string name, int calls, Action managed, Action native)
    {
        double[] managedTimes = new double[Rounds];
        double[] nativeTimes = new double[Rounds];
        for (int round = -5; round < Rounds; round++)
        {
            double first = Microseconds(managed, calls);
            double second = Microseconds(native, calls);
            if (round >= 0)
            {
                managedTimes[round] = first;
                nativeTimes[round] = second;
            }
        }

        Array.Sort(managedTimes);
        Array.Sort(nativeTimes);
        double ratio = nativeTimes[Rounds / 2] / managedTimes[Rounds / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: C# {managedTimes[Rounds / 2]:F2} us, C {nativeTimes[Rounds / 2]:F2} us, C / C# {ratio:F2}"));
    }

    private static double Microseconds(Action action, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private static void Require(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new InvalidOperationException($"a call returned {status}");
        }
    }

    /// <summary>Keys and buffers for both, in memory that stays where it is.</summary>
    private sealed class Arguments : IDisposable
    {
        private const int KeyCount = 256;
        private const int KeyBytes = 64;

        private readonly NativeBuffer _bytes = NativeBuffer.Allocate((long)BlockCount * LayerCount * LayerBytes);
        private readonly byte[] _keys = GC.AllocateArray<byte>(KeyCount * KeyBytes, pinned: true);
        private readonly ulong[] _addresses = GC.AllocateArray<ulong>(BlockCount * LayerCount, pinned: true);
        private readonly ulong[] _sizes = GC.AllocateArray<ulong>(BlockCount * LayerCount, pinned: true);
        private readonly uint[] _layers = GC.AllocateArray<uint>(BlockCount, pinned: true);

        public Arguments()
        {
            for (int i = 0; i < KeyCount; i++)
            {
                string key = "block-" + i.ToString("D58", CultureInfo.InvariantCulture);
                System.Text.Encoding.ASCII.GetBytes(key, _keys.AsSpan(i * KeyBytes, KeyBytes));
                NativeKeys[i] = new NativeCalls.Key((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_keys, i * KeyBytes), KeyBytes);
                Keys.Add(key);
                if (i < BlockCount)
                {
                    Blocks.Add(key);
                }
            }

            for (int layer = 0; layer < _addresses.Length; layer++)
            {
                _addresses[layer] = _bytes.Address + (nuint)((long)layer * LayerBytes);
                _sizes[layer] = LayerBytes;
                Buffers.Add((nuint)_addresses[layer], LayerBytes);
                if (layer % LayerCount == LayerCount - 1)
                {
                    Buffers.EndObject();
                    _layers[layer / LayerCount] = LayerCount;
                }
            }
        }

        public string KeyText { get; } = "block-" + 0.ToString("D58", CultureInfo.InvariantCulture);

        public KeyBatch Keys { get; } = new();

        public KeyBatch Blocks { get; } = new();

        public BufferBatch Buffers { get; } = new();

        public MmcStatus[] Statuses { get; } = new MmcStatus[KeyCount];

        public NativeCalls.Key[] NativeKeys { get; } = new NativeCalls.Key[KeyCount];

        public int[] Results { get; } = new int[KeyCount];

        public NativeCalls.Buffers NativeBuffers => new(
            (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_addresses, 0),
            (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_sizes, 0),
            (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_layers, 0));

        public void Dispose() => _bytes.Dispose();
    }
}
