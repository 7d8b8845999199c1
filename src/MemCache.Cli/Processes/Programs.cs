using System.Reflection;

namespace MemCache.Cli;

/// <summary>Where the programs lie that this one starts.</summary>
internal static class Programs
{
    /// <summary>Environment variable that names the MetaService's program; it wins over every other place.</summary>
    public const string MetaServiceVariable = "MMC_META_SERVICE_PROGRAM";

    private const string MetaServiceName = "mmc_meta_service";
    private const string CliName = "mmc";

    /// <summary>
    /// The command line that starts this program again: the program, or <c>dotnet</c> and its assembly. Tests that use
    /// what is in here are another program: theirs lies in the next project's output.
    /// </summary>
    public static IReadOnlyList<string> Self()
    {
        if (Assembly.GetEntryAssembly() is { } entry && entry != typeof(Programs).Assembly)
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            return [Path.Combine(here.Parent?.Parent?.FullName ?? "/", "MemCache.Cli", here.Name, CliName)];
        }

        string self = Environment.ProcessPath ?? throw new FileNotFoundException("this process has no path");
        string assembly = Path.Combine(AppContext.BaseDirectory, $"{CliName}.dll");
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, assembly] : [self];
    }

    /// <summary>The command line that starts the MetaService.</summary>
    /// <exception cref="FileNotFoundException">It is nowhere; the text says where it was looked for.</exception>
    public static IReadOnlyList<string> MetaService()
    {
        string[] places = [.. MetaServicePlaces()];
        string path = places.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"{MetaServiceName} not found: build it, or name it with {MetaServiceVariable}. "
            + $"Looked for {string.Join(", ", places)}");
        return path.EndsWith(".dll", StringComparison.Ordinal) ? [Self()[0], path] : [path];
    }

    private static IEnumerable<string> MetaServicePlaces()
    {
        if (Environment.GetEnvironmentVariable(MetaServiceVariable) is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }

        // Beside this program when installed; in the next project's output, same configuration, when built.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        string suffix = Self().Count > 1 ? ".dll" : "";
        yield return Path.Combine(here.FullName, MetaServiceName + suffix);
        if (here.Parent?.Parent is { } outputs)
        {
            yield return Path.Combine(outputs.FullName, "MemCache.MetaService", here.Name, MetaServiceName + suffix);
        }
    }
}
