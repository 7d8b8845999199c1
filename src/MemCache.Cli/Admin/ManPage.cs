using System.CommandLine;
using System.Text;

namespace MemCache.Cli;

/// <summary>Writes the manual page of a command, from the same words as its help.</summary>
internal static class ManPage
{
    private static readonly (string Code, string Meaning)[] ExitCodes =
    [
        ("0", "all well"),
        ("1", "something failed, was wrong, or is not reached"),
        ("2", "the input is at fault"),
        ("3", "there is no such object (get, rm)"),
        ("4", "the object is there already (put)"),
        ("130", "interrupted"),
    ];

    /// <summary>The pages of a program: its own, and one for each visible command.</summary>
    /// <returns>File names such as <c>mmc-get.1</c>, and texts.</returns>
    public static IEnumerable<(string FileName, string Text)> Of(RootCommand root)
    {
        yield return ("mmc.1", Page("mmc", root));
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
        {
            yield return ($"mmc-{command.Name}.1", Page($"mmc {command.Name}", command));
        }
    }

    private static string Page(string name, Command command)
    {
        var page = new StringBuilder();
        string title = name.Replace(' ', '-');
        page.Append($".TH {title.ToUpperInvariant()} 1 \"\" \"MemCache\" \"MemCache\"\n");
        string description = command.Description ?? "";
        int end = description.IndexOfAny(['.', ':']);
        page.Append($".SH NAME\n{Escape(title)} \\- {Escape(end > 0 ? description[..end] : description)}\n");
        page.Append($".SH SYNOPSIS\n.B {Escape(name)}\n{Escape(Synopsis(command))}\n");
        page.Append($".SH DESCRIPTION\n{Escape(description)}\n");
        AddList(page, "ARGUMENTS", command.Arguments.Select(argument => (argument.Name, argument.Description)));
        AddList(
            page, "COMMANDS",
            command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, sub.Description)));
        AddList(page, "OPTIONS", command.Options.Select(option => (NameOf(option), option.Description)));
        AddList(page, "EXIT STATUS", ExitCodes.Select(code => (code.Code, (string?)code.Meaning)));
        return page.ToString();
    }

    private static string Synopsis(Command command)
    {
        IEnumerable<string> arguments = command.Arguments.Select(argument =>
            argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name} ..." : argument.Name);
        string parts = command.Subcommands.Any(sub => !sub.Hidden) && command.Arguments.Count == 0 ? "command" : "";
        return string.Join(' ', ["[options]", parts, .. arguments]).Replace("  ", " ", StringComparison.Ordinal).Trim();
    }

    private static string NameOf(Option option)
    {
        string names = string.Join(", ", [option.Name, .. option.Aliases]);
        return string.IsNullOrEmpty(option.HelpName) ? names : $"{names} {option.HelpName}";
    }

    private static void AddList(StringBuilder page, string title, IEnumerable<(string Name, string? Text)> entries)
    {
        bool isFirst = true;
        foreach ((string name, string? text) in entries)
        {
            page.Append(isFirst ? $".SH {title}\n" : "");
            page.Append($".TP\n.B {Escape(name)}\n{Escape(text ?? "")}\n");
            isFirst = false;
        }
    }

    // A leading dot or apostrophe would be a request to the formatter, and a hyphen is to be typed as it stands.
    private static string Escape(string text)
    {
        string escaped = text.ReplaceLineEndings("\n").Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.Length > 0 && escaped[0] is '.' or '\'' ? $"\\&{escaped}" : escaped;
    }
}
