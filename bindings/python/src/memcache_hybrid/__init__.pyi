from typing import Any, List, Optional, Sequence, Union

from . import _status as status

L2G: int
G2L: int
G2H: int
H2G: int
AUTO: int
__version__: str
__all__: List[str]

_Key = Union[str, bytes]
_Buffer = Any  # bytes, bytearray, memoryview, a contiguous numpy array: anything with a contiguous buffer

def last_error() -> str: ...

class KeyInfo:
    def size(self) -> int: ...
    def loc_list(self) -> List[int]: ...
    def type_list(self) -> List[int]: ...
    def gva_list(self) -> List[int]: ...
    def str(self) -> str: ...

class ReplicateConfig:
    replicaNum: int
    preferredLocalServiceIDs: List[int]
    pin: Union[str, int]
    ttl_ms: int
    def __init__(
        self,
        replicaNum: int = 1,
        preferredLocalServiceIDs: Sequence[int] = (),
        pin: Union[str, int] = 0,
        ttl_ms: int = 0,
    ) -> None: ...

class LocalConfig:
    meta_service_url: str
    config_store_url: str
    metrics_url: str
    ha_enable: bool
    log_level: str
    log_path: str
    log_rotation_file_size: int
    log_rotation_file_count: int
    log_output_target: str
    evict_threshold_high: int
    evict_threshold_low: int
    ubs_io_enable: bool
    world_size: int
    protocol: str
    hcom_url: str
    dram_size: Union[str, int]
    hbm_size: Union[str, int]
    max_dram_size: Union[str, int]
    max_hbm_size: Union[str, int]
    memory_pool_mode: str
    client_retry_milliseconds: int
    client_timeout_seconds: int
    read_thread_pool_size: int
    write_thread_pool_size: int
    aggregate_io: bool
    aggregate_num: int
    storage_enabled: bool
    shm_path: str
    huge_pages: str
    checksum_enable: bool
    copy_thread_count: int
    tls_enable: bool
    tls_ca_path: str
    tls_ca_crl_path: str
    tls_cert_path: str
    tls_key_path: str
    tls_key_pass_path: str
    tls_package_path: str
    tls_decrypter_path: str
    config_store_tls_enable: bool
    config_store_tls_ca_path: str
    config_store_tls_ca_crl_path: str
    config_store_tls_cert_path: str
    config_store_tls_key_path: str
    config_store_tls_key_pass_path: str
    config_store_tls_package_path: str
    config_store_tls_decrypter_path: str
    hcom_tls_enable: bool
    hcom_tls_ca_path: str
    hcom_tls_ca_crl_path: str
    hcom_tls_cert_path: str
    hcom_tls_key_path: str
    hcom_tls_key_pass_path: str
    hcom_tls_decrypter_path: str
    def __setattr__(self, name: str, value: Any) -> None: ...

class MetaConfig:
    meta_service_url: str
    config_store_url: str
    metrics_url: str
    ha_enable: bool
    log_level: str
    log_path: str
    log_rotation_file_size: int
    log_rotation_file_count: int
    log_output_target: str
    evict_threshold_high: int
    evict_threshold_low: int
    lease_ttl_ms: int
    ubs_io_enable: bool
    tls_enable: bool
    tls_ca_path: str
    tls_ca_crl_path: str
    tls_cert_path: str
    tls_key_path: str
    tls_key_pass_path: str
    tls_package_path: str
    tls_decrypter_path: str
    config_store_tls_enable: bool
    config_store_tls_ca_path: str
    config_store_tls_ca_crl_path: str
    config_store_tls_cert_path: str
    config_store_tls_key_path: str
    config_store_tls_key_pass_path: str
    config_store_tls_package_path: str
    config_store_tls_decrypter_path: str
    def __setattr__(self, name: str, value: Any) -> None: ...

class MetaService:
    @staticmethod
    def setup(config: MetaConfig) -> int: ...
    @staticmethod
    def main() -> int: ...

