using System.CommandLine;

namespace MemCache.Cli;

/// <summary><c>mmc man</c>: writes the manual pages.</summary>
internal static class ManCommand
{
    private static readonly Argument<string> Directory = new("directory")
    {
        Description = "Where to write them, such as /usr/local/share/man/man1",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(RootCommand root)
    {
        var command = new Command("man", "Writes the manual pages of mmc and its commands into a directory")
        {
            Directory,
        };
        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            async () =>
            {
                string directory = arguments.GetValue(Directory)!;
                System.IO.Directory.CreateDirectory(directory);
                foreach ((string name, string text) in ManPage.Of(root))
                {
                    string path = Path.Combine(directory, name);
                    await File.WriteAllTextAsync(path, text, cancellation).ConfigureAwait(false);
                }

                return 0;
            },
            cancellation));
        return command;
    }
}
