using System.CommandLine;

namespace MemCache.Cli;

/// <summary><c>mmc completion</c>: the shell completes commands and options.</summary>
internal static class CompletionCommand
{
    private const string Help = """
        Prints a script that makes a shell complete mmc's commands and options. For this shell only: source <(mmc
        completion bash). For all: write it to /etc/bash_completion.d/mmc, or to _mmc in a directory of zsh's fpath, or
        to ~/.config/fish/completions/mmc.fish.
        """;

    // The program completes by itself what is left of the cursor; the scripts only ask it.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _mmc() {
                local IFS=$'\n'
                local found="$(mmc "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
                COMPREPLY=($(compgen -W "${found}" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _mmc mmc
            """,
        ["zsh"] = """
            #compdef mmc
            _mmc() {
                local -a words_found
                words_found=("${(@f)$(mmc "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
                compadd -a words_found
            }
            compdef _mmc mmc
            """,
        ["fish"] = """
            complete -c mmc -f -a '(mmc "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
            """,
    };

    private static readonly Argument<string> Shell = new("shell") { Description = "bash, zsh or fish" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", Help) { Shell };
        command.SetAction(arguments => Console.Out.WriteLine(Scripts[arguments.GetValue(Shell)!]));
        return command;
    }
}
