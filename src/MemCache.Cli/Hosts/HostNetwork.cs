using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MemCache.Interop;

namespace MemCache.Cli;

/// <summary>
/// Several hosts on one machine. With the rights of an administrator each is a network namespace with a cable to a
/// bridge (in a namespace of its own), and this process has a cable to it too. Without them a host is an address of the
/// loopback network. Disposing ends what still runs in the namespaces and removes them; what a killed process has left
/// is removed when the next one starts.
/// </summary>
internal sealed class HostNetwork : IDisposable
{
    /// <summary>Hosts of one network at most.</summary>
    public const int HostCountMax = 12;

    // 198.18.0.0/15 is set aside for tests between networks (RFC 2544); each network takes 16 addresses of it.
    private const uint FirstAddress = (198u << 24) | (18u << 16);
    private const uint BlockSize = 16;
    private const uint BlockCount = (1u << 17) / BlockSize;
    private const string NamespaceDirectory = "/run/netns";

    private static int _lastNumber;

    private readonly List<string> _namespaces = [];
    private readonly ScratchDirectory _directory;

    private HostNetwork(ScratchDirectory directory) => _directory = directory;

    /// <summary>The hosts.</summary>
    public IReadOnlyList<Host> Hosts { get; private set; } = [];

    /// <summary>This process as one more host: where the bench and the tests are clients themselves.</summary>
    public Host Outside { get; private set; } = new("127.0.0.1", "");

    /// <summary>Addresses of the hosts and of this process.</summary>
    public IEnumerable<string> Addresses => Hosts.Append(Outside).Select(host => host.Address).Distinct();

    /// <summary>Whether the hosts are namespaces.</summary>
    public bool IsIsolated => _namespaces.Count > 0;

    /// <summary>Why this process can't make namespaces; <see langword="null"/>: it can.</summary>
    public static string? Obstacle()
    {
        if (IpCommand.Path is null)
        {
            return "iproute2 is not installed (apt-get install iproute2)";
        }

        string name = NextName();
        try
        {
            IpCommand.RunAll(null, $"netns add {name}");
        }
        catch (HostNetworkException failure)
        {
            return $"network namespaces need root, or CAP_NET_ADMIN and CAP_SYS_ADMIN ({failure.Message.Trim()})";
        }

        try
        {
            IpCommand.RunAll(name, "link add bridge type bridge");
            IpCommand.Run("netns", "exec", name, "sh", "-c", "mount -t tmpfs -o size=4k none /mnt");
            return null;
        }
        catch (HostNetworkException failure)
        {
            return $"this kernel or container makes no bridges or mounts in a namespace ({failure.Message.Trim()})";
        }
        finally
        {
            IpCommand.Run("netns", "delete", name);
        }
    }

    /// <summary>Makes hosts: namespaces where that can be done, else addresses of the loopback network.</summary>
    /// <param name="count">1 .. <see cref="HostCountMax"/>.</param>
    /// <param name="sharedMemoryParent">Where the directories of their shared memory are made.</param>
    /// <param name="report">Is told why they are no namespaces.</param>
    public static HostNetwork Create(int count, string sharedMemoryParent, Action<string> report)
    {
        if (Obstacle() is not { } obstacle)
        {
            return CreateIsolated(count, sharedMemoryParent);
        }

        report($"hosts are addresses of the loopback network, and can't be cut off: {obstacle}");
        return CreateOnLoopback(count, sharedMemoryParent);
    }

    /// <summary>Makes hosts that are addresses of the loopback network.</summary>
    public static HostNetwork CreateOnLoopback(int count, string sharedMemoryParent)
    {
        var network = new HostNetwork(new ScratchDirectory(sharedMemoryParent));
        network.Hosts = [.. Enumerable.Range(0, count).Select(
            i => new Host($"127.0.0.{Text(i + 2)}", network.MakeDirectory(Text(i))))];
        network.Outside = new Host("127.0.0.1", network.MakeDirectory("outside"));
        return network;
    }

