using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Native;

/// <summary>What concerns the library and no store.</summary>
internal static unsafe class SetupExports
{
    /// <summary>mmc_set_extern_logger</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_set_extern_logger")]
    public static int SetExternLogger(delegate* unmanaged<int, byte*, void> sink)
    {
        try
        {
            ExternLogger.SetSink(sink);
            return (int)MmcStatus.Ok;
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_set_log_level</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_set_log_level")]
    public static int SetLogLevel(int level)
    {
        try
        {
            return CallErrors.Report(ExternLogger.SetLevel(level) ? MmcStatus.Ok : MmcStatus.InvalidParameter);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