class DistributedObjectStore:
    def setup(self, config: LocalConfig) -> int: ...
    def init(self, device_id: int, init_bm: bool = True) -> int: ...
    def close(self) -> int: ...
    def get_local_service_id(self) -> int: ...
    def register_buffer(self, ptr: int, size: int) -> int: ...
    def unregister_buffer(self, ptr: int, size: int) -> int: ...
    def put(self, key: _Key, buf: _Buffer, replicateConfig: Optional[ReplicateConfig] = None) -> int: ...
    def put_batch(
        self, keys: Sequence[_Key], values: Sequence[_Buffer], replicateConfig: Optional[ReplicateConfig] = None
    ) -> int: ...
    def put_from(
        self, key: _Key, ptr: int, size: int, direct: int = 3, replicateConfig: Optional[ReplicateConfig] = None
    ) -> int: ...
    def batch_put_from(
        self,
        keys: Sequence[_Key],
        ptrs: Sequence[int],
        sizes: Sequence[int],
        direct: int = 3,
        replicateConfig: Optional[ReplicateConfig] = None,
    ) -> List[int]: ...
    def put_from_layers(
        self,
        key: _Key,
        ptrs: Sequence[int],
        sizes: Sequence[int],
        direct: int = 3,
        replicateConfig: Optional[ReplicateConfig] = None,
    ) -> int: ...
    def batch_put_from_layers(
        self,
        keys: Sequence[_Key],
        ptrs: Sequence[Sequence[int]],
        sizes: Sequence[Sequence[int]],
        direct: int = 3,
        replicateConfig: Optional[ReplicateConfig] = None,
    ) -> List[int]: ...
    def get(self, key: _Key) -> bytes: ...
    def get_batch(self, keys: Sequence[_Key]) -> List[bytes]: ...
    def get_into(self, key: _Key, ptr: int, size: int, direct: int = 2) -> int: ...
    def batch_get_into(
        self, keys: Sequence[_Key], ptrs: Sequence[int], sizes: Sequence[int], direct: int = 2
    ) -> List[int]: ...
    def get_into_layers(self, key: _Key, ptrs: Sequence[int], sizes: Sequence[int], direct: int = 2) -> int: ...
    def batch_get_into_layers(
        self,
        keys: Sequence[_Key],
        ptrs: Sequence[Sequence[int]],
        sizes: Sequence[Sequence[int]],
        direct: int = 2,
    ) -> List[int]: ...
    def batch_get_range_into(
        self,
        keys: Sequence[_Key],
        offsets: Sequence[int],
        ptrs: Sequence[int],
        sizes: Sequence[int],
        direct: int = 2,
    ) -> List[int]: ...
    def batch_get_range_into_layers(
        self,
        keys: Sequence[_Key],
        offsets: Sequence[int],
        ptrs: Sequence[Sequence[int]],
        sizes: Sequence[Sequence[int]],
        direct: int = 2,
    ) -> List[int]: ...
    def remove(self, key: _Key) -> int: ...
    def remove_batch(self, keys: Sequence[_Key]) -> List[int]: ...
    def remove_all(self) -> int: ...
    def is_exist(self, key: _Key) -> int: ...
    def batch_is_exist(self, keys: Sequence[_Key]) -> List[int]: ...
    def get_key_info(self, key: _Key, flag: int = 0) -> KeyInfo: ...
    def batch_get_key_info(self, keys: Sequence[_Key], flag: int = 0) -> List[KeyInfo]: ...
    def batch_set_pin(self, keys: Sequence[_Key], pin: Union[str, int]) -> List[int]: ...
    def batch_set_ttl(self, keys: Sequence[_Key], ttl_ms: int) -> List[int]: ...
    def batch_alloc(
        self, keys: Sequence[_Key], sizes: Sequence[int], media: int = 1, lease_ttl_ms: int = 0
    ) -> List[int]: ...
    def batch_copy(
        self, gvas: Sequence[int], ptrs: Sequence[int], sizes: Sequence[int], direct: int = 3
    ) -> int: ...
    def batch_copy_layers(
        self, gvas: Sequence[int], ptrs: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]], direct: int = 3
    ) -> int: ...
    def batch_write_finish(self, keys: Sequence[_Key], res: Sequence[int]) -> List[int]: ...
    def batch_add_lease(self, keys: Sequence[_Key], lease_ttl_ms: int = 0) -> List[int]: ...
    def batch_remove_lease(self, keys: Sequence[_Key]) -> int: ...
