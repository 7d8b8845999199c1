using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>From a configuration to an open store.</summary>
internal static unsafe class StoreOpening
{
    /// <summary>
    /// Reads a configuration: text of <c>key = value</c> lines, or the file that the environment names.
    /// </summary>
    public static MmcStatus Read(byte* text, out LocalServiceOptions options, out string error)
    {
        error = "";
        options = new LocalServiceOptions();
        try
        {
            // SAFETY: a C string of the caller's.
            IReadOnlyList<string> warnings = text is null
                ? ReadFile(out options)
                : Apply(Marshal.PtrToStringUTF8((nint)text) ?? "", options);
            ExternLogger.Warn(warnings);
            return MmcStatus.Ok;
        }
        catch (OptionsException exception)
        {
            error = exception.Message;
            return MmcStatus.InvalidParameter;
        }
    }

    /// <summary>Reads a <c>local_config</c>.</summary>
    public static MmcStatus ReadStruct(byte* config, out LocalServiceOptions options, out string error)
    {
        options = new LocalServiceOptions();
        error = "the configuration is NULL";
        if (config is null)
        {
            return MmcStatus.InvalidParameter;
        }

        try
        {
            ExternLogger.Warn(ClassicConfigs.LocalService.Apply(ClassicConfigs.LocalService.Read(config), options));
            error = "";
            return MmcStatus.Ok;
        }
        catch (OptionsException exception)
        {
            error = exception.Message;
            return MmcStatus.InvalidParameter;
        }
    }

    /// <summary>Opens a store and gives it a handle.</summary>
    public static MmcStatus Open(
        LocalServiceOptions options, int deviceId, bool contributes, out ulong handle, out string error)
    {
        handle = 0;
        if (!contributes)
        {
            options.DramSizeBytes = 0;
            options.HbmSizeBytes = 0;
        }

        var logger = new ExternLogger(options, deviceId);
        MmcStatus status = ObjectStore.Open(options, logger, out ObjectStore? store, out error);
        if (status == MmcStatus.Ok)
        {
            handle = StoreTable.Add(store!);
        }

        return status;
    }

    private static IReadOnlyList<string> ReadFile(out LocalServiceOptions options)
    {
        options = LocalServiceOptions.Load(null, out IReadOnlyList<string> warnings);
        return warnings;
    }

    private static IReadOnlyList<string> Apply(string text, LocalServiceOptions options)
    {
        IReadOnlyList<string> errors = LocalServiceOptions.Table.Apply(
            ConfigFile.Parse("config", text), options, out IReadOnlyList<string> warnings);
        return errors.Count == 0 ? warnings : throw new OptionsException(string.Join(Environment.NewLine, errors));
    }
}
