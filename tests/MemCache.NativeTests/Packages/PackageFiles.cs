using Xunit;

namespace MemCache.NativeTests.Packages;

/// <summary>What <c>./mmc test</c> made for these tests: packages of this build and of a "next" version, and a fresh Debian.</summary>
internal static class PackageFiles
{
    /// <summary>The version of the second package.</summary>
    public const string NextVersion = "99.0.0";

    private static readonly string Artifacts = Path.GetDirectoryName(NativeLibraryFiles.Directory)!;

    /// <summary>Directory of the packages.</summary>
    public static string Packages => Path.Combine(Artifacts, "package-test");

    /// <summary>A root file system as debootstrap makes it.</summary>
    public static string Root => Path.Combine(Packages, "root");

    /// <summary>Skips the test, with the reason, where no root file system can be made or entered.</summary>
    public static void OrSkip()
    {
        string obstacle = Path.Combine(Packages, "why-no-root");
        Assert.SkipWhen(File.Exists(obstacle), File.Exists(obstacle) ? File.ReadAllText(obstacle).Trim() : "");
        Assert.True(Directory.Exists(Root), $"{Root} is missing: ./mmc test NativeTests makes it");
    }

    /// <summary>Name of the self-extracting package of this build, or of the next version.</summary>
    public static string RunName(bool isNext = false) => Find("memcache_hybrid-*.run", isNext);

    /// <summary>Name of the Debian package of this build.</summary>
    public static string DebName() => Find("memcache-hybrid_*.deb", isNext: false);

    /// <summary>The version of this build.</summary>
    public static string Version() => RunName().Split('-', '_')[2];

    private static string Find(string pattern, bool isNext) => Path.GetFileName(Assert.Single(
        Directory.GetFiles(Packages, pattern),
        path => Path.GetFileName(path).Contains(NextVersion, StringComparison.Ordinal) == isNext));
}
