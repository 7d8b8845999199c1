"""A storage plug-in that lets LMCache keep its chunks in a MemCache pool.

One chunk is one object: its bytes go straight from LMCache's host memory into the pool and back. The key is LMCache's
own, so that any engine with the same model, chunk size and hash seed finds it.

How to use it: docs/integrations/lmcache.md.
"""

import asyncio
import hashlib
import math
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

import torch
from lmcache.v1.memory_management import MemoryFormat
from lmcache.v1.storage_backend.abstract_backend import StoragePluginInterface

from memcache_engines import settings as configuration
from memcache_engines.store import EngineStore, leading_run

#: Puts that may wait for their turn. Each holds some of LMCache's host memory; more waiting ones would starve the
#: engine when the pool is slow, fewer would drop chunks at a burst.
PUTS_PENDING_MAX = 64
#: Threads for reads that LMCache does not wait for itself.
GET_THREAD_COUNT = 2
#: How long a pinned chunk is held if LMCache never unpins it: longer than a lookup takes to become a read.
PIN_LEASE_MS = 60_000
#: A key has at most 256 bytes of UTF-8.
KEY_BYTES_MAX = 256


class MemCacheBackend(StoragePluginInterface):
    """LMCache's chunks in a MemCache pool.

    The constructor raises with a sentence for the operator if the configuration cannot work; LMCache writes it to its
    log and goes on without this backend. Every other call answers with misses when something fails.
    """

    def __init__(
        self,
        dst_device: str = "cuda",
        config: Any = None,
        metadata: Any = None,
        local_cpu_backend: Any = None,
        loop: Optional[asyncio.AbstractEventLoop] = None,
    ) -> None:
        super().__init__(dst_device, config, metadata, local_cpu_backend, loop)
        settings = configuration.section(getattr(config, "extra_config", None))
        self._pin_lease_ms = configuration.take(settings, "pin_lease_ms", int, PIN_LEASE_MS)
        self._key_prefix = configuration.take(settings, "key_prefix", str, "")
        device_id = configuration.take(settings, "device_id", int, _local_rank(metadata))
        is_scheduler = getattr(metadata, "role", None) == "scheduler"
        self._check(is_scheduler)
        self._shares_rank0 = _shares_rank0(config, metadata)
        self._pins = _Pins(self._pin_lease_ms / 1000)
        self._put_lock = threading.Lock()
        self._put_keys: Set[Any] = set()
        self._puts_pending = 0
        # Reads never wait behind writes: a write holds host memory until it is done, and a read may need some.
        self._put_thread = ThreadPoolExecutor(1, "memcache-put")
        self._get_threads = ThreadPoolExecutor(GET_THREAD_COUNT, "memcache-get")
        self._store = EngineStore(configuration.open_store(settings, device_id, not is_scheduler), "LMCache")
        try:
            self._register_host_memory()
        except RuntimeError:
            self.close()
            raise

    def __str__(self) -> str:
        return type(self).__name__

    # What is there?

    def contains(self, key: Any, pin: bool = False) -> bool:
        return self.batched_contains([key], pin) == 1

    def batched_contains(self, keys: List[Any], pin: bool = False) -> int:
        """The number of chunks from the first on that are in the pool without a gap."""
        names = self._names(keys)
        if not pin:
            return self._store.leading_hits(names)
        held = self._store.lease(names, self._pin_lease_ms)
        hits = leading_run(held)
        self._pins.add(names[:hits])
        # What lies behind the first gap is of no use to LMCache, so it will not unpin it.
        self._store.release(self._pins.unused([name for name, there in zip(names[hits:], held[hits:]) if there]))
        return hits

    async def batched_async_contains(self, lookup_id: str, keys: List[Any], pin: bool = False) -> int:
        return await self._away(self.batched_contains, keys, pin)

    def pin(self, key: Any) -> bool:
        return self.batched_contains([key], pin=True) == 1

    def unpin(self, key: Any) -> bool:
        names = self._pins.remove(self._names([key]))
        if names is None:
            return False
        self._store.release(names)
        return True

    # Puts.

    def exists_in_put_tasks(self, key: Any) -> bool:
        with self._put_lock:
            return key in self._put_keys

    def batched_submit_put_task(
        self,
        keys: Sequence[Any],
        objs: List[Any],
        transfer_spec: Any = None,
        on_complete_callback: Optional[Callable[[Any], None]] = None,
    ) -> Optional[List[Future]]:
        if self._shares_rank0:
            return None
        with self._put_lock:
            if self._puts_pending >= PUTS_PENDING_MAX:
                self._store.log("put/pending", f"{PUTS_PENDING_MAX} puts wait already; chunks are not stored")
                return None
            batch = [(key, obj) for key, obj in zip(keys, objs) if key not in self._put_keys]
            if not batch:
                return None
            self._put_keys.update(key for key, _ in batch)
            self._puts_pending += 1
        for _, obj in batch:
            obj.ref_count_up()
        try:
            return [self._put_thread.submit(self._put, batch, on_complete_callback)]
        except RuntimeError:  # Closed in the meantime.
            self._end_put(batch)
            return None

    async def async_batched_submit_put_task(
        self,
        keys: Sequence[Any],
        objs: List[Any],
        transfer_spec: Any = None,
        on_complete_callback: Optional[Callable[[Any], None]] = None,
    ) -> None:
        for future in self.batched_submit_put_task(keys, objs, transfer_spec, on_complete_callback) or []:
            await asyncio.wrap_future(future)

    # Gets.

    def get_blocking(self, key: Any) -> Optional[Any]:
        return self.batched_get_blocking([key])[0]

    def batched_get_blocking(self, keys: List[Any]) -> List[Optional[Any]]:
        """The chunks, each in memory of LMCache's own; None where one is missing or no memory is free."""
        try:
            return self._load(self._names(keys))
        except Exception as error:  # LMCache's allocator and metadata are not ours; its threads must go on.
            self._store.log("get", f"a read failed: {error!r}")
            return [None] * len(keys)

    def get_non_blocking(self, key: Any, location: Optional[str] = None) -> Optional[Future]:
        try:
            return self._get_threads.submit(self.get_blocking, key)
        except RuntimeError:  # Closed in the meantime.
            return None

    async def batched_get_non_blocking(self, lookup_id: str, keys: List[Any], transfer_spec: Any = None) -> List[Any]:
        """The chunks from the first on up to the first that is missing."""
        loaded = await self._away(self.batched_get_blocking, keys)
        run = leading_run([obj is not None for obj in loaded])
        _release_all(loaded[run:])
        return loaded[:run]

    # The rest.

    def remove(self, key: Any, force: bool = True) -> bool:
        return self._store.remove(self._names([key])) == 1

    def batched_remove(self, keys: List[Any], force: bool = True) -> int:
        return self._store.remove(self._names(keys))

    def get_allocator_backend(self) -> Any:
        return self.local_cpu_backend

    def touch_cache(self) -> None:
        """Nothing to do: the pool refreshes what is read."""

    def close(self) -> None:
        self._put_thread.shutdown(wait=True)
        self._get_threads.shutdown(wait=True)
        self._store.close()

    def _check(self, is_scheduler: bool) -> None:
        if self.config is None or self.metadata is None:
            raise configuration.SettingsError("LMCache gave this plug-in neither its configuration nor its metadata")
        if not is_scheduler and self.local_cpu_backend is None:
            raise configuration.SettingsError("set max_local_cpu_size above 0: chunks pass through host memory")
        if getattr(self.config, "use_layerwise", False):
            raise configuration.SettingsError("use_layerwise is not supported by the MemCache plug-in: set it to False")

    def _register_host_memory(self) -> None:
        """Announces LMCache's host memory, where this version of LMCache shows it: transports that need it ask for no
        other.
        """
        allocator = getattr(self.local_cpu_backend, "memory_allocator", None)
        buffer = getattr(getattr(allocator, "pin_allocator", allocator), "buffer", None)
        if isinstance(buffer, torch.Tensor) and buffer.device.type == "cpu":
            self._store.register(buffer.data_ptr(), buffer.numel() * buffer.element_size())

    def _names(self, keys: Iterable[Any]) -> List[str]:
        return [self._name(key.with_new_worker_id(0) if self._shares_rank0 else key) for key in keys]

    def _name(self, key: Any) -> str:
        name = self._key_prefix + key.to_string()
        if len(name.encode()) <= KEY_BYTES_MAX:
            return name
        return f"{name[:40]}#{hashlib.sha256(name.encode()).hexdigest()}"

    def _put(self, batch: List[Tuple[Any, Any]], on_complete: Optional[Callable[[Any], None]]) -> None:
        stored: List[bool] = []
        try:
            objs = [obj for _, obj in batch]
            sizes = [[obj.get_size()] for obj in objs]
            stored = self._store.put(self._names(key for key, _ in batch), [[_address(obj)] for obj in objs], sizes)
        except Exception as error:  # The top of a thread of ours.
            self._store.log("put", f"a put failed: {error!r}")
        finally:
            self._end_put(batch)
        for (key, _), there in zip(batch, stored):
            if there and on_complete is not None:
                self._tell(on_complete, key)

    def _end_put(self, batch: List[Tuple[Any, Any]]) -> None:
        _release_all(obj for _, obj in batch)
        with self._put_lock:
            self._puts_pending -= 1
            self._put_keys.difference_update(key for key, _ in batch)

    def _tell(self, on_complete: Callable[[Any], None], key: Any) -> None:
        try:
            on_complete(key)
        except Exception as error:  # Not ours; the other chunks' turn comes.
            self._store.log("callback", f"LMCache's callback raised {error!r}")

    def _load(self, names: List[str]) -> List[Optional[Any]]:
        chunk = _Chunk.of(self.metadata)
        objs: List[Any] = []
        while len(objs) < len(names) and (obj := self._allocate(chunk, chunk.token_count)) is not None:
            objs.append(obj)
        loaded = self._store.get(names[:len(objs)], [[_address(obj)] for obj in objs], [[chunk.size_bytes]] * len(objs))
        found: List[Optional[Any]] = [obj if there else None for obj, there in zip(objs, loaded)]
        _release_all(obj for obj, there in zip(objs, loaded) if not there)
        found += [None] * (len(names) - len(found))
        gap = leading_run([obj is not None for obj in found])
        if gap < len(objs):
            found[gap] = self._load_last(names[gap], chunk)
        return found

    def _load_last(self, name: str, chunk: "_Chunk") -> Optional[Any]:
        """The last chunk of a prompt can be shorter than the others: its size says how many tokens it has."""
        size = self._store.size(name)
        token_count, rest = divmod(size * chunk.token_count, chunk.size_bytes)
        if not 0 < size < chunk.size_bytes or rest:
            return None
        obj = self._allocate(chunk, token_count)
        if obj is not None and not self._store.get([name], [[_address(obj)]], [[size]])[0]:
            _release_all([obj])
            return None
        return obj

    def _allocate(self, chunk: "_Chunk", token_count: int) -> Optional[Any]:
        """Memory for a chunk, None if none is free: to wait for some here could be to wait for ourselves."""
        if self.local_cpu_backend is None:
            return None
        shapes = chunk.shapes(token_count)
        one = len(shapes) == 1
        return self.local_cpu_backend.allocate(
            shapes[0] if one else shapes, chunk.dtypes[0] if one else chunk.dtypes, fmt=chunk.format, busy_loop=False
        )

    async def _away(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a call that may wait for the pool off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._get_threads, call, *arguments)


