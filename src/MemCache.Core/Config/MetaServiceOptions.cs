namespace MemCache.Core;

/// <summary>Configuration of the MetaService, with the defaults and ranges of <c>mmc-meta.conf</c>.</summary>
public sealed class MetaServiceOptions
{
    /// <summary>Environment variable that names the configuration file.</summary>
    public const string PathVariable = "MMC_META_CONFIG_PATH";

    /// <summary>What the keys of <see cref="Tls"/> begin with.</summary>
    public const string TlsPrefix = "ock.mmc.tls";

    /// <summary>What the keys of <see cref="ConfigStoreTls"/> begin with.</summary>
    public const string ConfigStoreTlsPrefix = "ock.mmc.config_store.tls";

    /// <summary>All keys of <c>mmc-meta.conf</c>.</summary>
    public static readonly ConfigTable<MetaServiceOptions> Table = BuildTable();

    /// <summary>Where data requests are served.</summary>
    public string MetaServiceUrl { get; set; } = "tcp://127.0.0.1:5000";

    /// <summary>Where membership is served.</summary>
    public string ConfigStoreUrl { get; set; } = "tcp://127.0.0.1:6000";

    /// <summary>Where HTTP is served.</summary>
    public string MetricsUrl { get; set; } = "http://127.0.0.1:8000";

    /// <summary>File with the bearer tokens of HTTP calls, one a line; empty: none are asked for.</summary>
    public string HttpTokenPath { get; set; } = "";

    /// <summary>What needs no token: none, health, metrics or read.</summary>
    public string HttpOpen { get; set; } = "health";

    /// <summary>Whether HTTP calls that change something are refused.</summary>
    public bool HttpReadOnly { get; set; }

    /// <summary>Certificates of HTTPS clients: off, optional or required.</summary>
    public string HttpClientCertificate { get; set; } = "off";

    /// <summary>Seconds between summary lines in the log; 0: none.</summary>
    public int MetricsReportIntervalSeconds { get; set; } = 30;

    /// <summary>Leader election.</summary>
    public bool HaEnable { get; set; }

    /// <summary>Rebuild metadata from the LocalServices.</summary>
    public bool MetaRebuild { get; set; } = true;

    /// <summary>Keep a backup of metadata with the LocalServices.</summary>
    public bool BackupEnable { get; set; } = true;

    /// <summary>Default read lease, in milliseconds.</summary>
    public int LeaseTtlMs { get; set; } = 10_000;

    /// <summary>Reload log level, lease and eviction thresholds while running.</summary>
    public bool DynamicConfigEnable { get; set; } = true;

    /// <summary>debug, info, warn or error.</summary>
    public string LogLevel { get; set; } = "info";

    /// <summary>Directory under which <c>logs</c> is made.</summary>
    public string LogPath { get; set; } = "/var/log/memcache_hybrid";

    /// <summary>Size at which a log file is rotated, in MB.</summary>
    public int LogRotationFileSizeMb { get; set; } = 20;

    /// <summary>Rotated log files that are kept.</summary>
    public int LogRotationFileCount { get; set; } = 50;

    /// <summary>screen, file or both.</summary>
    public string LogOutputTarget { get; set; } = "file";

    /// <summary>text, or json: one object a line.</summary>
    public string LogFormat { get; set; } = "text";

    /// <summary>Percent of a medium at which eviction starts.</summary>
    public int EvictThresholdHigh { get; set; } = 90;

    /// <summary>Percent of a medium at which eviction stops.</summary>
    public int EvictThresholdLow { get; set; } = 80;

    /// <summary>Which objects are evicted first: reuse or lru.</summary>
    public string EvictPolicy { get; set; } = "reuse";

    /// <summary>
    /// Milliseconds after its put or its last use in which an object is not evicted, even if a put fails for it; 0:
    /// none.
    /// </summary>
    public int EvictMinResidenceMs { get; set; }

    /// <summary>Under pressure, refuse a place to objects that pay less than those that are there.</summary>
    public bool EvictAdmission { get; set; }

    /// <summary>Keys that are remembered after their objects left, for each object that fits.</summary>
    public int EvictGhostRatio { get; set; } = 8;

    /// <summary>How much of each medium may have a hard pin: a percentage, or a size in bytes.</summary>
    public string HardPinLimit { get; set; } = "50%";

