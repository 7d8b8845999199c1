namespace MemCache.Cli;

/// <summary>
/// A "host" on this machine: an address and a directory of shared memory of its own, so that nobody on another host
/// maps its segments; with the rights for it also a network namespace, whose cable can be pulled.
/// </summary>
internal sealed class Host
{
    // In a mount namespace of its own (ip netns exec makes one) the directories of the other hosts are covered with
    // empty ones: their Unix sockets can't be reached and their segments can't be mapped, as on another machine.
    private const string CoverOthers = """
        own=$1 all=$2; shift 2
        for other in "$all"/*; do
          [ "$other" = "$own" ] || mount -t tmpfs -o size=4k,mode=700 none "$other" || exit 1
        done
        exec "$@"
        """;

    private readonly string _switchName;
    private readonly string _portName;

    /// <summary>A host that is only an address and a directory.</summary>
    public Host(string address, string directory)
        : this(address, directory, null, "", "")
    {
    }

    /// <summary>A host that is a network namespace.</summary>
    /// <param name="address">Its IPv4 address.</param>
    /// <param name="directory">Its directory, beside those of the others.</param>
    /// <param name="namespaceName">Its namespace.</param>
    /// <param name="switchName">The namespace of the bridge that its cable leads to.</param>
    /// <param name="portName">The bridge's end of the cable.</param>
    public Host(string address, string directory, string? namespaceName, string switchName, string portName)
    {
        Address = address;
        Directory = directory;
        NamespaceName = namespaceName;
        _switchName = switchName;
        _portName = portName;
    }

    /// <summary>Its IPv4 address.</summary>
    public string Address { get; }

    /// <summary>Its directory of shared memory, and of the Unix sockets of what runs there.</summary>
    public string Directory { get; }

    /// <summary>Whether it can be cut off.</summary>
    public bool HasCable => NamespaceName is not null;

    /// <summary>Its network namespace; <see langword="null"/>: it is an address only.</summary>
    public string? NamespaceName { get; }

    /// <summary>The command that runs <paramref name="command"/> on this host, as the same process.</summary>
    public IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => NamespaceName is null
        ? command
        :
        [
            IpCommand.Path ?? "ip", "netns", "exec", NamespaceName, "sh", "-c", CoverOthers, "sh",
            Directory, Path.GetDirectoryName(Directory) ?? "/", .. command,
        ];

    /// <summary>Pulls the cable at the bridge: what is sent vanishes, and nobody is told.</summary>
    public void Cut() => SetCable("down");

    /// <summary>Plugs the cable in again.</summary>
    public void Reconnect() => SetCable("up");

    private void SetCable(string state)
    {
        if (!HasCable)
        {
            throw new HostNetworkException($"{Address} is no network namespace: it can't be cut off");
        }

        IpCommand.Run("-n", _switchName, "link", "set", _portName, state);
    }
}