class _Chunk(NamedTuple):
    """What a full chunk looks like in LMCache's memory."""

    shapes: Callable[[int], List[torch.Size]]
    dtypes: List[torch.dtype]
    format: Any
    token_count: int
    size_bytes: int

    @staticmethod
    def of(metadata: Any) -> "_Chunk":
        """From what LMCache says now: it learns of groups of layers only when the engine registers its caches."""
        token_count = getattr(metadata, "chunk_size", None) or metadata.kv_shape[2]
        kinds, layers, _, heads, head_size = (metadata.kv_shape[1], metadata.kv_shape[0], *metadata.kv_shape[2:])

        def plain(tokens: int) -> List[torch.Size]:
            return [torch.Size([kinds, layers, tokens, heads * head_size])]

        shapes = getattr(metadata, "get_shapes", plain)
        dtypes = metadata.get_dtypes() if hasattr(metadata, "get_dtypes") else [metadata.kv_dtype]
        size_bytes = sum(math.prod(shape) * _item_bytes(dtype) for shape, dtype in zip(shapes(token_count), dtypes))
        layout = MemoryFormat.KV_MLA_FMT if metadata.use_mla else MemoryFormat.KV_2LTD
        return _Chunk(shapes, list(dtypes), layout, token_count, size_bytes)


