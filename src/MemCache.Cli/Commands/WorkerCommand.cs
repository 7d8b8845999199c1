using System.CommandLine;

namespace MemCache.Cli;

/// <summary>
/// The hidden commands behind which the processes live that the other commands start.
/// </summary>
internal static class WorkerCommand
{
    /// <summary>Name of the demo's client process.</summary>
    public const string DemoName = "demo-worker";

    /// <summary>Name of the bench's processes.</summary>
    public const string BenchName = "bench-worker";

    /// <summary>Name of the soak's processes.</summary>
    public const string SoakName = "soak-worker";

    /// <summary>Name of the echo process.</summary>
    public const string EchoName = "echo";

    /// <summary>Makes the command of the demo's client process.</summary>
    public static Command CreateDemo() =>
        Create(DemoName, arguments => new DemoWorker(WorkerOptions.Parse(arguments), Console.In, Console.Out).Run());

    /// <summary>Makes the command of the bench's processes.</summary>
    public static Command CreateBench() =>
        Create(BenchName, arguments => new BenchWorker(WorkerOptions.Parse(arguments), Console.In, Console.Out).Run());

    /// <summary>Makes the command of the soak's processes.</summary>
    public static Command CreateSoak() =>
        Create(SoakName, arguments =>
        {
            using var worker = new SoakWorker(WorkerOptions.Parse(arguments), Console.In, Console.Out);
            return worker.Run();
        });

    /// <summary>Makes the command of the other end of the bench's bare round trips.</summary>
    public static Command CreateEcho() =>
        Create(EchoName, arguments => EchoServer.Run(arguments[0], Console.In, Console.Out));

    private static Command Create(string name, Func<string[], int> run)
    {
        var arguments = new Argument<string[]>("arguments");
        var command = new Command(name) { arguments };
        command.Hidden = true;
        command.SetAction(parsed => run(parsed.GetValue(arguments) ?? []));
        return command;
    }
}
