"""SGLang HiCache on a MemCache pool, loaded through HiCache's ``dynamic`` storage backend.

One page of SGLang's host cache is one object of the pool, whatever the memory layout: the page's pieces (K and V, or
one of each a layer) are handed over as buffers and copied between SGLang's own memory and the pool without a stop in
between.

How to use it: docs/integrations/sglang.md.
"""

import hashlib
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Sequence, Tuple

import torch
from sglang.srt.mem_cache import hicache_storage
from sglang.srt.mem_cache.hicache_storage import HiCacheStorage

from memcache_engines import settings as configuration
from memcache_engines.store import BUFFER_COUNT_MAX, EngineStore, leading_run

#: A key has at most 256 bytes of UTF-8: SGLang's hash takes 64, the name of an extra pool and its layout the rest.
NAMESPACE_BYTES_MAX = 128
#: Batches whose speed is remembered until SGLang fetches it; when nobody does, the oldest go.
STATS_COUNT_MAX = 4096

Buffers = Tuple[List[List[int]], List[List[int]]]


class MemCacheHiCache(HiCacheStorage):
    """HiCache's third level in a MemCache pool.

    The constructor and ``register_mem_pool_host`` raise with a sentence for the operator if the configuration cannot
    work. Every other call answers with misses, or "not stored", when something fails.
    """

    def __init__(self, storage_config: Any, kwargs: Optional[Mapping[str, Any]] = None) -> None:
        extra_config = dict(getattr(storage_config, "extra_config", None) or {})
        settings = configuration.section(extra_config)
        prefix = configuration.take(settings, "key_prefix", str, "sglang")
        device_id = configuration.take(settings, "device_id", int, storage_config.tp_rank)
        self._namespaces = _Namespaces(storage_config, prefix, bool(extra_config.get("interface_v1", 0)))
        self._split_count = self._namespaces.split_count
        self.registered_pools: Dict[str, Any] = {}
        self._anchor_is_logical = False
        self._page_bytes = 0
        self._stats = _Stats() if getattr(storage_config, "enable_storage_metrics", False) else None
        self._store = EngineStore(configuration.open_store(settings, device_id), "SGLang")

    # What SGLang calls once, at its start.

    def register_mem_pool_host(self, mem_pool_host: Any) -> None:
        super().register_mem_pool_host(mem_pool_host)
        self._namespaces.fix(mem_pool_host)
        buffers = getattr(mem_pool_host, "kv_buffer", None)
        # Some models keep only slots and hashes here; their bytes are in the pools that are registered by name.
        self._anchor_is_logical = buffers is None
        if self._anchor_is_logical:
            return
        self._register(buffers)
        if self._namespaces.zero_copy:
            self._page_bytes = self._check_page(mem_pool_host)

    def register_mem_host_pool_v2(self, host_pool: Any, host_pool_name: Any) -> None:
        name = _text(host_pool_name)
        self.registered_pools[name] = host_pool
        if name != "kv":
            self._register(host_pool.get_hybrid_pool_buffer())

    # Pages in SGLang's own memory, without a copy in between (``interface_v1``).

    def batch_exists(self, keys: List[str], extra_info: Any = None) -> int:
        """The number of pages from the first on that are in the pool without a gap."""
        if self._anchor_is_logical:
            return len(keys)
        return self._store.leading_hits(self._namespaces.keys(keys)) // self._split_count

    def batch_get_v1(self, keys: List[str], host_indices: torch.Tensor, extra_info: Any = None) -> List[bool]:
        if self._anchor_is_logical:
            return [True] * len(keys)
        return self._timed(False, len(keys), lambda: self._transfer_pages(False, keys, host_indices))

    def batch_set_v1(self, keys: List[str], host_indices: torch.Tensor, extra_info: Any = None) -> List[bool]:
        if self._anchor_is_logical:
            return [True] * len(keys)
        return self._timed(True, len(keys), lambda: self._transfer_pages(True, keys, host_indices))

    # Models with several kinds of state (sliding windows, state-space models, indexers, draft models).

    def batch_exists_v2(self, keys: List[str], pool_transfers: Any = None, extra_info: Any = None) -> Any:
        pages = self.batch_exists(keys, extra_info)
        hits = {hicache_storage.PoolName.KV: pages} if pages else {}
        usable = pages
        for transfer in pool_transfers or []:
            if usable == 0:
                break
            found = self._store.exists(self._pool_keys(keys[:pages], transfer.name))
            if _text(transfer.hit_policy) == "trailing_pages":
                boundary = _last_full_tail(found, max(1, len(transfer.keys or ())))
            else:
                boundary = leading_run(found)
            if boundary:
                hits[transfer.name] = boundary
            usable = min(usable, boundary)
        return hicache_storage.PoolTransferResult(usable, hits)

    def batch_get_v2(self, transfers: List[Any], extra_info: Any = None) -> Dict[str, List[bool]]:
        return {transfer.name: self._transfer_pool(False, transfer) for transfer in transfers}

    def batch_set_v2(self, transfers: List[Any], extra_info: Any = None) -> Dict[str, List[bool]]:
        return {transfer.name: self._transfer_pool(True, transfer) for transfer in transfers}

    # Pages as tensors of their own (without ``interface_v1``).

    def exists(self, key: str) -> bool:
        return self.batch_exists([key]) == 1

    def get(self, key: str, target_location: Any = None, target_sizes: Any = None) -> Optional[torch.Tensor]:
        return self.batch_get([key], [target_location])[0]

    def batch_get(
        self, keys: List[str], target_locations: Any = None, target_sizes: Any = None
    ) -> List[Optional[torch.Tensor]]:
        targets = list(target_locations or [])
        if len(targets) != len(keys) or not all(_is_plain(target) for target in targets):
            self._store.log("batch_get", "batch_get needs one contiguous tensor in host memory for each key")
            return [None] * len(keys)
        loaded = self._store.get(self._namespaces.keys(keys), *_buffers_of(targets))
        return [target if there else None for target, there in zip(targets, loaded)]

    def set(self, key: str, value: Any = None, target_location: Any = None, target_sizes: Any = None) -> bool:
        return self.batch_set([key], [value])

    def batch_set(
        self, keys: List[str], values: Any = None, target_locations: Any = None, target_sizes: Any = None
    ) -> bool:
        pages = list(values or [])
        if len(pages) != len(keys) or not all(isinstance(page, torch.Tensor) for page in pages):
            self._store.log("batch_set", "batch_set needs one tensor for each key")
            return False
        plain = [page if _is_plain(page) else page.contiguous().cpu() for page in pages]
        return all(self._store.put(self._namespaces.keys(keys), *_buffers_of(plain)))

    # The rest.

    def clear(self) -> bool:
        """Removes every object of the pool, those of other engines too: SGLang calls it when an operator asks for it.
        """
        return self._store.remove_all()

    def get_stats(self) -> Any:
        return self._stats.take() if self._stats else None

    def close(self) -> None:
        """Leaves the pool. SGLang calls it when it detaches the backend."""
        self._store.close()

    def _pool_keys(self, hashes: Sequence[str], name: Any) -> List[str]:
        """The keys of pages of a pool that SGLang registered by name; such pages are never split."""
        layout = getattr(self.registered_pools.get(_text(name)), "layout", "")
        return self._namespaces.pool_keys(hashes, f".{_text(name)}-{layout}")

    def _transfer_pages(self, is_put: bool, hashes: Sequence[str], host_indices: Any) -> List[bool]:
        """Copies pages of the anchor. A page counts if all of its parts were copied."""
        count = self._split_count
        done = self._transfer(is_put, self._namespaces.keys(hashes), self._anchor_buffers, host_indices)
        return [all(done[first:first + count]) for first in range(0, len(done), count)]

    def _transfer_pool(self, is_put: bool, transfer: Any) -> List[bool]:
        """Copies pages of a pool that SGLang registered by name."""
        name = _text(transfer.name)
        hashes = list(transfer.keys or [])
        if name == "kv":
            return self._transfer_pages(is_put, hashes, transfer.host_indices)
        pool = self.registered_pools.get(name)
        if pool is None:
            self._store.log(f"pool/{name}", f"SGLang has not registered its pool '{name}'")
            return [False] * len(hashes)
        return self._transfer(is_put, self._pool_keys(hashes, name), pool.get_page_buffer_meta, transfer.host_indices)

    def _transfer(self, is_put: bool, keys: List[str], buffers: Callable[[Any], Any], host_indices: Any) -> List[bool]:
        """Copies objects between SGLang's memory and the pool; an answer for each."""
        if not keys:
            return []
        try:
            addresses, sizes = _rows(*buffers(host_indices), len(keys))
        except Exception as error:  # SGLang's pools raise for what they do not support; its threads must go on.
            self._store.log("buffers", f"the host pool gives no buffers for a page: {error!r}")
            return [False] * len(keys)
        return self._store.put(keys, addresses, sizes) if is_put else self._store.get(keys, addresses, sizes)

    def _anchor_buffers(self, host_indices: torch.Tensor) -> Any:
        if self._split_count > 1:
            return self.mem_pool_host.get_split_heads_page_buffer_meta(host_indices, self._split_count)
        return self.mem_pool_host.get_page_buffer_meta(host_indices)

    def _register(self, buffers: Any) -> None:
        for buffer in [buffers] if isinstance(buffers, torch.Tensor) else list(buffers):
            self._store.register(buffer.data_ptr(), buffer.numel() * buffer.element_size())

    def _check_page(self, pool: Any) -> int:
        """The bytes of a page; raises if a page of this layout cannot be one object."""
        indices = torch.arange(pool.page_size, dtype=torch.int64)
        _, sizes = _rows(*self._anchor_buffers(indices), self._split_count)
        if len(sizes[0]) > BUFFER_COUNT_MAX:
            raise configuration.SettingsError(
                f"a page of the layout '{pool.layout}' has {len(sizes[0])} pieces, an object at most "
                f"{BUFFER_COUNT_MAX}: start SGLang with --hicache-mem-layout page_first or page_first_direct"
            )
        return sum(sum(row) for row in sizes)

    def _timed(self, is_put: bool, page_count: int, call: Callable[[], List[bool]]) -> List[bool]:
        if self._stats is None:
            return call()
        start = time.perf_counter()
        done = call()
        self._stats.add(is_put, page_count, sum(done) * self._page_bytes, time.perf_counter() - start)
        return done


