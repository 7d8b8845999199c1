"""The little of SGLang that its HiCache backends see, written from the signatures it documents."""

import sys
import types
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Dict, List, Optional

import torch


@dataclass
class HiCacheStorageConfig:
    tp_rank: int = 0
    tp_size: int = 1
    pp_rank: int = 0
    pp_size: int = 1
    attn_cp_rank: int = 0
    attn_cp_size: int = 1
    is_mla_model: bool = False
    enable_storage_metrics: bool = False
    is_page_first_layout: bool = True
    model_name: Optional[str] = "org/model"
    tp_lcm_size: Optional[int] = None
    should_split_heads: bool = False
    extra_config: Optional[dict] = None


@dataclass
class HiCacheStorageExtraInfo:
    prefix_keys: Optional[List[str]] = None
    extra_info: Optional[dict] = None


class PoolName(str, Enum):
    KV = "kv"
    MAMBA = "mamba"
    INDEXER = "indexer"


class PoolHitPolicy(str, Enum):
    ALL_PAGES = "all_pages"
    TRAILING_PAGES = "trailing_pages"


@dataclass
class PoolTransfer:
    name: Any
    host_indices: Optional[torch.Tensor] = None
    keys: Optional[List[str]] = None
    hit_policy: PoolHitPolicy = PoolHitPolicy.ALL_PAGES


@dataclass
class PoolTransferResult:
    kv_hit_pages: int
    extra_pool_hit_pages: Dict[str, int]


class HiCacheStorage(ABC):
    def register_mem_pool_host(self, mem_pool_host: Any) -> None:
        self.mem_pool_host = mem_pool_host

    @abstractmethod
    def get(self, key, target_location=None, target_sizes=None): ...

    @abstractmethod
    def batch_get(self, keys, target_locations=None, target_sizes=None): ...

    @abstractmethod
    def set(self, key, value=None, target_location=None, target_sizes=None): ...

    @abstractmethod
    def batch_set(self, keys, values=None, target_locations=None, target_sizes=None): ...

    @abstractmethod
    def exists(self, key): ...

    def clear(self) -> None: ...

    def get_stats(self): ...


@dataclass
class StorageMetrics:
    prefetch_pgs: List[int] = field(default_factory=list)
    backup_pgs: List[int] = field(default_factory=list)
    prefetch_bandwidth: List[float] = field(default_factory=list)
    backup_bandwidth: List[float] = field(default_factory=list)


class HostPool:
    """A host cache of ``page_count`` pages with a real buffer, which tells where the pieces of a page are."""

    def __init__(self, layout: str, mla: bool = False, page_count: int = 8, page_size: int = 4, layers: int = 3,
                 heads: int = 4, dim: int = 8, dtype: torch.dtype = torch.float16) -> None:
        self.layout, self.page_size, self.dtype = layout, page_size, dtype
        self._shape = (page_count * page_size, layers, heads, dim)
        self._kinds = 1 if mla else 2
        count = self._kinds * page_count * page_size * layers * heads * dim
        self.kv_buffer: Optional[torch.Tensor] = torch.zeros(count, dtype=dtype)
        self._page_elements = page_size * layers * heads * dim

    @property
    def page_bytes(self) -> int:
        return self._kinds * self._page_elements * self.kv_buffer.element_size()

    def _pieces(self, token: int) -> List[torch.Tensor]:
        """The pieces of the page that begins at a token, as views."""
        tokens, layers, heads, dim = self._shape
        kinds = self.kv_buffer.view(self._kinds, -1)
        if self.layout != "layer_first":
            start = token * layers * heads * dim
            return [kind[start:start + self._page_elements] for kind in kinds]
        start, length = token * heads * dim, self.page_size * heads * dim
        by_layer = kinds.view(self._kinds, layers, -1)
        return [by_layer[kind, layer, start:start + length] for layer in range(layers) for kind in range(self._kinds)]

    def get_page_buffer_meta(self, indices: torch.Tensor):
        pieces = [piece for token in indices.tolist()[::self.page_size] for piece in self._pieces(token)]
        return [piece.data_ptr() for piece in pieces], [piece.numel() * piece.element_size() for piece in pieces]

    def get_split_heads_page_buffer_meta(self, indices: torch.Tensor, split_factor: int):
        assert self.layout == "page_head"
        pieces = []
        for token in indices.tolist()[::self.page_size]:
            parts = [piece.chunk(split_factor) for piece in self._pieces(token)]
            pieces += [part[index] for index in range(split_factor) for part in parts]
        return [piece.data_ptr() for piece in pieces], [piece.numel() * piece.element_size() for piece in pieces]

    def get_hybrid_pool_buffer(self) -> List[torch.Tensor]:
        return [self.kv_buffer]

    def get_data_page(self, token: int) -> torch.Tensor:
        return torch.cat([piece.flatten() for piece in self._pieces(int(token))])

    def get_dummy_flat_data_page(self) -> torch.Tensor:
        return torch.zeros(self._kinds * self._page_elements, dtype=self.dtype)

    def indices(self, *pages: int) -> torch.Tensor:
        """The token indices of some pages, as SGLang passes them."""
        return torch.cat([torch.arange(page * self.page_size, (page + 1) * self.page_size) for page in pages])

    def fill(self, seed: int) -> None:
        torch.manual_seed(seed)
        self.kv_buffer.copy_(torch.rand(self.kv_buffer.numel()).to(self.dtype))


def install() -> None:
    """Makes `import sglang…` find what is above."""
    for name in ("sglang", "sglang.srt", "sglang.srt.mem_cache", "sglang.srt.observability"):
        sys.modules.setdefault(name, types.ModuleType(name))
    storage = types.ModuleType("sglang.srt.mem_cache.hicache_storage")
    for value in (HiCacheStorageConfig, HiCacheStorageExtraInfo, HiCacheStorage, PoolName, PoolHitPolicy, PoolTransfer,
                  PoolTransferResult):
        setattr(storage, value.__name__, value)
    sys.modules[storage.__name__] = storage
    sys.modules["sglang.srt.mem_cache"].hicache_storage = storage
    metrics = types.ModuleType("sglang.srt.observability.metrics_collector")
    metrics.StorageMetrics = StorageMetrics
    sys.modules[metrics.__name__] = metrics
