namespace MemCache.Core;

/// <summary>Configuration of a LocalService, with the defaults and ranges of <c>mmc-local.conf</c>.</summary>
public sealed class LocalServiceOptions
{
    /// <summary>Environment variable that names the configuration file.</summary>
    public const string PathVariable = "MMC_LOCAL_CONFIG_PATH";

    /// <summary>What the keys of <see cref="Tls"/> begin with.</summary>
    public const string TlsPrefix = MetaServiceOptions.TlsPrefix;

    /// <summary>What the keys of <see cref="ConfigStoreTls"/> begin with.</summary>
    public const string ConfigStoreTlsPrefix = MetaServiceOptions.ConfigStoreTlsPrefix;

    /// <summary>What the keys of <see cref="HcomTls"/> begin with.</summary>
    public const string HcomTlsPrefix = "ock.mmc.local_service.hcom.tls";

    // Before Table: static fields are initialised in the order of the text.
    private static readonly string[] Protocols =
        ["host_rdma", "host_urma", "host_tcp", "host_shm", "device_rdma", "device_sdma", "device_urma", "device_uboe"];

    /// <summary>All keys of <c>mmc-local.conf</c>.</summary>
    public static readonly ConfigTable<LocalServiceOptions> Table = BuildTable();

    /// <summary>Where the MetaService answers data requests.</summary>
    public string MetaServiceUrl { get; set; } = "tcp://127.0.0.1:5000";

    /// <summary>Where the MetaService answers membership requests.</summary>
    public string ConfigStoreUrl { get; set; } = "tcp://127.0.0.1:6000";

    /// <summary>Ranks of the pool.</summary>
    public int WorldSize { get; set; } = 256;

    /// <summary>
    /// How bytes reach other hosts. Peers on the same host are always reached through shared memory; <c>host_shm</c>
    /// reaches no others.
    /// </summary>
    public string Protocol { get; set; } = "host_rdma";

    /// <summary>
    /// Where this process's segment is served to other hosts: with <c>host_tcp</c>, or when it names an address that is
    /// not a loopback one. The first free port from this one on is taken.
    /// </summary>
    public string HcomUrl { get; set; } = "tcp://127.0.0.1:7000";

    /// <summary>
    /// Host memory that this process contributes, in bytes; rounded up to 2 MiB; 0: none, a client only.
    /// </summary>
    public long DramSizeBytes { get; set; } = 1L << 30;

    /// <summary>Device memory that this process contributes, in bytes.</summary>
    public long HbmSizeBytes { get; set; }

    /// <summary>Largest <see cref="DramSizeBytes"/> of any rank.</summary>
    public long MaxDramSizeBytes { get; set; } = 64L << 30;

    /// <summary>Largest <see cref="HbmSizeBytes"/> of any rank.</summary>
    public long MaxHbmSizeBytes { get; set; }

    /// <summary>standard or expanded.</summary>
    public string MemoryPoolMode { get; set; } = "standard";

    /// <summary>The SSD tier.</summary>
    public bool StorageEnabled { get; set; }

    /// <summary>The SSD tier, older name.</summary>
    public bool UbsIoEnable { get; set; }

    /// <summary>Total time to retry while the MetaService is not connected, in milliseconds.</summary>
    public int ClientRetryMs { get; set; }

    /// <summary>Time within which every call returns, in seconds.</summary>
    public int ClientTimeoutSeconds { get; set; } = 60;

    /// <summary>Longest time without progress of a transfer to or from another host, in milliseconds.</summary>
    public int PeerTimeoutMs { get; set; } = 1000;

    /// <summary>Threads that run asynchronous gets.</summary>
    public int ReadThreadPoolSize { get; set; } = 32;

    /// <summary>Threads that run asynchronous puts.</summary>
    public int WriteThreadPoolSize { get; set; } = 4;

    /// <summary>Merge small copies.</summary>
    public bool AggregateIo { get; set; } = true;

    /// <summary>Copies that are merged at most.</summary>
    public int AggregateCount { get; set; } = 122;

    /// <summary>Devices or directories of the SSD tier, <c>:</c> between them.</summary>
    public string UbsIoDiskPath { get; set; } = "";

    /// <summary>Memory of the SSD tier, in GiB.</summary>
    public int UbsIoMemorySizeGb { get; set; }

    /// <summary>Read the file again while running, and apply what can be.</summary>
    public bool DynamicConfigEnable { get; set; } = true;