    /// <summary>Makes hosts that are namespaces.</summary>
    /// <exception cref="HostNetworkException">That can't be done here.</exception>
    public static HostNetwork CreateIsolated(int count, string sharedMemoryParent)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, HostCountMax);
        RemoveAbandoned();
        var network = new HostNetwork(new ScratchDirectory(sharedMemoryParent));
        try
        {
            network.Build(count);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string name in _namespaces)
        {
            Remove(name);
        }

        _directory.Dispose();
    }

    private void Build(int count)
    {
        uint block = FreeBlock();
        string bridge = AddNamespace();
        IpCommand.RunAll(bridge, "link add bridge type bridge forward_delay 0", "link set bridge up", "link set lo up");
        string cable = NextName().Replace("mmc-", "mmc", StringComparison.Ordinal);
        IpCommand.RunAll(null,
            $"link add {cable} type veth peer name outside netns {bridge}",
            $"address add {AddressText(block + BlockSize - 2)}/28 dev {cable}",
            $"link set {cable} up");
        IpCommand.RunAll(bridge, "link set outside master bridge up");
        Outside = new Host(AddressText(block + BlockSize - 2), MakeDirectory("outside"));
        Hosts = [.. Enumerable.Range(0, count).Select(i => AddHost(bridge, block, i))];
    }

    private Host AddHost(string bridge, uint block, int index)
    {
        string name = AddNamespace();
        string port = $"port{Text(index)}";
        string address = AddressText(block + 1 + (uint)index);
        IpCommand.RunAll(null, $"link add {port} netns {bridge} type veth peer name eth0 netns {name}");
        IpCommand.RunAll(name, "link set lo up", $"address add {address}/28 dev eth0", "link set eth0 up");
        IpCommand.RunAll(bridge, $"link set {port} master bridge up");
        return new Host(address, MakeDirectory(Text(index)), name, bridge, port);
    }

    private string AddNamespace()
    {
        string name = NextName();
        IpCommand.RunAll(null, $"netns add {name}");
        _namespaces.Add(name);
        return name;
    }

    private string MakeDirectory(string name) =>
        Directory.CreateDirectory(Path.Combine(_directory.Path, name)).FullName;

    // Ends what runs in it first: a namespace lives for as long as a process does.
    private static void Remove(string name)
    {
        try
        {
            foreach (string id in IpCommand.Run("netns", "pids", name).Split(
                '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                ProcessSignal.Send(int.Parse(id, CultureInfo.InvariantCulture), ProcessSignal.Kill);
            }

            IpCommand.Run("netns", "delete", name);
        }
        catch (HostNetworkException)
        {
            // Somebody else has removed it, or is doing so now: all that was wanted.
        }
    }

    // Namespaces whose maker, named in the middle, is dead.
    private static void RemoveAbandoned()
    {
        if (!Directory.Exists(NamespaceDirectory))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFiles(NamespaceDirectory, "mmc-*-*"))
        {
            string name = Path.GetFileName(path);
            string[] parts = name.Split('-');
            if (parts.Length == 3
                && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int maker)
                && !Directory.Exists($"/proc/{Text(maker)}"))
            {
                Remove(name);
            }
        }
    }

    private static uint FreeBlock()
    {
        HashSet<uint> used = [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(address => ToNumber(address.Address) / BlockSize)];
        // Two processes that look at the same time begin at different blocks.
        uint first = (uint)Environment.ProcessId * 7 + (uint)_lastNumber;
        for (uint i = 0; i < BlockCount; i++)
        {
            uint block = FirstAddress + (first + i) % BlockCount * BlockSize;
            if (!used.Contains(block / BlockSize))
            {
                return block;
            }
        }

        throw new HostNetworkException("every address of 198.18.0.0/15 is taken");
    }

    private static uint ToNumber(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }

    private static string AddressText(uint address) =>
        new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();

    // Unique in this process; with its id in it, so that the next one can tell whose it was.
    private static string NextName() => string.Create(
        CultureInfo.InvariantCulture, $"mmc-{Environment.ProcessId}-{Interlocked.Increment(ref _lastNumber)}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
