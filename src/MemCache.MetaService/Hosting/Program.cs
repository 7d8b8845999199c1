using System.Diagnostics;
using System.Reflection;
using MemCache.Core;

namespace MemCache.MetaService;

/// <summary>The process <c>mmc_meta_service</c>: exit code 0 after a stop in good order, 1 when it can't start or can't go on.</summary>
internal static class Program
{
    private const int ExitOk = 0;
    private const int ExitFailed = 1;

    private static string VersionText =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            CommandLine commandLine = CommandLine.Parse(arguments);
            if (commandLine.IsHelpWanted || commandLine.IsVersionWanted)
            {
                string text = commandLine.IsHelpWanted ? CommandLine.HelpText() : VersionText + "\n";
                await Console.Out.WriteAsync(text).ConfigureAwait(false);
                return ExitOk;
            }

            MetaServiceOptions options = commandLine.Load(out IReadOnlyList<string> warnings);
            return await RunAsync(commandLine, options, warnings).ConfigureAwait(false);
        }
        catch (OptionsException exception)
        {
            await Console.Error.WriteLineAsync("mmc_meta_service: " + exception.Message).ConfigureAwait(false);
            return ExitFailed;
        }
    }

    private static async Task<int> RunAsync(
        CommandLine commandLine, MetaServiceOptions options, IReadOnlyList<string> warnings)
    {
        TimeProvider time = TimeProvider.System;
        using LogOutput log = LogOutput.Open(options, time);
        using var logLines = new LogLineCounter();
        using ILoggerFactory factory = LoggerFactory.Create(builder =>
        {
            log.AddTo(builder);
            builder.AddProvider(logLines);
        });
        ILogger logger = factory.CreateLogger("MemCache.MetaService");
        foreach (string warning in warnings)
        {
            Log.ConfigurationWarning(logger, warning);
        }

        using var signals = new ProcessSignals(logger);
        if (!MetaServer.TryStart(options, new FrameServerOptions(), time, logger, out MetaServer? server, out string error))
        {
            return await FailAsync(logger, error).ConfigureAwait(false);
        }

        server.LogLines = logLines;
        using (server)
        {
            return await ServeAsync(commandLine, options, server, signals, log, server.Events.Watch(logger)).ConfigureAwait(false);
        }
    }

    private static async Task<int> ServeAsync(
        CommandLine commandLine, MetaServiceOptions options, MetaServer server, ProcessSignals signals, LogOutput log, ILogger logger)
    {
        bool hasFailed = false;
        server.Failed = () =>
        {
            hasFailed = true;
            signals.RequestStop();
        };
        string configPath = commandLine.EffectiveConfigPath;
        Log.Starting(
            logger, VersionText, server.Sessions.Epoch, server.InstanceText, Environment.ProcessId,
            configPath.Length == 0 ? "default configuration" : configPath);
        void Apply(MetaServiceOptions changed)
        {
            server.Configure(changed);
            log.Level.Set(changed.LogLevel);
        }

        WebApplication http = HttpEndpoint.Build(options, server, signals, log.AddTo, TimeProvider.System);
        await using (http.ConfigureAwait(false))
        {
            try
            {
                await http.StartAsync().ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                return await FailAsync(logger, $"can't listen on {options.MetricsUrl}: {exception.Message}").ConfigureAwait(false);
            }

            using ConfigReloader? reloader = options.DynamicConfigEnable && configPath.Length > 0
                ? new ConfigReloader(commandLine, options, Apply, TimeProvider.System, logger)
                : null;
            Log.Ready(logger, options.MetaServiceUrl, options.ConfigStoreUrl, server.UnixSocketPath, options.MetricsUrl);
            await signals.StopRequested.ConfigureAwait(false);
            long begin = Stopwatch.GetTimestamp();
            server.Stop();
            await http.StopAsync().ConfigureAwait(false);
            Log.Stopped(logger, (long)Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return hasFailed ? ExitFailed : ExitOk;
    }

    // To the screen as well: whoever starts it by hand looks there, whatever the log's target.
    private static async Task<int> FailAsync(ILogger logger, string reason)
    {
        Log.StartFailed(logger, reason);
        await Console.Error.WriteLineAsync("mmc_meta_service: " + reason).ConfigureAwait(false);
        return ExitFailed;
    }
}