class _Pins:
    """Which chunks are pinned, and how often: the pool knows one lease for each key and process."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._counts: Dict[str, Tuple[int, float]] = {}

    def add(self, names: Iterable[str]) -> None:
        now = time.monotonic()
        with self._lock:
            for name in names:
                self._counts[name] = (self._count(name, now) + 1, now + self._seconds)
            # What LMCache never unpinned: the pool has forgotten these leases too.
            for name in [name for name, (_, until) in self._counts.items() if until < now]:
                del self._counts[name]

    def remove(self, names: Iterable[str]) -> Optional[List[str]]:
        """Takes one pin from each: the names whose lease is over now, None if nothing was pinned."""
        now = time.monotonic()
        pinned = False
        over: List[str] = []
        with self._lock:
            for name in names:
                count = self._count(name, now)
                pinned = pinned or count > 0
                if count > 1:
                    self._counts[name] = (count - 1, self._counts[name][1])
                elif self._counts.pop(name, None) is not None and count == 1:
                    over.append(name)
        return over if pinned else None

    def unused(self, names: Iterable[str]) -> List[str]:
        """Those that nobody has pinned."""
        now = time.monotonic()
        with self._lock:
            return [name for name in names if self._count(name, now) == 0]

    def _count(self, name: str, now: float) -> int:
        count, until = self._counts.get(name, (0, now))
        return count if until >= now else 0


def _shares_rank0(config: Any, metadata: Any) -> bool:
    """Whether this rank reads what rank 0 wrote: with MLA all ranks hold the same bytes. LMCache's own switch is
    obeyed.
    """
    extra_config = getattr(config, "extra_config", None) or {}
    return bool(
        metadata.use_mla
        and extra_config.get("remote_enable_mla_worker_id_as0", True)
        and metadata.world_size > 1
        and metadata.worker_id != 0
    )


def _local_rank(metadata: Any) -> int:
    return int(getattr(metadata, "local_worker_id", getattr(metadata, "worker_id", 0)) or 0)


def _address(obj: Any) -> int:
    address = getattr(obj, "data_ptr", None)
    return int(address) if isinstance(address, int) else int(obj.tensor.data_ptr())


def _item_bytes(dtype: torch.dtype) -> int:
    return torch.empty(0, dtype=dtype).element_size()


def _release_all(objs: Iterable[Optional[Any]]) -> None:
    for obj in objs:
        if obj is not None:
            obj.ref_count_down()
