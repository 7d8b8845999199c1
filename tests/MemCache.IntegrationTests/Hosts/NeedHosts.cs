using MemCache.Cli;
using Xunit;
using MetaServiceProcess = MemCache.Testing.MetaServiceProcess;

namespace MemCache.IntegrationTests;

/// <summary>Makes the hosts of a test, or skips it where there are no rights for them.</summary>
internal static class NeedHosts
{
    private static readonly Lazy<string?> Obstacle = new(HostNetwork.Obstacle);

    /// <summary>Skips the test, with the reason, where namespaces can't be made.</summary>
    public static void OrSkip() => Assert.SkipWhen(Obstacle.Value is not null, Obstacle.Value ?? "");

    /// <summary>Hosts that are network namespaces.</summary>
    public static HostNetwork Create(int count)
    {
        OrSkip();
        return HostNetwork.CreateIsolated(count, SharedMemory.DefaultDirectory);
    }

    /// <summary>A MetaService on a host.</summary>
    public static MetaServiceProcess StartMeta(Host host, params string[] settings) =>
        new(host.Address, host.Wrap, Path.Combine(host.Directory, "run"), settings);
}
