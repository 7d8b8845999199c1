"""The little of LMCache that its storage plug-ins see, written from the signatures it documents."""

import abc
import sys
import threading
import types
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, List, Optional, Tuple

import torch


class MemoryFormat(Enum):
    KV_2LTD = 1
    KV_MLA_FMT = 2


class StorageBackendInterface(metaclass=abc.ABCMeta):
    def __init__(self, dst_device: str = "cuda") -> None:
        self.dst_device = dst_device

    @abc.abstractmethod
    def contains(self, key, pin=False): ...

    @abc.abstractmethod
    def exists_in_put_tasks(self, key): ...

    @abc.abstractmethod
    def batched_submit_put_task(self, keys, objs, transfer_spec=None, on_complete_callback=None): ...

    @abc.abstractmethod
    def get_blocking(self, key): ...

    @abc.abstractmethod
    def pin(self, key): ...

    @abc.abstractmethod
    def unpin(self, key): ...

    @abc.abstractmethod
    def remove(self, key, force=True): ...

    @abc.abstractmethod
    def get_allocator_backend(self): ...

    @abc.abstractmethod
    def close(self): ...


class StoragePluginInterface(StorageBackendInterface):
    def __init__(self, dst_device="cuda", config=None, metadata=None, local_cpu_backend=None, loop=None) -> None:
        super().__init__(dst_device=dst_device)
        self.config, self.metadata = config, metadata
        self.local_cpu_backend, self.loop = local_cpu_backend, loop


@dataclass
class Config:
    extra_config: Optional[dict] = None
    use_layerwise: bool = False


@dataclass
class Metadata:
    model_name: str = "org/model"
    world_size: int = 1
    worker_id: int = 0
    local_worker_id: int = 0
    kv_dtype: torch.dtype = torch.float16
    kv_shape: Tuple[int, ...] = (3, 2, 16, 2, 8)
    use_mla: bool = False
    role: Optional[str] = "worker"
    chunk_size: int = 16

    def get_shapes(self, num_tokens: Optional[int] = None) -> List[torch.Size]:
        layers, kinds, _, heads, size = self.kv_shape
        return [torch.Size([kinds, layers, num_tokens or self.chunk_size, heads * size])]

    def get_dtypes(self) -> List[torch.dtype]:
        return [self.kv_dtype]


@dataclass(frozen=True)
class CacheEngineKey:
    model_name: str = "org/model"
    world_size: int = 1
    worker_id: int = 0
    chunk_hash: int = 0
    dtype: str = "half"

    def to_string(self) -> str:
        return f"{self.model_name}@{self.world_size}@{self.worker_id}@{self.chunk_hash:x}@{self.dtype}"

    def with_new_worker_id(self, worker_id: int) -> "CacheEngineKey":
        return replace(self, worker_id=worker_id)


class MemoryObj:
    """A chunk in host memory, with its references counted."""

    def __init__(self, shape: torch.Size, dtype: torch.dtype, owner: "LocalCPUBackend") -> None:
        self.tensor = torch.zeros(shape, dtype=dtype)
        self.references = 1
        self._owner = owner
        self._lock = threading.Lock()

    @property
    def data_ptr(self) -> int:
        return self.tensor.data_ptr()

    def get_size(self) -> int:
        return self.tensor.numel() * self.tensor.element_size()

    def ref_count_up(self) -> None:
        with self._lock:
            self.references += 1

    def ref_count_down(self) -> None:
        with self._lock:
            self.references -= 1
            assert self.references >= 0
            if self.references == 0:
                self._owner.free_count += 1


class LocalCPUBackend:
    """Gives out memory for ``free_count`` chunks at a time."""

    def __init__(self, free_count: int = 64) -> None:
        self.free_count = free_count
        self.memory_allocator = types.SimpleNamespace(buffer=torch.zeros(4096, dtype=torch.uint8))

    def allocate(self, shapes: Any, dtypes: Any, fmt: Any = None, eviction: bool = True, busy_loop: bool = True):
        assert not busy_loop
        if self.free_count == 0:
            return None
        self.free_count -= 1
        return MemoryObj(shapes, dtypes, self)


def install() -> None:
    """Makes `import lmcache…` find what is above."""
    for name in ("lmcache", "lmcache.v1", "lmcache.v1.storage_backend"):
        sys.modules.setdefault(name, types.ModuleType(name))
    memory = types.ModuleType("lmcache.v1.memory_management")
    memory.MemoryFormat = MemoryFormat
    backend = types.ModuleType("lmcache.v1.storage_backend.abstract_backend")
    backend.StoragePluginInterface = StoragePluginInterface
    sys.modules[memory.__name__] = memory
    sys.modules[backend.__name__] = backend
