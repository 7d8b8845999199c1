using MemCache.Core;

namespace MemCache.Native;

/// <summary>The configuration structs of <c>mmc_def.h</c>, field by field in their order there.</summary>
internal static class ClassicConfigs
{
    private const string Local = "ock.mmc.local_service";
    private const string Meta = "ock.mmc.meta_service";
    private const string Client = "ock.mmc.client";

    /// <summary><c>local_config</c></summary>
    public static ConfigStruct<LocalServiceOptions> LocalService { get; } =
        new ConfigStruct<LocalServiceOptions>(LocalServiceOptions.Table)
        .Text("ock.mmc.meta_service_url").Text($"{Local}.config_store_url").Text("ock.mmc.log_level", 16)
        .Text($"{Local}.protocol", 32).Text($"{Local}.hcom_url")
        .Text($"{Local}.dram.size", 32).Text($"{Local}.hbm.size", 32)
        .Text($"{Local}.max.dram.size", 32).Text($"{Local}.max.hbm.size", 32).Text($"{Local}.memory.pool.mode", 32)
        .Number($"{Local}.world_size").Number($"{Client}.retry_milliseconds").Number($"{Client}.timeout.seconds")
        .Number($"{Client}.read_thread_pool.size").Number($"{Client}.write_thread_pool.size")
        .Number($"{Client}.aggregate.io").Number($"{Client}.aggregate.num").Number("ock.mmc.ubs_io.enable")
        .Tls("ock.mmc.tls").Tls("ock.mmc.config_store.tls").Tls($"{Local}.hcom.tls", hasPackage: false);

    /// <summary><c>mmc_meta_config</c></summary>
    public static ConfigStruct<MetaServiceOptions> MetaService { get; } =
        new ConfigStruct<MetaServiceOptions>(MetaServiceOptions.Table)
        .Text("ock.mmc.meta_service_url").Text($"{Meta}.config_store_url").Text($"{Meta}.metrics_url")
        .Text("ock.mmc.log_level", 16).Text("ock.mmc.log_path", 1024)
        .Number("ock.mmc.log_rotation_file_size").Number("ock.mmc.log_rotation_file_count")
        .Number("ock.mmc.meta.ha.enable")
        .Number("ock.mmc.evict_threshold_high").Number("ock.mmc.evict_threshold_low").Number("ock.mmc.ubs_io.enable")
        .Tls("ock.mmc.tls").Tls("ock.mmc.config_store.tls");
}
