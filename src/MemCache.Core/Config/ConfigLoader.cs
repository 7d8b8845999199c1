namespace MemCache.Core;

/// <summary>
/// What both programs' options share: a file and the environment over the defaults, and every problem at once.
/// </summary>
internal static class ConfigLoader
{
    public static TOptions Load<TOptions>(
        ConfigTable<TOptions> table, string? path, string pathVariable, out IReadOnlyList<string> warnings)
        where TOptions : class, new()
    {
        path ??= Environment.GetEnvironmentVariable(pathVariable);
        ConfigFile? file = string.IsNullOrEmpty(path) ? null : ConfigFile.Load(path);
        return table.Read(file, Environment.GetEnvironmentVariable).Require(out warnings);
    }

    public static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new OptionsException(string.Join(Environment.NewLine, problems));
        }
    }
}
