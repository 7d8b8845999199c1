namespace MemCache.Testing;

/// <summary>Finds the programs that the same build made.</summary>
public static class BuildOutput
{
    /// <summary>Path of <paramref name="program"/> in the output of <paramref name="project"/>, same configuration as the caller's.</summary>
    public static string Program(string project, string program)
    {
        // artifacts/bin/<project>/<configuration>/
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        string path = Path.Combine(configuration.Parent!.Parent!.FullName, project, configuration.Name, program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"'{program}' is not built: build {project} first", path);
    }
}
