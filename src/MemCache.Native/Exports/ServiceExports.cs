using System.Runtime.InteropServices;

namespace MemCache.Native;

/// <summary>What <c>mmc_service.h</c> declares, behind the gate.</summary>
internal static unsafe class ServiceExports
{
    /// <summary>mmc_meta_config_init</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmc_meta_config_init")]
    public static int MetaConfigInit(byte* config)
    {
        try
        {
            return ClassicCalls.WriteDefaults(ClassicConfigs.MetaService, config);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcs_meta_service_start</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcs_meta_service_start")]
    public static int MetaServiceStart(byte* config)
    {
        try
        {
            return MetaServiceProgram.Start(config);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcs_meta_service_stop</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcs_meta_service_stop")]
    public static int MetaServiceStop()
    {
        try
        {
            return MetaServiceProgram.Stop();
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcs_local_service_start</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcs_local_service_start")]
    public static int LocalServiceStart(byte* config)
    {
        try
        {
            return DefaultStore.Open(StoreUsers.LocalService, config, -1, withMemory: true);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }

    /// <summary>mmcs_local_service_stop</summary>
    [UnmanagedCallersOnly(EntryPoint = "impl_mmcs_local_service_stop")]
    public static int LocalServiceStop()
    {
        try
        {
            return DefaultStore.Close(StoreUsers.LocalService);
        }
        catch (Exception exception)
        {
            return CallErrors.Caught(exception);
        }
    }
}
