namespace MemCache.NativeTests;

/// <summary>Where the library under test, its headers and the test programs lie.</summary>
internal static class NativeLibraryFiles
{
    private static readonly string Root = FindRoot();

    /// <summary>Directory of the built library.</summary>
    public static string Directory => Path.Combine(Root, "artifacts", "native");

    /// <summary>The library; the text of the exception says how to build it.</summary>
    public static string Library
    {
        get
        {
            string path = Path.Combine(Directory, "libmf_memcache.so");
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException("the library is not built: ./mmc test NativeTests builds it first", path);
        }
    }

    /// <summary>Directories of the headers.</summary>
    public static IReadOnlyList<string> Includes { get; } =
        [Path.Combine(Root, "bindings", "c", "include"), Path.Combine(Root, "bindings", "cpp", "include")];

    /// <summary>A source below <c>tests/MemCache.NativeTests/c</c>, or below <c>examples</c>.</summary>
    public static string Source(string name) => name.StartsWith("examples/", StringComparison.Ordinal)
        ? Path.Combine(Root, name)
        : Path.Combine(Root, "tests", "MemCache.NativeTests", "c", name);

    /// <summary>Where compiled programs go.</summary>
    public static string Output { get; } =
        System.IO.Directory.CreateDirectory(Path.Combine(Root, "artifacts", "native-tests")).FullName;

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MemCache.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie below the repository");
    }
}
