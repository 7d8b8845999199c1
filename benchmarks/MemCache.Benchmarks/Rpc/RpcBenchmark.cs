using System.Diagnostics;
using System.Globalization;

namespace MemCache.Benchmarks;

/// <summary>
/// Round trips of batch-exist through the MetaService's own threads, through Kestrel, and of the same bytes over a bare socket. The variants
/// take turns within every round, so that whatever else the machine does meets all of them alike.
/// </summary>
internal static class RpcBenchmark
{
    public static int Run(string[] arguments)
    {
        int rounds = Read(arguments, "--rounds", 21);
        int calls = Read(arguments, "--calls", 200);
        if (arguments.Contains("--handler"))
        {
            // For a profiler: nothing but the work.
            bool present = !arguments.Contains("--absent");
            using var direct = new DirectHandler(256, present);
            double[] times = new double[rounds * 10_000];
            Time(direct, times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"256 keys, {(present ? "present" : "absent")}: p50 {Median(times):F2} us, p1 {times.Order().ElementAt(times.Length / 100):F2} us"));
            return 0;
        }

        string directory = Directory.CreateTempSubdirectory("mmc-rpc-").FullName;
        try
        {
            using var bare = new RpcServerProcess(RpcServerKind.Bare, directory);
            using var own = new RpcServerProcess(RpcServerKind.Own, directory);
            using var ownNoSpin = new RpcServerProcess(RpcServerKind.OwnNoSpin, directory);
            using var kestrel = new RpcServerProcess(RpcServerKind.Kestrel, directory);
            foreach (int keyCount in (int[])[1, 256])
            {
                foreach (bool tcp in (bool[])[false, true])
                {
                    Measure(keyCount, tcp, rounds, calls, bare, own, ownNoSpin, kestrel);
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    private static void Measure(
        int keyCount,
        bool tcp,
        int rounds,
        int calls,
        RpcServerProcess bare,
        RpcServerProcess own,
        RpcServerProcess ownNoSpin,
        RpcServerProcess kestrel)
    {
        (int requestBytes, int replyBytes) = ExistsCaller.FrameBytes(keyCount);
        (string Name, IRpcTarget Target)[] targets =
        [
            ("bare socket", new BareEcho(tcp ? bare.Tcp : bare.Unix, requestBytes, replyBytes)),
            ("own threads", new ExistsCaller(tcp ? own.TcpUrl : own.UnixUrl, keyCount, -1)),
            ("own threads, no polling", new ExistsCaller(tcp ? ownNoSpin.TcpUrl : ownNoSpin.UnixUrl, keyCount, 0)),
            ("Kestrel inline, polling client", new ExistsCaller(tcp ? kestrel.TcpUrl : kestrel.UnixUrl, keyCount, -1)),
            ("Kestrel inline, no polling", new ExistsCaller(tcp ? kestrel.TcpUrl : kestrel.UnixUrl, keyCount, 0)),
            ("encode and handle, no socket", new DirectHandler(keyCount)),
        ];
        double[][] medians = [.. targets.Select(_ => new double[rounds])];
        double[][] tails = [.. targets.Select(_ => new double[rounds])];
        double[] times = new double[calls];
        // Two unmeasured rounds bring the code to its final tier.
        for (int round = -2; round < rounds; round++)
        {
            for (int i = 0; i < targets.Length; i++)
            {
                Time(targets[i].Target, round < 0 ? new double[20 * calls] : times);
                if (round >= 0)
                {
                    Array.Sort(times);
                    medians[i][round] = times[calls / 2];
                    tails[i][round] = times[calls * 99 / 100];
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"exist of {keyCount}, {(tcp ? "TCP" : "Unix socket")}: {requestBytes} bytes there, {replyBytes} back"));
        for (int i = 0; i < targets.Length; i++)
        {
            double ratio = Median([.. medians[i].Zip(medians[0], (ours, bareTime) => ours / bareTime)]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {targets[i].Name,-32} p50 {Median(medians[i]),7:F1} us   p99 {Median(tails[i]),7:F1} us   {ratio,5:F2} x bare"));
            targets[i].Target.Dispose();
        }

    }

    private static void Time(IRpcTarget target, double[] times)
    {
        for (int i = 0; i < times.Length; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            target.Call();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static int Read(string[] arguments, string name, int otherwise)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length
            ? int.Parse(arguments[index + 1], CultureInfo.InvariantCulture)
            : otherwise;
    }
}