class _Namespaces:
    """What stands before SGLang's hash in a key: everything on which the bytes of a page depend beside its tokens.

    Ranks that hold different parts of a page have different namespaces. Where every rank holds the same bytes (MLA),
    they share one: SGLang lets rank 0 write, and all read. With ``tp_lcm_size`` a rank writes the heads of several
    smaller ranks apart, so that engines of different tensor parallelism share pages.
    """

    def __init__(self, storage_config: Any, prefix: str, zero_copy: bool) -> None:
        self.zero_copy = zero_copy
        self._prefix = prefix
        self._model = str(getattr(storage_config, "model_name", None) or "").strip("/").replace("/", "--")
        self._whole_rank, self._rank_parts = self._rank_names(storage_config)
        self.split_count = len(self._rank_parts)
        self._whole = ""
        self._parts: List[str] = []

    def fix(self, pool: Any) -> None:
        """Completes the namespaces with what is known only when SGLang has made its host memory."""
        layout = pool.layout if self.zero_copy else f"flat_{pool.layout}"
        dtype = str(getattr(pool, "dtype", "")).replace("torch.", "")
        shared = [self._prefix, self._model, f"{layout}-{dtype}-{pool.page_size}"]
        self._whole = _shorten(shared + [self._whole_rank]) + "/"
        self._parts = [_shorten(shared + [rank]) + "/" for rank in self._rank_parts]

    def keys(self, hashes: Sequence[str]) -> List[str]:
        """The keys of the anchor's pages, ``split_count`` of them for each page in a row."""
        return [before + page for page in hashes for before in self._parts]

    def pool_keys(self, hashes: Sequence[str], suffix: str) -> List[str]:
        """The keys of another pool's pages, one for each."""
        return [self._whole + page + suffix for page in hashes]

    def _rank_names(self, config: Any) -> Tuple[str, List[str]]:
        shared = [
            f"{kind}{rank}of{size}"
            for kind, rank, size in (
                ("pp", getattr(config, "pp_rank", 0), getattr(config, "pp_size", 1)),
                ("cp", getattr(config, "attn_cp_rank", 0), getattr(config, "attn_cp_size", 1)),
            )
            if size > 1
        ]
        if config.is_mla_model:
            whole = "-".join(shared)
            return whole, [whole]
        whole = "-".join([f"tp{config.tp_rank}of{config.tp_size}", *shared])
        if not (self.zero_copy and getattr(config, "should_split_heads", False)):
            return whole, [whole]
        split = config.tp_lcm_size // config.tp_size
        ranks = range(config.tp_rank * split, config.tp_rank * split + split)
        return whole, ["-".join([f"tp{rank}of{config.tp_lcm_size}", *shared]) for rank in ranks]


