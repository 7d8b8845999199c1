using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using MemCache.MetaService;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemCache.Benchmarks;

/// <summary>A server of one kind in a process of its own, on a Unix socket and a TCP port.</summary>
internal sealed class RpcServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _path;

    public RpcServerProcess(RpcServerKind kind, string directory)
    {
        _path = Path.Combine(directory, kind.ToString());
        Unix = new UnixDomainSocketEndPoint(_path);
        Tcp = new IPEndPoint(IPAddress.Loopback, FreePort());
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        start.ArgumentList.Add("rpc-serve");
        start.ArgumentList.Add(kind.ToString());
        start.ArgumentList.Add(_path);
        start.ArgumentList.Add(Tcp.Port.ToString(CultureInfo.InvariantCulture));
        _process = Process.Start(start)!;
        WaitUntilUp();
    }

    public UnixDomainSocketEndPoint Unix { get; }

    public IPEndPoint Tcp { get; }

    public string UnixUrl => "unix://" + _path;

    public string TcpUrl => $"tcp://{Tcp}";

    /// <summary>The program of the server process.</summary>
    public static int Serve(ReadOnlySpan<string> arguments)
    {
        RpcServerKind kind = Enum.Parse<RpcServerKind>(arguments[0]);
        var unix = new UnixDomainSocketEndPoint(arguments[1]);
        var tcp = new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[2], CultureInfo.InvariantCulture));
        // Whatever becomes of the benchmark, its servers end with it.
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Only the end of the input matters.
            }

            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true }.Start();
        switch (kind)
        {
            case RpcServerKind.Bare:
                BareEcho.Listen(unix);
                BareEcho.Listen(tcp);
                break;
            case RpcServerKind.Kestrel:
                KestrelFrames.Run(unix, tcp);
                break;
            default:
                ServeOwn(kind, unix, tcp);
                break;
        }

        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void ServeOwn(RpcServerKind kind, UnixDomainSocketEndPoint unix, IPEndPoint tcp)
    {
        var options = new MetaServiceOptions
        {
            MetaServiceUrl = "unix://" + unix,
            ConfigStoreUrl = $"tcp://{tcp}",
            SocketDirectory = Path.GetDirectoryName(unix.ToString())!,
            SilenceMs = 600_000,
            SpinMicroseconds = kind == RpcServerKind.Own ? -1 : 0,
        };
        if (!MetaServer.TryStart(
            options, new FrameServerOptions(), TimeProvider.System, NullLogger.Instance, out MetaServer? server, out string error))
        {
            throw new InvalidOperationException(error);
        }

        // Both roles over the Unix socket are at a path of the server's choice: give it the expected name.
        File.Delete(unix.ToString());
        File.CreateSymbolicLink(unix.ToString(), server.UnixSocketPath);
    }

    private void WaitUntilUp()
    {
        long begin = Stopwatch.GetTimestamp();
        while (!Accepts(Unix) || !Accepts(Tcp))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(begin).TotalSeconds > 20)
            {
                throw new InvalidOperationException("a server did not start");
            }

            Thread.Sleep(20);
        }

        // The link over the data socket follows right behind its opening.
        Thread.Sleep(100);
    }

    private static bool Accepts(EndPoint address)
    {
        using Socket socket = BareEcho.Open(address);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
