namespace MemCache.Core;

/// <summary>What both programs' options share: a file over the defaults, and every problem at once.</summary>
internal static class ConfigLoader
{
    public static IReadOnlyList<string> Load<TOptions>(ConfigTable<TOptions> table, TOptions options, string? path)
        where TOptions : class, new()
    {
        if (string.IsNullOrEmpty(path))
        {
            return [];
        }

        ThrowIfAny(table.Apply(ConfigFile.Load(path), options, out IReadOnlyList<string> warnings));
        return warnings;
    }

    public static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new OptionsException(string.Join(Environment.NewLine, problems));
        }
    }
}