class _Stats:
    """How many pages went through, and how fast, for SGLang's metrics."""

    def __init__(self) -> None:
        self._batches: Deque[Tuple[bool, int, float]] = deque(maxlen=STATS_COUNT_MAX)

    def add(self, is_put: bool, page_count: int, size_bytes: int, seconds: float) -> None:
        self._batches.append((is_put, page_count, size_bytes / (1 << 30) / max(seconds, 1e-9)))

    def take(self) -> Any:
        """What was added since the last time, as the engine's own type; None if this version of SGLang has none."""
        metrics = _storage_metrics()
        while metrics is not None and self._batches:
            is_put, page_count, bandwidth = self._batches.popleft()
            (metrics.backup_pgs if is_put else metrics.prefetch_pgs).append(page_count)
            (metrics.backup_bandwidth if is_put else metrics.prefetch_bandwidth).append(bandwidth)
        return metrics


def _storage_metrics() -> Any:
    """An empty StorageMetrics; SGLang has moved the type between versions."""
    for module in ("sglang.srt.observability.metrics_collector", "sglang.srt.metrics.collector"):
        try:
            return getattr(__import__(module, fromlist=["StorageMetrics"]), "StorageMetrics")()
        except (ImportError, AttributeError):
            continue
    return None


def _last_full_tail(found: Sequence[bool], length: int) -> int:
    """The longest prefix whose last ``length`` pages (all, if it is shorter) are there."""
    run = 0
    best = 0
    for index, there in enumerate(found):
        run = run + 1 if there else 0
        if run >= min(length, index + 1):
            best = index + 1
    return best