    /// <summary>debug, info, warn or error.</summary>
    public string LogLevel { get; set; } = "info";

    /// <summary>Directory under which <c>logs</c> is made.</summary>
    public string LogPath { get; set; } = "/var/log/memcache_hybrid";

    /// <summary>Size at which a log file is rotated, in MB.</summary>
    public int LogRotationFileSizeMb { get; set; } = 20;

    /// <summary>Log files that are kept.</summary>
    public int LogRotationFileCount { get; set; } = 50;

    /// <summary>
    /// host (only what the host process has set takes the log), screen, file or both; the host gets it in any case.
    /// </summary>
    public string LogOutputTarget { get; set; } = "host";

    /// <summary>text, or json: one object a line.</summary>
    public string LogFormat { get; set; } = "text";

    /// <summary>Directory of the shared-memory files.</summary>
    public string SharedMemoryDirectory { get; set; } = "/dev/shm";

    /// <summary>auto or off.</summary>
    public string HugePages { get; set; } = "auto";

    /// <summary>Whether every object carries a checksum that each get verifies.</summary>
    public bool ChecksumEnable { get; set; }

    /// <summary>Threads of one copy, the caller included; 0: by the number of cores.</summary>
    public int CopyThreadCount { get; set; }

    /// <summary>
    /// What becomes of the objects in this process's memory when it leaves: drop, or move them to other ranks first.
    /// </summary>
    public string LeavePolicy { get; set; } = "drop";

    /// <summary>
    /// How long leaving may take with <see cref="LeavePolicy"/> move, in seconds; what is left then is dropped.
    /// </summary>
    public int LeaveTimeoutSeconds { get; set; } = 30;

    /// <summary>TLS of the data requests.</summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>TLS of membership.</summary>
    public TlsOptions ConfigStoreTls { get; } = new();

    /// <summary>TLS of the data path.</summary>
    public TlsOptions HcomTls { get; } = new();

    /// <summary>The file that <see cref="Load"/> has read; empty: there was none.</summary>
    public string SourcePath { get; private set; } = "";

    /// <summary>Reads a file and the environment over the defaults.</summary>
    /// <param name="path">The file; <see langword="null"/>: what <see cref="PathVariable"/> names, else none.</param>
    /// <param name="warnings">Unknown keys and keys without effect.</param>
    /// <exception cref="OptionsException">A value is not legal; the text names file, line, key, value and
    /// range.</exception>
    public static LocalServiceOptions Load(string? path, out IReadOnlyList<string> warnings)
    {
        LocalServiceOptions options = ConfigLoader.Load(Table, path, PathVariable, out warnings);
        options.SourcePath = path ?? Environment.GetEnvironmentVariable(PathVariable) ?? "";
        return options;
    }

    /// <summary>Checks values that were set by hand, and what no single key can.</summary>
    /// <exception cref="OptionsException">A value is out of range, or asks for what this version does not
    /// have.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        // Values set from code pass through the same checks as those of a file.
        foreach (ConfigSetting<LocalServiceOptions> setting in Table.Settings)
        {
            if (!setting.Write(this, setting.Read(this)))
            {
                problems.Add($"'{setting.Key}' = '{setting.Show(this)}' is not legal; legal is {setting.Range}");
            }
        }

