using System.CommandLine;

namespace MemCache.Cli;

/// <summary>The hidden commands behind which the processes live that <c>mmc demo</c> and <c>mmc bench</c> start.</summary>
internal static class WorkerCommand
{
    /// <summary>Name of the demo's client process.</summary>
    public const string DemoName = "demo-worker";

    /// <summary>Makes the command of the demo's client process.</summary>
    public static Command CreateDemo() =>
        Create(DemoName, arguments => new DemoWorker(WorkerOptions.Parse(arguments), Console.In, Console.Out).Run());

    private static Command Create(string name, Func<string[], int> run)
    {
        var arguments = new Argument<string[]>("arguments");
        var command = new Command(name) { arguments };
        command.Hidden = true;
        command.SetAction(parsed => run(parsed.GetValue(arguments) ?? []));
        return command;
    }
}
