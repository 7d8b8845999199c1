using System.Diagnostics;

namespace MemCache.Cli;

/// <summary>Runs <c>ip</c> of iproute2, which makes network namespaces and the links between them.</summary>
internal static class IpCommand
{
    // LIMIT: it talks to the kernel only; on a machine that is very busy it takes tens of milliseconds.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    // Where distributions put it; a user's PATH often lacks the directories of the administrator.
    private static readonly string[] Places = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"];

    /// <summary>The program's path; <see langword="null"/>: it is not installed.</summary>
    public static string? Path { get; } = Places.FirstOrDefault(File.Exists);

    /// <summary>Runs one command.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="HostNetworkException">It failed; the message has what it said.</exception>
    public static string Run(params IEnumerable<string> arguments) => Run(arguments, input: "");

    /// <summary>Runs several commands in one process, as lines; the first that fails ends them.</summary>
    /// <param name="namespaceName">Where to run them; <see langword="null"/>: here.</param>
    /// <param name="lines">The commands without the word <c>ip</c>.</param>
    public static void RunAll(string? namespaceName, params IEnumerable<string> lines)
    {
        string[] place = namespaceName is null ? [] : ["-n", namespaceName];
        Run([.. place, "-batch", "-"], string.Join('\n', lines) + "\n");
    }

    private static string Run(IEnumerable<string> arguments, string input)
    {
        string program = Path ?? throw new HostNetworkException("iproute2 is not installed: apt-get install iproute2");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new HostNetworkException($"{program} does not start");
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Timeout))
        {
            process.Kill();
            throw new HostNetworkException($"ip {string.Join(' ', start.ArgumentList)} did not end");
        }

        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new HostNetworkException(
                $"ip {string.Join(' ', start.ArgumentList)}: {errors.GetAwaiter().GetResult().Trim()} {input}");
    }
}
