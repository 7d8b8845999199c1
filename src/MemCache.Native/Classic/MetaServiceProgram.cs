using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.Native;

/// <summary>The MetaService that <c>mmcs_meta_service_start</c> runs as a process of its own.</summary>
internal static unsafe class MetaServiceProgram
{
    private const string PathVariable = "MMC_META_SERVICE_PATH";
    private const string FileName = "mmc_meta_service";
    private const int StartMs = 30_000;
    private const int StopMs = 10_000;
    private const int PollMs = 20;
    private const int PathBytesMax = 4096;

    private static readonly Lock Changing = new();
    private static readonly ManualResetEventSlim Never = new();
    private static int _processId; // guarded by Changing; 0: none

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public static int Start(byte* config)
    {
        lock (Changing)
        {
            if (_processId != 0 && Gate.HasEnded(_processId, out _) == 0)
            {
                return CallErrors.Report(MmcStatus.RepeatedCall);
            }

            _processId = 0;
            MmcStatus status = ReadOptions(
                config, out IReadOnlyList<ConfigEntry> entries, out MetaServiceOptions options, out string error);
            if (status == MmcStatus.Ok)
            {
                status = Launch(entries, options, out error);
            }

            return CallErrors.Report(status, error);
        }
    }

    /// <summary>Ends it: asks, waits, kills.</summary>
    public static int Stop()
    {
        lock (Changing)
        {
            if (_processId != 0)
            {
                End(_processId);
                _processId = 0;
            }

            return (int)MmcStatus.Ok;
        }
    }

    private static MmcStatus ReadOptions(
        byte* config, out IReadOnlyList<ConfigEntry> entries, out MetaServiceOptions options, out string error)
    {
        entries = [];
        error = "";
        try
        {
            // The program reads the file that the environment names as well; what is illegal is better said here.
            options = MetaServiceOptions.Load(null, out _);
            if (config is not null)
            {
                entries = ClassicConfigs.MetaService.Read(config);
                ExternLogger.Warn(ClassicConfigs.MetaService.Apply(entries, options));
                options.Validate();
            }

            return MmcStatus.Ok;
        }
        catch (OptionsException exception)
        {
            options = new MetaServiceOptions();
            error = exception.Message;
            return MmcStatus.InvalidParameter;
        }
    }

    private static MmcStatus Launch(IReadOnlyList<ConfigEntry> entries, MetaServiceOptions options, out string error)
    {
        if (FindProgram() is not string program)
        {
            error = $"no {FileName}: set {PathVariable}, or put it beside this library or into ../bin";
            return MmcStatus.ObjectNotFound;
        }

        List<string?> arguments = [program];
        foreach (ConfigEntry entry in entries.Where(entry => MetaServiceOptions.Table.Find(entry.Key) is not null))
        {
            arguments.Add("--set");
            arguments.Add($"{entry.Key}={entry.Value}");
        }

        arguments.Add(null);
        int errno = Gate.Spawn(program, [.. arguments], out int processId);
        if (errno != 0)
        {
            error = $"{program} can't be started: {(Errno)errno}";
            return MmcStatus.ObjectCreationFailed;
        }

        _processId = processId;
        return WaitUntilReady(processId, options, out error);
    }

    private static MmcStatus WaitUntilReady(int processId, MetaServiceOptions options, out string error)
    {
        long deadline = Deadline.In(StartMs);
        while (!Deadline.HasPassed(deadline))
        {
            if (Gate.HasEnded(processId, out int code) != 0)
            {
                _processId = 0;
                error = $"{FileName} ended with code {code}; its log is below {options.LogPath}/logs";
                return MmcStatus.NotStarted;
            }

            if (Accepts(options.MetaServiceUrl, deadline) && Accepts(options.ConfigStoreUrl, deadline))
            {
                error = "";
                return MmcStatus.Ok;
            }

            _ = Never.Wait(PollMs);
        }

        End(processId);
        _processId = 0;
        error = $"{FileName} did not accept connections within {StartMs / 1000} s";
        return MmcStatus.Timeout;
    }

    private static bool Accepts(string url, long deadline)
    {
        using var connection = new MetaConnection(new EpochGate());
        return MetaEndpoint.TryParse(url, out MetaEndpoint? endpoint, out _)
            && connection.Connect(endpoint, deadline) == MmcStatus.Ok;
    }

    private static void End(int processId)
    {
        _ = Gate.Signal(processId, ProcessSignal.Terminate);
        long deadline = Deadline.In(StopMs);
        while (Gate.HasEnded(processId, out _) == 0)
        {
            if (Deadline.HasPassed(deadline))
            {
                _ = Gate.Signal(processId, ProcessSignal.Kill);
            }

            _ = Never.Wait(PollMs);
        }
    }

    private static string? FindProgram()
    {
        string configured = Environment.GetEnvironmentVariable(PathVariable) ?? "";
        if (configured.Length > 0)
        {
            return File.Exists(configured) ? configured : null;
        }

        byte* path = stackalloc byte[PathBytesMax];
        int length = Gate.LibraryPath(path, PathBytesMax);
        string library = length == 0 ? "./" : Path.GetFullPath(Encoding.UTF8.GetString(path, length));
        string directory = Path.GetDirectoryName(library) ?? ".";
        string[] candidates = [Path.Combine(directory, FileName), Path.Combine(directory, "..", "bin", FileName)];
        return candidates.FirstOrDefault(File.Exists);
    }
}
