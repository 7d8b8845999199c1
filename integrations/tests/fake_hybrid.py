"""A memcache_hybrid in one process' memory, for tests: the calls, arguments, results and codes of the real package.

All stores of a process share the objects in ``CLUSTER``, which can also be told to fail.
"""

import ctypes
import sys
import types
from typing import Any, Dict, List, Optional, Sequence, Tuple

L2G, G2L, G2H, H2G, AUTO = 0, 1, 2, 3, 9

OK, ERROR, INVALID_PARAMETER = 0, -1, -3000
TIMEOUT, DUPLICATED, NOT_FOUND, NOT_INITIALISED = -3004, -3006, -3007, -3008
NOT_CONNECTED, STATE_MISMATCH, KEY_NOT_FOUND, SIZE_MISMATCH = -3017, -3101, -3102, -3205

KEY_BYTES_MAX = 256
BATCH_COUNT_MAX = 16384
BUFFER_COUNT_MAX = 255


class LocalConfig:
    """The attributes that clients set; every one has a value from the start."""

    def __init__(self) -> None:
        self.meta_service_url = "tcp://127.0.0.1:5000"
        self.config_store_url = "tcp://127.0.0.1:6000"
        self.log_level = "info"
        self.world_size = 256
        self.protocol = "host_rdma"
        self.hcom_url = "tcp://127.0.0.1:7000"
        self.dram_size = "1GB"
        self.hbm_size = "0"
        self.max_dram_size = "64GB"
        self.max_hbm_size = "0"
        self.client_retry_milliseconds = 0
        self.client_timeout_seconds = 60
        self.read_thread_pool_size = 32
        self.write_thread_pool_size = 4
        self.aggregate_io = True
        self.aggregate_num = 122
        self.memory_pool_mode = "standard"
        self.tls_enable = False
        self.tls_ca_path = ""
        self.hcom_tls_enable = False


class ReplicateConfig:
    def __init__(self) -> None:
        self.replicaNum = 1
        self.preferredLocalServiceIDs: List[int] = []


class KeyInfo:
    def __init__(self, size: int = 0, address: int = 0) -> None:
        self._size = size
        self._address = address

    def size(self) -> int:
        return self._size

    def loc_list(self) -> List[int]:
        return [0] if self._size else []

    def type_list(self) -> List[int]:
        return [1] if self._size else []

    def gva_list(self) -> List[int]:
        return [self._address] if self._size else []


class _Object:
    def __init__(self, address: int, size: int) -> None:
        self.address = address
        self.data = bytearray(size)
        self.readable = False


class Cluster:
    """The objects of all stores, what the next calls do wrong, and what was called."""

    def __init__(self) -> None:
        self.objects: Dict[str, _Object] = {}
        self.leases: Dict[str, int] = {}
        self.registered: List[Tuple[int, int]] = []
        self.calls: List[Tuple[str, tuple]] = []
        self.config: Optional[LocalConfig] = None
        self.dead: Optional[int] = None
        self.refused: Dict[str, int] = {}
        self.raising: Dict[str, Exception] = {}
        self.setup_status = OK
        self.init_status = OK
        self.init_arguments: List[tuple] = []
        self.open_count = 0
        self._next_address = 1 << 40

    def reset(self) -> None:
        self.__init__()

    def reserve(self, key: str, size: int) -> _Object:
        created = self.objects[key] = _Object(self._next_address, size)
        self._next_address += (size + 4095) // 4096 * 4096
        return created

    def at(self, address: int, size: int) -> Optional[memoryview]:
        for found in self.objects.values():
            offset = address - found.address
            if 0 <= offset and offset + size <= len(found.data):
                return memoryview(found.data)[offset:offset + size]
        return None

    def called(self, name: str) -> List[tuple]:
        return [arguments for called, arguments in self.calls if called == name]


CLUSTER = Cluster()


