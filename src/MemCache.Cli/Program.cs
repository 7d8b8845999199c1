using System.CommandLine;
using System.CommandLine.Invocation;

namespace MemCache.Cli;

/// <summary>The program <c>mmc</c>.</summary>
internal static class Program
{
    private const string Help = """
        MemCache: a pool of memory for the KV caches of LLM engines.

        Try `mmc demo` first: it runs the whole system on this machine for some seconds and shows what it does.
        """;

    // LIMIT: after Ctrl-C the processes that we started have this long to end in order.
    private static readonly TimeSpan InterruptTimeout = TimeSpan.FromSeconds(30);

    private static async Task<int> Main(string[] arguments)
    {
        ParseResult parsed = CreateRoot().Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // The message says what is legal; the whole help below it would hide it.
            error.ShowHelp = false;
        }

        int exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration { ProcessTerminationTimeout = InterruptTimeout }).ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? CommandErrors.UsageExitCode : exitCode;
    }

    /// <summary>All commands.</summary>
    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand(Help)
        {
            DemoCommand.Create(),
            StatusCommand.Create(),
            TopCommand.Create(),
            SegmentsCommand.Create(),
            DrainCommand.Create(),
            MrcCommand.Create(),
            KeysCommand.Create(),
            LeasesCommand.Create(),
            GetCommand.Create(),
            PutCommand.Create(),
            RmCommand.Create(),
            BenchCommand.Create(),
            ReplayCommand.Create(),
            SoakCommand.Create(),
            ConfigCommand.Create(),
            CompletionCommand.Create(),
            VersionCommand.Create(),
            WorkerCommand.CreateDemo(),
            WorkerCommand.CreateBench(),
            WorkerCommand.CreateSoak(),
            WorkerCommand.CreateEcho(),
        };
        root.Subcommands.Add(ManCommand.Create(root));
        return root;
    }
}
