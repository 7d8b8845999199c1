using Spectre.Console;

namespace MemCache.Cli;

/// <summary>The two streams: results go to standard output, progress and problems to standard error.</summary>
internal static class Screen
{
    // Wide enough for our lines and tables where there is no terminal to ask.
    private const int WidthWithoutTerminal = 200;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }
}
