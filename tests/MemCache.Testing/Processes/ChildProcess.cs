using System.Collections.Concurrent;
using System.Diagnostics;
using MemCache.Interop;

namespace MemCache.Testing;

/// <summary>A program under test: started with its output captured, and gone when disposed, whatever the test did.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _all = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Exit code; waits for the end first.</summary>
    public int ExitCode
    {
        get
        {
            _process.WaitForExit();
            return _process.ExitCode;
        }
    }

    /// <summary>Everything it printed so far, on both streams.</summary>
    public string Output => string.Join('\n', _all);

    /// <summary>Starts a program from the build output of <paramref name="project"/>.</summary>
    public static ChildProcess Start(
        string project, string program, IEnumerable<string> arguments, IDictionary<string, string>? environment = null) =>
        StartPath(BuildOutput.Program(project, program), arguments, environment);

    /// <summary>Starts a program by its path.</summary>
    public static ChildProcess StartPath(string path, IEnumerable<string> arguments, IDictionary<string, string>? environment = null) =>
        StartCommand([path, .. arguments], environment);

    /// <summary>Starts a program by its path, which comes first, and its arguments.</summary>
    public static ChildProcess StartCommand(IReadOnlyList<string> command, IDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(Process.Start(start)!);
        child._process.OutputDataReceived += (_, e) => child.Take(e.Data, isReply: true);
        child._process.ErrorDataReceived += (_, e) => child.Take(e.Data, isReply: false);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void Send(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line of its standard output.</summary>
    /// <exception cref="TimeoutException">None came; the text says what was awaited and what was printed so far.</exception>
    public string ReadLine(TimeSpan timeout, string awaited)
    {
        long start = Stopwatch.GetTimestamp();
        bool exited = false;
        while (!exited && Stopwatch.GetElapsedTime(start) < timeout)
        {
            // Looked at before the wait: what a process printed before its end is still to be read.
            exited = HasExited;
            if (_lines.TryTake(out string? line, 200))
            {
                return line;
            }
        }

        string end = exited ? $"it ended with code {_process.ExitCode}" : $"no line within {timeout}";
        throw new TimeoutException($"process {Id}: {end} while waiting for {awaited}; output:\n{Output}");
    }

    /// <summary>Sends a command and reads the one line that answers it.</summary>
    public string Ask(string command, TimeSpan? timeout = null)
    {
        Send(command);
        return ReadLine(timeout ?? TimeSpan.FromSeconds(60), $"the answer to '{command}'");
    }

    /// <summary>Waits for a line that contains <paramref name="text"/> on either stream.</summary>
    public void WaitForOutput(string text, TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(start) > timeout || (HasExited && !Output.Contains(text, StringComparison.Ordinal)))
            {
                throw new TimeoutException($"process {Id}: '{text}' was not printed within {timeout}; output:\n{Output}");
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => ProcessSignal.Send(Id, signal);

    /// <summary>Waits until the kernel says that every thread of the process is stopped.</summary>
    public void WaitUntilStopped(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Directory.GetDirectories($"/proc/{Id}/task").All(t => State(t) == 'T'))
        {
            if (Stopwatch.GetElapsedTime(start) > timeout)
            {
                throw new TimeoutException($"process {Id} did not stop within {timeout}; output:\n{Output}");
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Waits for the end.</summary>
    public bool WaitForExit(TimeSpan timeout) => _process.WaitForExit(timeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            ProcessSignal.Send(Id, ProcessSignal.Kill);
            _process.WaitForExit();
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private static char State(string taskDirectory)
    {
        try
        {
            string stat = File.ReadAllText($"{taskDirectory}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 'T'; // The thread ended between the listing and the reading.
        }
    }

    private void Take(string? line, bool isReply)
    {
        if (line is null)
        {
            return;
        }

        _all.Enqueue(line);
        if (isReply)
        {
            _lines.Add(line);
        }
    }
}