    /// <summary>Quotas of tenants: <c>prefix:size</c>, apart by commas; empty: none.</summary>
    public string Quotas { get; set; } = "";

    /// <summary>Percent of DRAM above which nothing is promoted from SSD.</summary>
    public int RewarmDramWatermark { get; set; } = 95;

    /// <summary>The SSD tier.</summary>
    public bool UbsIoEnable { get; set; }

    /// <summary>TLS of the data requests.</summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>TLS of membership.</summary>
    public TlsOptions ConfigStoreTls { get; } = new();

    /// <summary>Milliseconds between heartbeats that clients are told to send.</summary>
    public int HeartbeatMs { get; set; } = 1000;

    /// <summary>Milliseconds of silence after which a client is taken for lost.</summary>
    public int SilenceMs { get; set; } = 5000;

    /// <summary>Bytes a second that are copied to replace replicas that went with their rank; 0: none.</summary>
    public long RepairBytesPerSecond { get; set; }

    /// <summary>Seconds without progress after which a drain job fails.</summary>
    public int DrainStallSeconds { get; set; } = 30;

    /// <summary>Threads that serve requests; 0: one for each core, at most 4.</summary>
    public int IoThreadCount { get; set; }

    /// <summary>Microseconds that a serving thread polls before it blocks; -1: decided by the number of cores.</summary>
    public int SpinMicroseconds { get; set; } = -1;

    /// <summary>Directory of the Unix sockets; empty: <c>$XDG_RUNTIME_DIR</c>, else <c>/tmp/memcache-UID</c>.</summary>
    public string SocketDirectory { get; set; } = "";

    /// <summary>Reads a file and the environment over the defaults.</summary>
    /// <param name="path">The file; <see langword="null"/>: what <see cref="PathVariable"/> names, else none.</param>
    /// <param name="warnings">Unknown keys and keys without effect.</param>
    /// <exception cref="OptionsException">A value is not legal; the text names file, line, key, value and range.</exception>
    public static MetaServiceOptions Load(string? path, out IReadOnlyList<string> warnings)
    {
        MetaServiceOptions options = ConfigLoader.Load(Table, path, PathVariable, out warnings);
        return options;
    }

