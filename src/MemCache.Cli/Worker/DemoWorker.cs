using System.Globalization;
using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>
/// A client process of the demo: a LocalService with a segment of its own that serves the requests it reads from its
/// standard input. In: <c>serve ID...</c>, <c>report</c>, <c>quit</c>. Out: <c>ready</c>, <c>done</c> and the outcome,
/// <c>error</c> and a text, <c>exist</c>, <c>get</c> and <c>put</c> with a histogram each.
/// </summary>
internal sealed class DemoWorker(WorkerOptions options, TextReader input, TextWriter output)
{
    // LIMIT: a failing service would make an error of every block; the first ones tell.
    private const int ErrorReportCountMax = 3;

    private int _errorReports;

    /// <summary>Runs until <c>quit</c> or the end of the input.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        // Ctrl-C reaches the whole group of processes, but when to end is the coordinator's business.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        MmcStatus status = ObjectStore.Open(
            options.ToLocalServiceOptions(), new StderrLogger(), out ObjectStore? store, out string error);
        if (store is null)
        {
            Console.Error.WriteLine($"the LocalService did not start: {status} ({(int)status}): {error}");
            return 1;
        }

        using (store)
        {
            BlockShape shape = BlockShape.OfSize(options.BlockBytes);
            using var client = new BlockClient(store, shape, options.BatchCount, ReportError);
            Send("ready");
            ServeAll(client);
        }

        return 0;
    }

    private void ServeAll(BlockClient client)
    {
        while (input.ReadLine() is { } line)
        {
            switch (line)
            {
                case "quit":
                    return;
                case "report":
                    Send($"exist {client.ExistLatency}");
                    Send($"get {client.GetLatency}");
                    Send($"put {client.PutLatency}");
                    break;
                default:
                    Send($"done {client.Serve(ParseIds(line)).ToLine()}");
                    break;
            }
        }

        options.CleanUpAfterCoordinator();
    }

    private static ulong[] ParseIds(string line) =>
        [.. line.Split(' ').Skip(1).Select(id => ulong.Parse(id, CultureInfo.InvariantCulture))];

    private void ReportError(string text)
    {
        if (_errorReports++ < ErrorReportCountMax)
        {
            Send($"error {text}");
        }
    }

    private void Send(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
