using System.CommandLine;
using System.Runtime.InteropServices;

namespace MemCache.Cli;

/// <summary><c>mmc version</c>.</summary>
internal static class VersionCommand
{
    private static readonly Option<bool> Short = new("--short") { Description = "Print the number only" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Prints the version") { Short };
        command.SetAction(arguments =>
        {
            string runtime = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";
            string number = ProgramVersion.Text;
            Console.Out.WriteLine(arguments.GetValue(Short) ? number : $"mmc {number} ({runtime})");
        });
        return command;
    }
}