    /// <summary>Checks what no single key can.</summary>
    /// <exception cref="OptionsException">Two values do not fit together, or one asks for what this version does not have.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        AddProblems(problems);
        ConfigLoader.ThrowIfAny(problems);
    }

    private void AddProblems(List<string> problems)
    {
        if (EvictThresholdLow >= EvictThresholdHigh)
        {
            problems.Add($"'ock.mmc.evict_threshold_low' = {EvictThresholdLow} must be below "
                + $"'ock.mmc.evict_threshold_high' = {EvictThresholdHigh}");
        }

        if (SilenceMs < 2 * HeartbeatMs)
        {
            problems.Add($"'ock.mmc.meta_service.silence_ms' = {SilenceMs} must be at least twice "
                + $"'ock.mmc.meta_service.heartbeat_ms' = {HeartbeatMs}");
        }

        if (HaEnable)
        {
            problems.Add("'ock.mmc.meta.ha.enable' = true: leader election is not available in this version");
        }

        ValidateHttp(problems);
        Tls.Validate(TlsPrefix, problems);
        ConfigStoreTls.Validate(ConfigStoreTlsPrefix, problems);
        if (MetaServiceUrl == ConfigStoreUrl && Tls.Enable != ConfigStoreTls.Enable)
        {
            problems.Add(
                $"'{TlsPrefix}.enable' and '{ConfigStoreTlsPrefix}.enable' differ, but both are for {MetaServiceUrl}");
        }
    }

    private void ValidateHttp(List<string> problems)
    {
        bool isSecure = MetricsUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        bool takesCertificates = HttpClientCertificate != "off";
        if (isSecure && !Tls.Enable)
        {
            Tls.Validate(TlsPrefix, $"'ock.mmc.meta_service.metrics_url' = '{MetricsUrl}'", takesCertificates, problems);
        }

        if (takesCertificates && !isSecure)
        {
            problems.Add($"'ock.mmc.meta_service.http.client_cert' = {HttpClientCertificate} needs https, and "
                + $"'ock.mmc.meta_service.metrics_url' = {MetricsUrl}");
        }
    }

    private static ConfigTable<MetaServiceOptions> BuildTable()
    {
        var table = new ConfigTable<MetaServiceOptions>((options, problems) => options.AddProblems(problems));
        table.Url("ock.mmc.meta_service_url", ["tcp", "unix"], 1025, "data requests", o => o.MetaServiceUrl, (o, v) => o.MetaServiceUrl = v)
            .Url("ock.mmc.meta_service.config_store_url", ["tcp", "unix"], 1025, "membership", o => o.ConfigStoreUrl, (o, v) => o.ConfigStoreUrl = v)
            .Url("ock.mmc.meta_service.metrics_url", ["http", "https"], 1025, "health and metrics", o => o.MetricsUrl, (o, v) => o.MetricsUrl = v)
            .Text("ock.mmc.meta_service.http.token_path", 255, "file with bearer tokens of HTTP calls, one a line (mode 0600), read again when it changes; empty: none",
                o => o.HttpTokenPath, (o, v) => o.HttpTokenPath = v)
            .Choice("ock.mmc.meta_service.http.open", ["none", "health", "metrics", "read"], "HTTP calls that need no token: each word includes those before it",
                o => o.HttpOpen, (o, v) => o.HttpOpen = v)
            .Bool("ock.mmc.meta_service.http.read_only", "refuse HTTP calls that change something",
                o => o.HttpReadOnly, (o, v) => o.HttpReadOnly = v).Reloaded()
            .Choice("ock.mmc.meta_service.http.client_cert", ["off", "optional", "required"],
                "certificates of HTTPS clients, judged by ock.mmc.tls.ca.path; optional: one counts as a token",
                o => o.HttpClientCertificate, (o, v) => o.HttpClientCertificate = v)
            .Int("ock.mmc.meta_service.metrics_report_interval_seconds", 0, 86400, "seconds between summary lines in the log; 0: none",
                o => o.MetricsReportIntervalSeconds, (o, v) => o.MetricsReportIntervalSeconds = v).Reloaded()
            .Bool("ock.mmc.meta.ha.enable", "leader election (not available yet)", o => o.HaEnable, (o, v) => o.HaEnable = v)
            .Bool("ock.mmc.meta.ha.meta_rebuild", "rebuild metadata from LocalServices (no effect yet)", o => o.MetaRebuild, (o, v) => o.MetaRebuild = v)
            .Bool("ock.mmc.meta.backup.enable", "keep a backup of metadata (no effect yet)", o => o.BackupEnable, (o, v) => o.BackupEnable = v)
            .Int("ock.mmc.meta.lease_ttl_ms", 1, int.MaxValue, "default read lease, ms", o => o.LeaseTtlMs, (o, v) => o.LeaseTtlMs = v).Reloaded()
            .Bool("ock.mmc.dynamic_config.enable", "reload what can be reloaded when the file changes",
                o => o.DynamicConfigEnable, (o, v) => o.DynamicConfigEnable = v)
            .Choice("ock.mmc.log_level", ["debug", "info", "warn", "error"], "least severity that is logged", o => o.LogLevel, (o, v) => o.LogLevel = v).Reloaded()
            .Text("ock.mmc.log_path", 1024, "directory of log files; 'logs' is appended", o => o.LogPath, (o, v) => o.LogPath = v)
            .Int("ock.mmc.log_rotation_file_size", 1, 500, "MB at which a log file is rotated", o => o.LogRotationFileSizeMb, (o, v) => o.LogRotationFileSizeMb = v)
            .Int("ock.mmc.log_rotation_file_count", 1, 50, "log files that are kept", o => o.LogRotationFileCount, (o, v) => o.LogRotationFileCount = v)
            .Choice("ock.mmc.log_output_target", ["screen", "file", "both"], "where the log goes", o => o.LogOutputTarget, (o, v) => o.LogOutputTarget = v)
            .Choice("ock.mmc.log_format", ["text", "json"], "what a line of the log is", o => o.LogFormat, (o, v) => o.LogFormat = v)
            .Int("ock.mmc.evict_threshold_high", 1, 99, "percent of a medium at which eviction starts",
                o => o.EvictThresholdHigh, (o, v) => o.EvictThresholdHigh = v).Reloaded()
            .Int("ock.mmc.evict_threshold_low", 0, 98, "percent at which it stops, below high",
                o => o.EvictThresholdLow, (o, v) => o.EvictThresholdLow = v).Reloaded()
            .Choice("ock.mmc.evict.policy", ["reuse", "lru"],
                "what leaves first: what is least likely to be asked for again, or what was used longest ago",
                o => o.EvictPolicy, (o, v) => o.EvictPolicy = v)
            .Int("ock.mmc.evict.min_residence_ms", 0, 3_600_000,
                "ms after its put or last use in which an object is not evicted, even if a put fails; 0: none",
                o => o.EvictMinResidenceMs, (o, v) => o.EvictMinResidenceMs = v).Reloaded()
            .Bool("ock.mmc.evict.admission",
                "under pressure, puts of what pays less than what is there store nothing; reuse only",
                o => o.EvictAdmission, (o, v) => o.EvictAdmission = v).Reloaded()
            .Int("ock.mmc.evict.ghost_ratio", 0, 32,
                "keys remembered after their objects left, for each object that fits; about 35 bytes each; reuse only",
                o => o.EvictGhostRatio, (o, v) => o.EvictGhostRatio = v)
            .Add("ock.mmc.meta.hard_pin_limit", "0% .. 100%, or a size such as 10GB",
                "how much of each medium objects with a hard pin may take; beyond, puts of such are refused (-3214)",
                o => o.HardPinLimit, (o, v) => PriorityLimits.TryParsePinLimit(v, out _, out _) && (o.HardPinLimit = v) == v)
            .Add("ock.mmc.meta.quotas", "at most 63 of prefix:size apart by commas, such as teamA/:10GB,teamB/:5GB",
                "bytes that the objects may take whose keys begin with a prefix; the longest one counts; empty: none",
                o => o.Quotas, (o, v) => PriorityLimits.TryParseQuotas(v, out _) && (o.Quotas = v) == v)
            .Int("ock.mmc.rewarm.dram_watermark", 1, 100, "no promotion from SSD above this fill (no effect yet)",
                o => o.RewarmDramWatermark, (o, v) => o.RewarmDramWatermark = v)
            .Bool("ock.mmc.ubs_io.enable", "SSD tier (no effect yet)", o => o.UbsIoEnable, (o, v) => o.UbsIoEnable = v)
            .Int("ock.mmc.meta_service.heartbeat_ms", 10, 60_000, "ms between heartbeats of a client", o => o.HeartbeatMs, (o, v) => o.HeartbeatMs = v)
            .Int("ock.mmc.meta_service.silence_ms", 50, 600_000, "ms of silence after which a client is lost", o => o.SilenceMs, (o, v) => o.SilenceMs = v)
            .Size("ock.mmc.meta_service.repair_bytes_per_second", 1L << 40,
                "bytes a second copied to replace replicas that went with their rank; 0: none",
                o => o.RepairBytesPerSecond, (o, v) => o.RepairBytesPerSecond = v).Reloaded()
            .Int("ock.mmc.meta_service.drain_stall_seconds", 1, 3600,
                "seconds without progress after which a drain job fails",
                o => o.DrainStallSeconds, (o, v) => o.DrainStallSeconds = v)
            .Int("ock.mmc.meta_service.io_thread_count", 0, 64, "threads that serve requests; 0: one a core, at most 4",
                o => o.IoThreadCount, (o, v) => o.IoThreadCount = v)
            .Int("ock.mmc.meta_service.spin_us", -1, 1000, "microseconds of polling before a thread blocks; -1: by the number of cores",
                o => o.SpinMicroseconds, (o, v) => o.SpinMicroseconds = v)
            .Text("ock.mmc.meta_service.socket_path", ServiceUrl.UnixPathBytesMax - 32, "directory of the Unix sockets; empty: per user",
                o => o.SocketDirectory, (o, v) => o.SocketDirectory = v);
        TlsOptions.AddTo(table, TlsPrefix, withPackage: true, o => o.Tls);
        TlsOptions.AddTo(table, ConfigStoreTlsPrefix, withPackage: true, o => o.ConfigStoreTls);
        return table;
    }
}
