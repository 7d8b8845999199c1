using System.Diagnostics;
using System.Globalization;

namespace MemCache.Benchmarks;

/// <summary>
/// The data path over TCP against iperf3 and against a bare ping-pong, in turns within one run. <c>--namespaces</c> puts the two sides into two
/// network namespaces joined by a veth pair (needs root), otherwise both are on loopback. Starts a server process, iperf3 and the measuring
/// process, and takes all of it down again.
/// </summary>
internal static class TcpBenchmark
{
    private const string NearSide = "mmc-tcp-a";
    private const string FarSide = "mmc-tcp-b";
    private const string FarHost = "10.77.0.2";
    private const int IperfPort = 45_399;

    public static int Run(string[] arguments)
    {
        bool namespaces = arguments.Contains("--namespaces");
        string[] near = namespaces ? ["ip", "netns", "exec", NearSide] : [];
        string[] far = namespaces ? ["ip", "netns", "exec", FarSide] : [];
        string host = namespaces ? FarHost : "127.0.0.1";
        string[] self = [Environment.ProcessPath!, .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
            ? [typeof(TcpBenchmark).Assembly.Location] : Array.Empty<string>()];
        try
        {
            if (namespaces)
            {
                MakeNamespaces();
            }

            using Process iperf = Start([.. far, "iperf3", "-s", "-p", Text(IperfPort)], captures: true);
            iperf.OutputDataReceived += (_, _) => { };
            iperf.BeginOutputReadLine();
            using Process server = Start([.. far, .. self, "tcp-serve", host, .. arguments], captures: true);
            try
            {
                string served = server.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the server did not start");
                using Process client = Start(
                    [.. near, .. self, "tcp-run", host, Text(IperfPort), .. served.Split(' '), .. arguments], captures: false);
                client.WaitForExit();
                return client.ExitCode;
            }
            finally
            {
                iperf.Kill(entireProcessTree: true);
                server.Kill(entireProcessTree: true);
                server.WaitForExit();
            }
        }
        finally
        {
            if (namespaces)
            {
                RemoveNamespaces();
            }
        }
    }

    /// <summary>The number behind an option's name.</summary>
    public static int Option(string[] arguments, string name, int otherwise)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 ? int.Parse(arguments[index + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static Process Start(string[] command, bool captures)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = captures };
        return Process.Start(start) ?? throw new InvalidOperationException("can't start " + command[0]);
    }

    private static void MakeNamespaces()
    {
        RemoveNamespaces();
        Ip("netns add " + NearSide);
        Ip("netns add " + FarSide);
        Ip($"link add mmctcp0 netns {NearSide} type veth peer name mmctcp1 netns {FarSide}");
        Ip($"-n {NearSide} addr add 10.77.0.1/24 dev mmctcp0");
        Ip($"-n {FarSide} addr add {FarHost}/24 dev mmctcp1");
        Ip($"-n {NearSide} link set mmctcp0 up");
        Ip($"-n {FarSide} link set mmctcp1 up");
        Ip($"-n {NearSide} link set lo up");
        Ip($"-n {FarSide} link set lo up");
    }

    private static void RemoveNamespaces()
    {
        foreach (string name in (string[])[NearSide, FarSide])
        {
            if (File.Exists("/run/netns/" + name))
            {
                Ip("netns del " + name);
            }
        }
    }

    private static void Ip(string arguments)
    {
        using Process process = Start(["ip", .. arguments.Split(' ')], captures: true);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("ip " + arguments + " failed");
        }
    }
}
