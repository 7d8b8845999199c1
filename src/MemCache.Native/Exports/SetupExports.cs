using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>What <c>mmc.h</c> and <c>mmc_log.h</c> declare, behind the gate.</summary>
internal static unsafe class SetupExports
{
    /// <summary>mmc_start</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_start")]
    public static int Start()
    {
        try
        {
            return ClassicCalls.Ready;
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_local_config_init</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_local_config_init")]
    public static int LocalConfigInit(byte* config)
    {
        try
        {
            return ClassicCalls.WriteDefaults(ClassicConfigs.LocalService, config);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_setup</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_setup")]
    public static int Setup(byte* config)
    {
        try
        {
            return DefaultStore.SetUp(config);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_init</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_init")]
    public static int Init(ClassicInitConfig* config)
    {
        try
        {
            return ClassicCalls.Init(config);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_uninit</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_uninit")]
    public static int Uninit()
    {
        try
        {
            return DefaultStore.Close(StoreUsers.Process | StoreUsers.Client | StoreUsers.LocalService);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmc_set_extern_logger</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_set_extern_logger")]
    public static int SetExternLogger(delegate* unmanaged<int, byte*, void> sink)
    {
        try
        {
            return ExternLogger.SetSink(sink);
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
            return ExternLogger.SetLevel(level);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