        AddProblems(problems);
        ConfigLoader.ThrowIfAny(problems);
    }

    /// <summary>
    /// What is asked for and can't be had here, a sentence each, beginning with <c>not available on this host: </c>.
    /// Such values are legal: a file may serve many hosts.
    /// </summary>
    /// <param name="isVital">Whether the store can't do without it. Else it works in the way that the sentence
    /// says.</param>
    public IReadOnlyList<string> Unavailable(out bool isVital)
    {
        var sentences = new List<string>();
        bool isDevice = Protocol.StartsWith("device_", StringComparison.Ordinal);
        if (isDevice)
        {
            sentences.Add($"'ock.mmc.local_service.protocol' = '{Protocol}' needs an accelerator");
        }

        if (HbmSizeBytes != 0)
        {
            string size = ByteSize.FormatExact(HbmSizeBytes);
            sentences.Add($"'ock.mmc.local_service.hbm.size' = '{size}' needs an accelerator");
        }

        isVital = sentences.Count > 0;
        if (!isDevice && Protocol is not ("host_tcp" or "host_shm"))
        {
            sentences.Add($"'ock.mmc.local_service.protocol' = '{Protocol}' needs a network card that this version "
                + "drives; hosts are reached over TCP");
        }

        (string Key, bool IsWanted)[] tiers =
            [("ock.mmc.local_service.storage.enabled", StorageEnabled), ("ock.mmc.ubs_io.enable", UbsIoEnable)];
        sentences.AddRange(tiers.Where(tier => tier.IsWanted)
            .Select(tier => $"'{tier.Key}' = 'true' needs the UBS I/O library; objects stay in host memory"));
        return [.. sentences.Select(sentence => "not available on this host: " + sentence)];
    }

    private void AddProblems(List<string> problems)
    {
        if (DramSizeBytes > MaxDramSizeBytes)
        {
            problems.Add($"'ock.mmc.local_service.dram.size' = '{ByteSize.FormatExact(DramSizeBytes)}' is above "
                + $"'ock.mmc.local_service.max.dram.size' = '{ByteSize.FormatExact(MaxDramSizeBytes)}'");
        }

        Tls.Validate(TlsPrefix, problems);
        ConfigStoreTls.Validate(ConfigStoreTlsPrefix, problems);
        HcomTls.Validate(HcomTlsPrefix, problems);
    }

    private static ConfigTable<LocalServiceOptions> BuildTable()
    {
        var table = new ConfigTable<LocalServiceOptions>((options, problems) => options.AddProblems(problems));
        table.Url("ock.mmc.meta_service_url", ["tcp", "unix"], 1025, "data requests", o => o.MetaServiceUrl, (o, v) => o.MetaServiceUrl = v)
            .Url("ock.mmc.local_service.config_store_url", ["tcp", "unix"], 1025, "membership", o => o.ConfigStoreUrl, (o, v) => o.ConfigStoreUrl = v)
            .Int("ock.mmc.local_service.world_size", 1, Limits.RankCountMax, "ranks of the pool", o => o.WorldSize, (o, v) => o.WorldSize = v)
            .Choice("ock.mmc.local_service.protocol", Protocols, "how bytes reach other hosts: host_tcp, host_shm (not at all), others as host_tcp where hcom_url is not loopback",
                o => o.Protocol, (o, v) => o.Protocol = v)
            .Url("ock.mmc.local_service.hcom_url", ["tcp"], 1024, "where the segment is served to other hosts, first free port from here; loopback: only with host_tcp", o => o.HcomUrl, (o, v) => o.HcomUrl = v)
            .Size("ock.mmc.local_service.dram.size", Limits.SegmentBytesMax, "host memory to contribute, rounded up to 2 MiB; 0: none",
                o => o.DramSizeBytes, (o, v) => o.DramSizeBytes = v)
            .Size("ock.mmc.local_service.hbm.size", Limits.SegmentBytesMax, "device memory to contribute (not available yet)",
                o => o.HbmSizeBytes, (o, v) => o.HbmSizeBytes = v)
            .Size("ock.mmc.local_service.max.dram.size", Limits.SegmentBytesMax, "largest dram.size of any rank",
                o => o.MaxDramSizeBytes, (o, v) => o.MaxDramSizeBytes = v)
            .Size("ock.mmc.local_service.max.hbm.size", Limits.SegmentBytesMax, "largest hbm.size of any rank",
                o => o.MaxHbmSizeBytes, (o, v) => o.MaxHbmSizeBytes = v)
            .Choice("ock.mmc.local_service.memory.pool.mode", ["standard", "expanded"], "accepted, no effect", o => o.MemoryPoolMode, (o, v) => o.MemoryPoolMode = v)
            .Bool("ock.mmc.local_service.storage.enabled", "SSD tier (no effect yet)", o => o.StorageEnabled, (o, v) => o.StorageEnabled = v)
            .Bool("ock.mmc.ubs_io.enable", "SSD tier (no effect yet)", o => o.UbsIoEnable, (o, v) => o.UbsIoEnable = v)
            .Text("ubsio.disk.path", 1024, "devices or directories of the SSD tier, : between them (no effect yet)", o => o.UbsIoDiskPath, (o, v) => o.UbsIoDiskPath = v)
            .Int("ubsio.mem.size_in_gb", 0, 1024, "memory of the SSD tier (no effect yet)", o => o.UbsIoMemorySizeGb, (o, v) => o.UbsIoMemorySizeGb = v)
            .Family("ubsio.standalone.", "accepted, no effect yet")
            .Int("ock.mmc.client.retry_milliseconds", 0, 600_000, "total ms to retry while the MetaService is not connected",
                o => o.ClientRetryMs, (o, v) => o.ClientRetryMs = v).Reloaded()
            .Int("ock.mmc.client.timeout.seconds", 1, 600, "time within which every call returns", o => o.ClientTimeoutSeconds, (o, v) => o.ClientTimeoutSeconds = v).Reloaded()
            .Int("ock.mmc.client.peer_timeout_ms", 50, 60_000, "ms without progress after which another host counts as unreachable",
                o => o.PeerTimeoutMs, (o, v) => o.PeerTimeoutMs = v)
            .Int("ock.mmc.client.read_thread_pool.size", 1, 64, "threads of asynchronous gets", o => o.ReadThreadPoolSize, (o, v) => o.ReadThreadPoolSize = v)
            .Int("ock.mmc.client.write_thread_pool.size", 1, 64, "threads of asynchronous puts", o => o.WriteThreadPoolSize, (o, v) => o.WriteThreadPoolSize = v)
            .Bool("ock.mmc.client.aggregate.io", "accepted, no effect: a batch is always copied as one", o => o.AggregateIo, (o, v) => o.AggregateIo = v)
            .Int("ock.mmc.client.aggregate.num", 1, 131_072, "accepted, no effect", o => o.AggregateCount, (o, v) => o.AggregateCount = v)
            .Bool(
                "ock.mmc.dynamic_config.enable", "take what changes in the file while running, of the keys that allow it",
                o => o.DynamicConfigEnable, (o, v) => o.DynamicConfigEnable = v)
            .Choice("ock.mmc.log_level", ["debug", "info", "warn", "error"], "least severity that is logged", o => o.LogLevel, (o, v) => o.LogLevel = v).Reloaded()
            .Text("ock.mmc.log_path", 1024, "directory of log files; 'logs' is appended", o => o.LogPath, (o, v) => o.LogPath = v)
            .Int("ock.mmc.log_rotation_file_size", 1, 500, "MB at which a log file is rotated", o => o.LogRotationFileSizeMb, (o, v) => o.LogRotationFileSizeMb = v)
            .Int("ock.mmc.log_rotation_file_count", 1, 50, "log files that are kept", o => o.LogRotationFileCount, (o, v) => o.LogRotationFileCount = v)
            .Choice("ock.mmc.log_output_target", ["host", "screen", "file", "both"], "where the log goes, besides the function that the host process has set; host: nowhere else",
                o => o.LogOutputTarget, (o, v) => o.LogOutputTarget = v)
            .Choice("ock.mmc.log_format", ["text", "json"], "what a line of the log is", o => o.LogFormat, (o, v) => o.LogFormat = v)
            .Text("ock.mmc.local_service.shm.path", 200, "directory of the shared-memory files", o => o.SharedMemoryDirectory, (o, v) => o.SharedMemoryDirectory = v)
            .Choice("ock.mmc.local_service.huge_pages", ["auto", "off"], "use huge pages where the system offers them", o => o.HugePages, (o, v) => o.HugePages = v)
            .Bool("ock.mmc.local_service.checksum.enable", "a CRC32C for each object, verified by each get", o => o.ChecksumEnable, (o, v) => o.ChecksumEnable = v)
            .Choice("ock.mmc.local_service.leave.policy", ["drop", "move"],
                "what becomes of this process's objects when it leaves",
                o => o.LeavePolicy, (o, v) => o.LeavePolicy = v).Reloaded()
            .Int("ock.mmc.local_service.leave.timeout_seconds", 0, 3600,
                "how long moving may take then; what is left is dropped",
                o => o.LeaveTimeoutSeconds, (o, v) => o.LeaveTimeoutSeconds = v).Reloaded()
            .Int("ock.mmc.local_service.copy_thread_count", 0, 64, "threads of one copy, the caller included; 0: by the number of cores",
                o => o.CopyThreadCount, (o, v) => o.CopyThreadCount = v);
        TlsOptions.AddTo(table, TlsPrefix, withPackage: true, o => o.Tls);
        TlsOptions.AddTo(table, ConfigStoreTlsPrefix, withPackage: true, o => o.ConfigStoreTls);
        TlsOptions.AddTo(table, HcomTlsPrefix, withPackage: false, o => o.HcomTls);
        return table;
    }
}
