using System.Collections;
using System.CommandLine;
using System.Text.Json;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary><c>mmc config</c>: what is wrong with a configuration file, and which values count.</summary>
internal static class ConfigCommand
{
    private const int LegalExitCode = 0;
    private const int IllegalExitCode = 1;
    private const string VariablePrefix = "MMC_";

    // Of the programs or of this project's tests, and not keys.
    private static readonly string[] OtherVariables =
    [
        MetaServiceOptions.PathVariable, LocalServiceOptions.PathVariable, "MMC_META_SERVICE_PATH",
        "MMC_META_SERVICE_PROGRAM", "MMC_READY_FILE",
    ];

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Configuration files",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Argument<string?> File = new("FILE")
    {
        Description = "Configuration file [default: those that the environment names]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Kind = new("--kind")
    {
        Description = "Whose file it is: meta (mmc_meta_service) or local (an engine) [default: by its keys]",
        HelpName = "meta|local",
    };

    private static readonly Option<bool> Changed = new("--changed") { Description = "Only what is not a default" };

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON array" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Kind.AcceptOnlyFromAmong("meta", "local");
        var check = new Command(
            "check", "Says everything that is wrong with files. Exit code 0: they are legal, 1: one is not")
        {
            Files, Kind, Json,
        };
        check.SetAction(Check);
        var show = new Command(
            "show", "Shows the values that count, and where each comes from: file, environment or defaults")
        {
            File, Kind, Changed, Json,
        };
        show.SetAction(Show);
        return new Command("config", "Checks configuration files, and shows which values count") { check, show };
    }

    private static int Check(ParseResult arguments)
    {
        ConfigReport[] reports = [.. arguments.GetValue(Files)!.Select(path =>
        {
            ConfigFile file = ConfigFile.Load(path);
            return (Named(arguments) ?? ConfigProgram.Of(file)).Read(file, static _ => null);
        })];
        if (arguments.GetValue(Json))
        {
            WriteJson([.. reports.Select(report => report with { Values = [] })]);
        }
        else
        {
            WriteVerdicts(reports);
        }

        return reports.All(report => report.IsLegal) ? LegalExitCode : IllegalExitCode;
    }

    private static int Show(ParseResult arguments)
    {
        bool isBrief = arguments.GetValue(Changed);
        ConfigReport[] reports = [.. Wanted(arguments).Select(report => report with
        {
            Values = [.. report.Values.Where(value => !isBrief || value.Source != "default")],
        })];
        if (arguments.GetValue(Json))
        {
            WriteJson(reports);
        }
        else
        {
            Array.ForEach(reports, WriteValues);
            WriteProblems(reports);
        }

        return reports.All(report => report.IsLegal) ? LegalExitCode : IllegalExitCode;
    }

    private static IEnumerable<ConfigReport> Wanted(ParseResult arguments)
    {
        ConfigProgram? named = Named(arguments);
        if (arguments.GetValue(File) is { } path)
        {
            ConfigFile file = ConfigFile.Load(path);
            return [WithVariables((named ?? ConfigProgram.Of(file)).Read(file, Environment.GetEnvironmentVariable))];
        }

        IEnumerable<ConfigProgram> programs = named is null ? ConfigProgram.All : [named];
        return programs.Select(program =>
        {
            string? configured = Environment.GetEnvironmentVariable(program.PathVariable);
            ConfigFile? file = string.IsNullOrEmpty(configured) ? null : ConfigFile.Load(configured);
            return WithVariables(program.Read(file, Environment.GetEnvironmentVariable));
        });
    }

    // A misspelt variable has no effect, and nothing else would say so.
    private static ConfigReport WithVariables(ConfigReport report)
    {
        IEnumerable<ConfigReportProblem> unknown = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => (string)variable.Key)
            .Where(name => name.StartsWith(VariablePrefix, StringComparison.Ordinal)
                && !OtherVariables.Contains(name) && !IsKey(name))
            .Order(StringComparer.Ordinal)
            .Select(name => new ConfigReportProblem(
                ConfigReportProblem.Warning, name, 0, "", "", "", $"environment {name}: there is no such key"));
        return report with { Problems = [.. report.Problems, .. unknown] };
    }

    private static bool IsKey(string variable) =>
        MetaServiceOptions.Table.Settings.Any(setting => setting.Variable == variable)
        || LocalServiceOptions.Table.Settings.Any(setting => setting.Variable == variable);

    private static ConfigProgram? Named(ParseResult arguments) =>
        ConfigProgram.All.FirstOrDefault(program => program.Name == arguments.GetValue(Kind));

    private static void WriteJson(ConfigReport[] reports) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(reports, CliJson.Default.ConfigReportArray));

    private static void WriteVerdicts(ConfigReport[] reports)
    {
        WriteProblems(reports);
        foreach (ConfigReport report in reports)
        {
            int errors = report.Problems.Count(problem => problem.Severity == ConfigReportProblem.Error);
            string verdict = errors == 0 ? "legal" : $"{errors} errors";
            Console.Out.WriteLine(
                $"{report.File} ({report.Kind}): {verdict}, {report.Problems.Count - errors} warnings");
        }
    }

    private static void WriteProblems(ConfigReport[] reports)
    {
        foreach (ConfigReportProblem problem in reports.SelectMany(report => report.Problems).Distinct())
        {
            Console.Error.WriteLine($"{problem.Severity}: {problem.Message}");
        }
    }

    private static void WriteValues(ConfigReport report)
    {
        string file = report.File.Length == 0 ? "no file" : report.File;
        Console.Out.WriteLine($"# mmc-{report.Kind}.conf: {file}");
        int width = report.Values.Select(value => Line(value).Length).DefaultIfEmpty().Max();
        foreach (ConfigReportValue value in report.Values)
        {
            Console.Out.WriteLine($"{Line(value).PadRight(width)}  # {value.Origin}");
        }
    }

    private static string Line(ConfigReportValue value) => $"{value.Key} = {value.Value}".TrimEnd();
}
