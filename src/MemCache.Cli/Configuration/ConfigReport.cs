using MemCache.Core;

namespace MemCache.Cli;

/// <summary>A configuration as <c>mmc config</c> shows it.</summary>
/// <param name="Kind">meta or local.</param>
/// <param name="File">The file; empty: none.</param>
/// <param name="Problems">Everything wrong or odd.</param>
/// <param name="Values">Every key in the order of the reference page.</param>
internal sealed record ConfigReport(
    string Kind, string File, IReadOnlyList<ConfigReportProblem> Problems, IReadOnlyList<ConfigReportValue> Values)
{
    /// <summary>Whether a program would start with it.</summary>
    public bool IsLegal => Problems.All(problem => problem.Severity != ConfigReportProblem.Error);

    /// <summary>Makes the report of a reading.</summary>
    /// <param name="kind">meta or local.</param>
    /// <param name="file">The file, if there is one.</param>
    /// <param name="table">The keys.</param>
    /// <param name="reading">What the program makes of it.</param>
    /// <param name="findUnavailable">Sentences about what this host does not have, with their keys in quotes.</param>
    public static ConfigReport Of<TOptions>(
        string kind, ConfigFile? file, ConfigTable<TOptions> table, ConfigReading<TOptions> reading,
        Func<TOptions, IReadOnlyList<string>> findUnavailable)
        where TOptions : class, new()
    {
        List<ConfigReportProblem> problems =
        [
            .. reading.Problems.Select(problem => new ConfigReportProblem(
                problem.IsError ? ConfigReportProblem.Error : ConfigReportProblem.Warning, problem.Origin.Name,
                problem.Origin.LineNumber, problem.Key, problem.Value, problem.Range, problem.Text)),
        ];
        foreach (string sentence in findUnavailable(reading.Options))
        {
            ConfigSetting<TOptions>? setting = table.Settings.FirstOrDefault(
                candidate => sentence.Contains($"'{candidate.Key}'", StringComparison.Ordinal));
            // What nobody asked for is not worth a warning.
            if (setting is not null && reading.OriginOf(setting.Key) is { Source: not ConfigSource.Default } origin)
            {
                problems.Add(new ConfigReportProblem(
                    ConfigReportProblem.Warning, origin.Name, origin.LineNumber, setting.Key,
                    setting.Show(reading.Options), "", $"{origin}: {sentence}"));
            }
        }

        return new ConfigReport(kind, file?.Path ?? "", problems, [.. table.Settings.Select(setting =>
        {
            ConfigOrigin origin = reading.OriginOf(setting.Key);
            return new ConfigReportValue(
                setting.Key, setting.Show(reading.Options), SourceName(origin.Source), origin.Name, origin.LineNumber,
                setting.Variable, setting.IsReloaded, origin.ToString());
        })]);
    }

    private static string SourceName(ConfigSource source) => source switch
    {
        ConfigSource.File => "file",
        ConfigSource.Environment => "environment",
        ConfigSource.CommandLine => "command line",
        _ => "default",
    };
}
