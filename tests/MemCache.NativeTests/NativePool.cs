using System.Globalization;
using MemCache.Testing;
using Xunit;

namespace MemCache.NativeTests;

/// <summary>A MetaService process of a test's own, and C programs that join it. Everything is gone when it is disposed.</summary>
internal sealed class NativePool : IDisposable
{
    /// <summary>Memory that each program with memory contributes.</summary>
    public const long PoolBytes = 64L << 20;

    // A program that is slow is one thing on a busy machine, one that hangs is another.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private readonly List<ChildProcess> _programs = [];

    public NativePool()
    {
        Meta = new MetaServiceProcess("ock.mmc.meta_service.heartbeat_ms = 50", "ock.mmc.meta_service.silence_ms = 2000");
        SharedMemory = Directory.CreateDirectory(
            $"/dev/shm/memcache-test-{Environment.ProcessId}-{Guid.NewGuid():N}").FullName;
    }

    public MetaServiceProcess Meta { get; }

    /// <summary>Directory of the pool's shared-memory files.</summary>
    public string SharedMemory { get; }

    /// <summary>Runs a program to its end, which must be a good one with nothing printed but <paramref name="output"/>.</summary>
    public void Run(
        string program, IEnumerable<string>? arguments = null, string? output = "", params (string Name, string Value)[] variables)
    {
        ChildProcess child = Start(program, arguments, variables);
        Assert.True(child.WaitForExit(Timeout), $"{program} did not end within {Timeout}; output:\n{child.Output}");
        Assert.True(child.ExitCode == 0, $"{program} ended with code {child.ExitCode}; output:\n{child.Output}");
        if (output is not null)
        {
            Assert.Equal(output, child.Output);
        }
    }

    /// <summary>Starts a program, to talk to it.</summary>
    public ChildProcess Start(string program, IEnumerable<string>? arguments = null, params (string Name, string Value)[] variables)
    {
        string config = WriteConfig();
        var environment = new Dictionary<string, string>
        {
            ["MMC_TEST_CONFIG"] = File.ReadAllText(config),
            ["MMC_LOCAL_CONFIG_PATH"] = config,
            ["MMC_TEST_LIBRARY"] = NativeLibraryFiles.Library,
            ["MMC_TEST_POOL_BYTES"] = PoolBytes.ToString(CultureInfo.InvariantCulture),
            ["LSAN_OPTIONS"] = $"suppressions={NativeLibraryFiles.Source("leaks.supp")}:print_suppressions=0",
        };
        foreach ((string name, string value) in variables)
        {
            environment[name] = value;
        }

        ChildProcess child = ChildProcess.StartPath(program, arguments ?? [], environment);
        _programs.Add(child);
        return child;
    }

    public void Dispose()
    {
        foreach (ChildProcess program in _programs)
        {
            program.Dispose();
        }

        Meta.Dispose();
        Directory.Delete(SharedMemory, recursive: true);
    }

    private string WriteConfig()
    {
        string path = Path.Combine(Meta.Directory, "mmc-local.conf");
        File.WriteAllLines(path,
        [
            $"ock.mmc.meta_service_url = {Meta.MetaServiceUrl}",
            $"ock.mmc.local_service.config_store_url = {Meta.ConfigStoreUrl}",
            $"ock.mmc.local_service.shm.path = {SharedMemory}",
            FormattableString.Invariant($"ock.mmc.local_service.dram.size = {PoolBytes}"),
            "ock.mmc.client.timeout.seconds = 3",
        ]);
        return path;
    }
}
