using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MemCache.TidyTests;

/// <summary>The files of this repository, found from where the tests were built.</summary>
internal static partial class Repository
{
    /// <summary>Set to 1, it rewrites the snapshots and generated pages that the tests compare.</summary>
    public const string RewriteVariable = "MMC_TEST_REWRITE";

    private static readonly string[] LeftOut = ["artifacts", ".git", "bin", "obj"];

    /// <summary>Its directory.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether snapshots are to be rewritten and not compared.</summary>
    public static bool Rewrites => Environment.GetEnvironmentVariable(RewriteVariable) == "1";

    /// <summary>Paths relative to the root of all files below a directory whose names match.</summary>
    public static IEnumerable<string> Files(string directory, string pattern)
    {
        string path = Path.Combine(Root, directory);
        return !Directory.Exists(path)
            ? []
            : Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file))
                .Where(file => !file.Split('/').Intersect(LeftOut).Any())
                .Order(StringComparer.Ordinal);
    }

    /// <summary>The text of a file, by its path relative to the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The lines of a file, by its path relative to the root.</summary>
    public static string[] ReadLines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    /// <summary>Names of the projects below a directory, without <c>MemCache.</c> in front.</summary>
    public static IEnumerable<string> Projects(string directory) =>
        Files(directory, "*.csproj").Select(ProjectName);

    /// <summary>The project file of a project below <c>src</c>.</summary>
    public static XDocument ProjectFile(string project) =>
        XDocument.Parse(Read($"src/MemCache.{project}/MemCache.{project}.csproj"));

    /// <summary>What is between <c>MemCache.</c> and <c>.csproj</c> in a path.</summary>
    public static string ProjectName(string path) => ProjectNamePattern().Match(path).Groups[1].Value;

    /// <summary>Compares a text with a file, or writes the file if that is asked for.</summary>
    /// <returns>What to tell the reader of a failure; <see langword="null"/> if they agree.</returns>
    public static string? Compare(string path, string text)
    {
        string file = Path.Combine(Root, path);
        if (Rewrites)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        string stored = File.Exists(file) ? File.ReadAllText(file) : "";
        return stored == text ? null : FirstDifference(path, stored.Split('\n'), text.Split('\n'));
    }

    private static string FirstDifference(string path, string[] stored, string[] actual)
    {
        int line = stored.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        string was = line < stored.Length ? stored[line] : "(nothing)";
        string isNow = line < actual.Length ? actual[line] : "(nothing)";
        return $"{path}:{line + 1} is out of date:\n  stored: {was}\n  actual: {isNow}\n"
            + $"If the change is wanted: {RewriteVariable}=1 ./mmc test TidyTests, and read the difference.";
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MemCache.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie below the repository");
    }

    [GeneratedRegex(@"MemCache\.([A-Za-z]+)\.csproj$")]
    private static partial Regex ProjectNamePattern();
}