class DistributedObjectStore:
    def __init__(self) -> None:
        self._ready = False

    def setup(self, config: LocalConfig) -> int:
        CLUSTER.config = config
        return CLUSTER.setup_status

    def init(self, device_id: int, init_bm: bool = True) -> int:
        CLUSTER.init_arguments.append((device_id, init_bm))
        if CLUSTER.init_status == OK:
            self._ready = True
            CLUSTER.open_count += 1
        return CLUSTER.init_status

    def close(self) -> None:
        CLUSTER.open_count -= self._ready
        self._ready = False

    def get_local_service_id(self) -> int:
        return 0

    def register_buffer(self, buffer_ptr: int, size: int) -> int:
        CLUSTER.registered.append((buffer_ptr, size))
        return OK

    def unregister_buffer(self, buffer_ptr: int, size: int) -> int:
        if (buffer_ptr, size) not in CLUSTER.registered:
            return INVALID_PARAMETER
        CLUSTER.registered.remove((buffer_ptr, size))
        return OK

    def put(self, key: str, buf: Any, replicateConfig: Any = None) -> int:
        return self._each("put", [key], lambda _: self._store(key, [bytes(buf)]))[0]

    def put_batch(self, keys: List[str], values: List[bytes], replicateConfig: Any = None) -> int:
        results = self._each("put_batch", keys, lambda i: self._store(keys[i], [values[i]]))
        return next((result for result in results if result != OK), OK)

    def put_from(self, key: str, buffer_ptr: int, size: int, direct: int = H2G, replicateConfig: Any = None) -> int:
        return self.batch_put_from([key], [buffer_ptr], [size], direct)[0]

    def batch_put_from(
        self, keys: List[str], buffer_ptrs: Sequence[int], sizes: Sequence[int], direct: int = H2G,
        replicateConfig: Any = None,
    ) -> List[int]:
        return self.batch_put_from_layers(keys, [[ptr] for ptr in buffer_ptrs], [[size] for size in sizes], direct)

    def put_from_layers(
        self, key: str, buffer_ptrs: Sequence[int], sizes: Sequence[int], direct: int = H2G, replicateConfig: Any = None
    ) -> int:
        return self.batch_put_from_layers([key], [buffer_ptrs], [sizes], direct)[0]

    def batch_put_from_layers(
        self, keys: List[str], buffer_ptrs: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]], direct: int = H2G,
        replicateConfig: Any = None,
    ) -> List[int]:
        if direct not in (L2G, H2G, AUTO):
            return [ERROR] * len(keys)
        return self._each("batch_put_from_layers", keys, lambda i: self._store(
            keys[i], [ctypes.string_at(ptr, size) for ptr, size in zip(buffer_ptrs[i], sizes[i])]
            if self._legal(buffer_ptrs[i], sizes[i]) else []))

    def get(self, key: str) -> bytes:
        return self.get_batch([key])[0]

    def get_batch(self, keys: List[str]) -> List[bytes]:
        found = [self._readable(key) for key in keys]
        return [bytes(item.data) if item and CLUSTER.dead is None else b"" for item in found]

    def get_into(self, key: str, buffer_ptr: int, size: int, direct: int = G2H) -> int:
        return self.batch_get_into([key], [buffer_ptr], [size], direct)[0]

    def batch_get_into(
        self, keys: List[str], buffer_ptrs: Sequence[int], sizes: Sequence[int], direct: int = G2H
    ) -> List[int]:
        return self.batch_get_into_layers(keys, [[ptr] for ptr in buffer_ptrs], [[size] for size in sizes], direct)

    def get_into_layers(self, key: str, buffer_ptrs: Sequence[int], sizes: Sequence[int], direct: int = G2H) -> int:
        return self.batch_get_into_layers([key], [buffer_ptrs], [sizes], direct)[0]

    def batch_get_into_layers(
        self, keys: List[str], buffer_ptrs: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]], direct: int = G2H
    ) -> List[int]:
        if direct not in (G2L, G2H, AUTO):
            return [ERROR] * len(keys)
        return self._each("batch_get_into_layers", keys, lambda i: self._load(keys[i], buffer_ptrs[i], sizes[i]))

    def remove(self, key: str) -> int:
        return self.remove_batch([key])[0]

    def remove_batch(self, keys: List[str]) -> List[int]:
        return self._each(
            "remove_batch", keys, lambda i: OK if CLUSTER.objects.pop(keys[i], None) is not None else NOT_FOUND)

    def remove_all(self) -> int:
        if CLUSTER.dead is not None:
            return CLUSTER.dead
        CLUSTER.objects.clear()
        return OK

    def is_exist(self, key: str) -> int:
        return self.batch_is_exist([key])[0]

    def batch_is_exist(self, keys: List[str]) -> List[int]:
        return self._each("batch_is_exist", keys, lambda i: int(self._readable(keys[i]) is not None))

    def get_key_info(self, key: str, flag: int = 0) -> KeyInfo:
        return self.batch_get_key_info([key], flag)[0]

    def batch_get_key_info(self, keys: List[str], flag: int = 0) -> List[KeyInfo]:
        self._record("batch_get_key_info", keys)
        found = [CLUSTER.objects.get(key) for key in keys]
        alive = CLUSTER.dead is None
        return [KeyInfo(len(item.data), item.address) if item and alive else KeyInfo() for item in found]

    def batch_alloc(self, keys: List[str], sizes: List[int], media: int = 1, lease_ttl_ms: int = 0) -> List[int]:
        def alloc(i: int) -> int:
            return 0 if keys[i] in CLUSTER.objects else CLUSTER.reserve(keys[i], sizes[i]).address
        return self._each("batch_alloc", keys, alloc)

    def batch_copy(self, gva_ptrs: List[int], buffer_ptrs: List[int], sizes: List[int], direct: int = H2G) -> int:
        self._record("batch_copy", gva_ptrs, buffer_ptrs, sizes, direct)
        if CLUSTER.dead is not None:
            return CLUSTER.dead
        for gva, ptr, size in zip(gva_ptrs, buffer_ptrs, sizes):
            there = CLUSTER.at(gva, size)
            if there is None:
                return INVALID_PARAMETER
            if direct in (L2G, H2G):
                there[:] = ctypes.string_at(ptr, size)
            else:
                ctypes.memmove(ptr, bytes(there), size)
        return OK

    def batch_copy_layers(
        self, gva_ptrs: List[int], buffer_ptrs: List[List[int]], sizes: List[List[int]], direct: int = H2G
    ) -> int:
        for gva, ptrs, lengths in zip(gva_ptrs, buffer_ptrs, sizes):
            bases = [gva + sum(lengths[:layer]) for layer in range(len(lengths))]
            status = self.batch_copy(bases, ptrs, lengths, direct)
            if status != OK:
                return status
        return OK

    def batch_write_finish(self, keys: List[str], res: List[int]) -> List[int]:
        def finish(i: int) -> int:
            if keys[i] not in CLUSTER.objects:
                return KEY_NOT_FOUND
            if res[i] == OK:
                CLUSTER.objects[keys[i]].readable = True
            elif not CLUSTER.objects[keys[i]].readable:
                del CLUSTER.objects[keys[i]]
            return OK
        return self._each("batch_write_finish", keys, finish)

    def batch_add_lease(self, keys: List[str], lease_ttl_ms: int = 0) -> List[int]:
        def lease(i: int) -> int:
            if keys[i] not in CLUSTER.objects:
                return NOT_FOUND
            if not CLUSTER.objects[keys[i]].readable:
                return STATE_MISMATCH
            CLUSTER.leases[keys[i]] = lease_ttl_ms
            return OK
        return self._each("batch_add_lease", keys, lease)

    def batch_remove_lease(self, keys: List[str]) -> int:
        self._record("batch_remove_lease", keys)
        for key in keys:
            CLUSTER.leases.pop(key, None)
        return OK

    def _record(self, name: str, *arguments: Any) -> None:
        CLUSTER.calls.append((name, arguments))
        if name in CLUSTER.raising:
            raise CLUSTER.raising[name]

    def _each(self, name: str, keys: List[str], one: Any) -> List[int]:
        """One result a key; the reasons to refuse a key or all of them come first."""
        self._record(name, list(keys))
        if not self._ready:
            return [NOT_INITIALISED] * len(keys)
        if CLUSTER.dead is not None:
            return [CLUSTER.dead] * len(keys)
        if len(keys) > BATCH_COUNT_MAX:
            return [INVALID_PARAMETER] * len(keys)
        return [
            CLUSTER.refused[key] if key in CLUSTER.refused
            else one(i) if 1 <= len(key.encode()) <= KEY_BYTES_MAX else INVALID_PARAMETER
            for i, key in enumerate(keys)
        ]

    @staticmethod
    def _legal(ptrs: Sequence[int], sizes: Sequence[int]) -> bool:
        return 1 <= len(ptrs) == len(sizes) <= BUFFER_COUNT_MAX and all(ptrs) and all(size > 0 for size in sizes)

    @staticmethod
    def _readable(key: str) -> Optional[_Object]:
        found = CLUSTER.objects.get(key)
        return found if found is not None and found.readable else None

    @staticmethod
    def _store(key: str, parts: List[bytes]) -> int:
        data = b"".join(parts)
        if not data:
            return INVALID_PARAMETER
        if key not in CLUSTER.objects:
            created = CLUSTER.reserve(key, len(data))
            created.data[:] = data
            created.readable = True
        return OK

    def _load(self, key: str, ptrs: Sequence[int], sizes: Sequence[int]) -> int:
        found = self._readable(key)
        if found is None:
            return NOT_FOUND
        if not self._legal(ptrs, sizes):
            return INVALID_PARAMETER
        if sum(sizes) != len(found.data):
            return SIZE_MISMATCH
        offset = 0
        for ptr, size in zip(ptrs, sizes):
            ctypes.memmove(ptr, bytes(found.data[offset:offset + size]), size)
            offset += size
        return OK


def install() -> None:
    """Makes `import memcache_hybrid` find this module's calls."""
    module = types.ModuleType("memcache_hybrid")
    names = ("DistributedObjectStore", "LocalConfig", "ReplicateConfig", "KeyInfo", "L2G", "G2L", "G2H", "H2G", "AUTO")
    for name in names:
        setattr(module, name, globals()[name])
    sys.modules["memcache_hybrid"] = module