def _shorten(parts: Sequence[str]) -> str:
    """A namespace that leaves room for the hash; one with a long model name is replaced by a digest."""
    namespace = "/".join(part for part in parts if part)
    if len(namespace.encode()) <= NAMESPACE_BYTES_MAX:
        return namespace
    return f"{parts[0][:32]}/{hashlib.sha256(namespace.encode()).hexdigest()[:40]}"


def _rows(addresses: Sequence[int], sizes: Sequence[int], count: int) -> Buffers:
    """The buffers of each of ``count`` objects: as many for each as the layout has pieces of a page."""
    each, rest = divmod(len(addresses), count)
    if each == 0 or rest or len(addresses) != len(sizes):
        raise ValueError(f"{len(addresses)} addresses and {len(sizes)} sizes for {count} objects")
    starts = range(0, len(addresses), each)
    return [addresses[row:row + each] for row in starts], [sizes[row:row + each] for row in starts]


def _text(name: Any) -> str:
    """SGLang's names are enumerations of strings, or strings."""
    return str(getattr(name, "value", name))


def _is_plain(tensor: Any) -> bool:
    return isinstance(tensor, torch.Tensor) and tensor.device.type == "cpu" and tensor.is_contiguous()


def _buffers_of(tensors: Sequence[torch.Tensor]) -> Buffers:
    addresses = [[tensor.data_ptr()] for tensor in tensors]
    return addresses, [[tensor.numel() * tensor.element_size()] for tensor in tensors]
