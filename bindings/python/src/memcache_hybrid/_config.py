"""LocalConfig, MetaConfig and ReplicateConfig, and the one place that maps their attributes to configuration keys."""

import logging

_log = logging.getLogger("memcache_hybrid")

# Attribute -> (key, default). The defaults are there to be read, for what is not set is left to the library; a test
# compares them.


def _tls(attribute, key, without=()):
    paths = ("ca_path", "ca_crl_path", "cert_path", "key_path", "key_pass_path", "package_path", "decrypter_path")
    keys = {attribute + name: (key + name.replace("_", "."), "") for name in paths if name not in without}
    return {attribute + "enable": (key + "enable", False), **keys}


_COMMON = {
    "meta_service_url": ("ock.mmc.meta_service_url", "tcp://127.0.0.1:5000"),
    "log_level": ("ock.mmc.log_level", "info"),
    "ubs_io_enable": ("ock.mmc.ubs_io.enable", False),
    **_tls("tls_", "ock.mmc.tls."),
    **_tls("config_store_tls_", "ock.mmc.config_store.tls."),
}

#: What a LocalConfig sets in mmc-local.conf.
LOCAL_KEYS = {
    **_COMMON,
    "config_store_url": ("ock.mmc.local_service.config_store_url", "tcp://127.0.0.1:6000"),
    "world_size": ("ock.mmc.local_service.world_size", 256),
    "protocol": ("ock.mmc.local_service.protocol", "host_rdma"),
    "hcom_url": ("ock.mmc.local_service.hcom_url", "tcp://127.0.0.1:7000"),
    "dram_size": ("ock.mmc.local_service.dram.size", "1GB"),
    "hbm_size": ("ock.mmc.local_service.hbm.size", "0"),
    "max_dram_size": ("ock.mmc.local_service.max.dram.size", "64GB"),
    "max_hbm_size": ("ock.mmc.local_service.max.hbm.size", "0"),
    "memory_pool_mode": ("ock.mmc.local_service.memory.pool.mode", "standard"),
    "client_retry_milliseconds": ("ock.mmc.client.retry_milliseconds", 0),
    "client_timeout_seconds": ("ock.mmc.client.timeout.seconds", 60),
    "read_thread_pool_size": ("ock.mmc.client.read_thread_pool.size", 32),
    "write_thread_pool_size": ("ock.mmc.client.write_thread_pool.size", 4),
    "aggregate_io": ("ock.mmc.client.aggregate.io", True),
    "aggregate_num": ("ock.mmc.client.aggregate.num", 122),
    **_tls("hcom_tls_", "ock.mmc.local_service.hcom.tls.", without=("package_path",)),
    "storage_enabled": ("ock.mmc.local_service.storage.enabled", False),
    "shm_path": ("ock.mmc.local_service.shm.path", "/dev/shm"),
    "huge_pages": ("ock.mmc.local_service.huge_pages", "auto"),
    "checksum_enable": ("ock.mmc.local_service.checksum.enable", False),
    "copy_thread_count": ("ock.mmc.local_service.copy_thread_count", 0),
    "log_path": ("ock.mmc.log_path", "/var/log/memcache_hybrid"),
    "log_rotation_file_size": ("ock.mmc.log_rotation_file_size", 20),
    "log_rotation_file_count": ("ock.mmc.log_rotation_file_count", 50),
    "log_output_target": ("ock.mmc.log_output_target", "host"),
}

#: What a MetaConfig sets in mmc-meta.conf.
META_KEYS = {
    **_COMMON,
    "config_store_url": ("ock.mmc.meta_service.config_store_url", "tcp://127.0.0.1:6000"),
    "metrics_url": ("ock.mmc.meta_service.metrics_url", "http://127.0.0.1:8000"),
    "ha_enable": ("ock.mmc.meta.ha.enable", False),
    "log_path": ("ock.mmc.log_path", "/var/log/memcache_hybrid"),
    "log_rotation_file_size": ("ock.mmc.log_rotation_file_size", 20),
    "log_rotation_file_count": ("ock.mmc.log_rotation_file_count", 50),
    "log_output_target": ("ock.mmc.log_output_target", "file"),
    "evict_threshold_high": ("ock.mmc.evict_threshold_high", 90),
    "evict_threshold_low": ("ock.mmc.evict_threshold_low", 80),
    "lease_ttl_ms": ("ock.mmc.meta.lease_ttl_ms", 10000),
}

# Clients set one list of names on either object; what belongs to the other program has no effect.
_META_ONLY = ("metrics_url", "ha_enable", "evict_threshold_high", "evict_threshold_low")


class _Config:
    """Any attribute may be set; what is None or "" stands for the key's default."""

    _keys = {}

    def __repr__(self):
        given = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({given})"


class LocalConfig(_Config):
    """Configuration of a DistributedObjectStore: mmc-local.conf as attributes. Names that are no key have no effect."""

    _keys = LOCAL_KEYS


class MetaConfig(_Config):
    """Configuration of the MetaService: mmc-meta.conf as attributes. Names that are no key have no effect."""

    _keys = META_KEYS


def _give_defaults():
    for config, keys in ((LocalConfig, LOCAL_KEYS), (MetaConfig, META_KEYS)):
        for name, (_key, default) in keys.items():
            setattr(config, name, default)
    for name in _META_ONLY:
        setattr(LocalConfig, name, META_KEYS[name][1])


_give_defaults()


class ReplicateConfig:
    """How a put stores its objects.

    replicaNum: 1 .. 8 replicas. preferredLocalServiceIDs: the ranks that have to hold them, at most as many; empty: any.
    pin: "none", "soft" (evicted last) or "hard" (never evicted), or 0, 1, 2. ttl_ms: milliseconds to live; 0: no end.
    """

    def __init__(self, replicaNum=1, preferredLocalServiceIDs=(), pin=0, ttl_ms=0):
        self.replicaNum = replicaNum
        self.preferredLocalServiceIDs = list(preferredLocalServiceIDs)
        self.pin = pin
        self.ttl_ms = ttl_ms

    def __repr__(self):
        pin = "" if self.pin in (0, "none") else f", pin={self.pin!r}"
        ttl = "" if self.ttl_ms == 0 else f", ttl_ms={self.ttl_ms}"
        return f"ReplicateConfig(replicaNum={self.replicaNum}, " \
               f"preferredLocalServiceIDs={self.preferredLocalServiceIDs}{pin}{ttl})"


def _value_text(value):
    """The value as a line of a file holds it; None: no line can."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return None
    text = str(value).strip()
    ends_early = any(mark in text for mark in "\n\r\0") or text.startswith("#") or " #" in text or "\t#" in text
    return None if ends_early else text


def settings_of(config):
    """A list of (key, value text) of what is set; None: a value can't be written, which is logged."""
    settings = []
    for name, value in vars(config).items():
        if name not in config._keys or value is None or value == "":
            continue
        key = config._keys[name][0]
        text = _value_text(value)
        if text is None:
            _log.error("%s.%s = %r can't be written into a configuration", type(config).__name__, name, value)
            return None
        settings.append((key, text))
    return settings


def local_config_text(config):
    """The lines of a LocalConfig; None: a value can't be written."""
    if not isinstance(config, LocalConfig):
        raise TypeError("not a LocalConfig")
    settings = settings_of(config)
    return None if settings is None else "".join(f"{key} = {value}\n" for key, value in settings)


def report_failed_init(status, why):
    """Says in the log what a code can't say."""
    _log.error("DistributedObjectStore.init() failed with %d: %s", status, why or "no reason is known")
