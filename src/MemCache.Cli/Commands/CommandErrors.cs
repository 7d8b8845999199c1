using MemCache.Core;

namespace MemCache.Cli;

/// <summary>Turns the failures that a command can meet into a message and an exit code.</summary>
internal static class CommandErrors
{
    /// <summary>The input is at fault.</summary>
    public const int UsageExitCode = 2;

    private const int FailedExitCode = 1;
    private const int InterruptedExitCode = 130;

    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code; 1: something failed, 2: the input is at fault, 130: interrupted.</returns>
    public static async Task<int> ReportAsync(Func<Task<int>> command, CancellationToken cancellation)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException || IsInterrupted(failure, cancellation))
        {
            await Console.Error.WriteLineAsync("mmc: interrupted").ConfigureAwait(false);
            return InterruptedExitCode;
        }
        catch (Exception failure) when (failure is TraceFormatException or OptionsException
            or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"mmc: {failure.Message}").ConfigureAwait(false);
            return UsageExitCode;
        }
        catch (Exception failure) when (
            failure is ChildProcessException or AdminException or InsufficientMemoryException)
        {
            await Console.Error.WriteLineAsync($"mmc: {failure.Message}").ConfigureAwait(false);
            return FailedExitCode;
        }
    }

    // Ctrl-C reaches our processes too, and may end one that is just starting before it ends us.
    private static bool IsInterrupted(Exception failure, CancellationToken cancellation) =>
        failure is ChildProcessException && cancellation.IsCancellationRequested;
}
