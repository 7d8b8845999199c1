"""Calls of a store as engines need them: whole batches, answers per key, and no exception, whatever happens."""

import logging
import threading
import time
from typing import Any, Dict, List, Sequence, Tuple

logger = logging.getLogger("memcache_engines")

#: One row of addresses, or of sizes, for each object.
Rows = Sequence[Sequence[int]]

#: The store takes at most so many keys in one call.
BATCH_COUNT_MAX = 16384
#: The store takes at most so many buffers for one object.
BUFFER_COUNT_MAX = 255

#: After a call that ran into its time limit the pool is left alone for this long, so that an engine whose MetaService
#: is cut off loses one time limit now and then, not one with every request. Longer saves more, and finds a pool that
#: is back later.
PAUSE_SECONDS = 5.0
#: One kind of failure is written to the log at most once in this time.
LOG_INTERVAL_SECONDS = 60.0

STATUS_TIMEOUT = -3004
#: What a store says of an object that is not there (0 to `is_exist`), not yet, not any more, or of another size:
#: misses that need no log line.
STATUS_MISSES = frozenset((0, -3007, -3101, -3102, -3200, -3205))


class EngineStore:
    """A store that has joined the pool. May be used from several threads at once.

    Every call answers for each key. A failure of any kind is a miss or "not stored", and one line in the log for each
    kind of failure in LOG_INTERVAL_SECONDS: an exception on one of an engine's background threads would end its use
    of the pool for good.
    """

    def __init__(self, store: Any, engine: str) -> None:
        self._store = store
        self._engine = engine
        self._registered: List[Tuple[int, int]] = []
        self._paused_until = 0.0
        self._log_lock = threading.Lock()
        self._logged: Dict[str, Tuple[float, int]] = {}

    def leading_hits(self, keys: Sequence[str]) -> int:
        """How many keys from the start on are in the pool without a gap."""
        hits = 0
        for part in _parts(keys):
            run = leading_run(self._batch("batch_is_exist", part, good=1))
            hits += run
            if run < len(part):
                break
        return hits

    def exists(self, keys: Sequence[str]) -> List[bool]:
        """Which keys are in the pool."""
        return [found for part in _parts(keys) for found in self._batch("batch_is_exist", part, good=1)]

    def put(self, keys: Sequence[str], addresses: Rows, sizes: Rows) -> List[bool]:
        """Stores one object a key from host memory, the buffers of each in their order.

        True: the object is in the pool now, put by this call or by somebody before.
        """
        return self._transfer("batch_put_from_layers", keys, addresses, sizes)

    def get(self, keys: Sequence[str], addresses: Rows, sizes: Rows) -> List[bool]:
        """Reads one object a key into host memory.

        True: its buffers hold the object; else what they hold is not defined.
        """
        return self._transfer("batch_get_into_layers", keys, addresses, sizes)

    def size(self, key: str) -> int:
        """The size of an object in bytes, 0 if it is not there."""
        info = self._call("get_key_info", key)
        return 0 if info is None else max(0, int(info.size()))

    def lease(self, keys: Sequence[str], milliseconds: int) -> List[bool]:
        """Holds objects against eviction for a time. True: it is there and held."""
        return [held for part in _parts(keys) for held in self._batch("batch_add_lease", part, milliseconds)]

    def release(self, keys: Sequence[str]) -> None:
        """Ends leases before their time."""
        for part in _parts(keys):
            self._call("batch_remove_lease", part)

    def remove(self, keys: Sequence[str]) -> int:
        """Removes objects from the pool, and says how many."""
        return sum(sum(self._batch("remove_batch", part)) for part in _parts(keys))

    def remove_all(self) -> bool:
        """Removes every object of the pool, those of other engines too."""
        status = self._call("remove_all")
        if status != 0:
            self.log("remove_all", f"remove_all failed with status {status}")
        return status == 0

    def register(self, address: int, size: int) -> None:
        """Announces memory that later calls copy from and to.

        Part of the engine's start: raises if the store refuses it.
        """
        if size <= 0 or (address, size) in self._registered:
            return
        status = self._store.register_buffer(address, size)
        if status != 0:
            raise RuntimeError(f"the store refuses to register {size} bytes of host memory (status {status})")
        self._registered.append((address, size))

    def close(self) -> None:
        """Leaves the pool. Calls after it are misses."""
        self._paused_until = 0.0
        for address, size in self._registered:
            self._call("unregister_buffer", address, size)
        self._registered.clear()
        self._call("close")
        self._paused_until = float("inf")

    def log(self, kind: str, text: str) -> None:
        """Writes a warning, unless one of the same kind was written a short while ago."""
        now = time.monotonic()
        with self._log_lock:
            written, silent = self._logged.get(kind, (-LOG_INTERVAL_SECONDS, 0))
            if now - written < LOG_INTERVAL_SECONDS:
                self._logged[kind] = (written, silent + 1)
                return
            self._logged[kind] = (now, 0)
        more = f" ({silent} more like it since the last such line)" if silent else ""
        logger.warning("MemCache for %s: %s%s", self._engine, text, more)

    def _transfer(self, name: str, keys: Sequence[str], addresses: Rows, sizes: Rows) -> List[bool]:
        done: List[bool] = []
        for first in range(0, len(keys), BATCH_COUNT_MAX):
            part = slice(first, first + BATCH_COUNT_MAX)
            done += self._batch(name, list(keys[part]), addresses[part], sizes[part])
        return done

    def _batch(self, name: str, keys: List[str], *arguments: Any, good: int = 0) -> List[bool]:
        """One call for a batch of keys: True where the store answered ``good``."""
        if not keys:
            return []
        answer = self._call(name, keys, *arguments)
        if answer is None:
            return [False] * len(keys)
        statuses = list(answer)
        if statuses.count(good) == len(statuses) == len(keys):
            return [True] * len(keys)
        if len(statuses) != len(keys):
            self.log(f"{name}/count", f"{name} answered for {len(statuses)} keys of {len(keys)}")
            return [False] * len(keys)
        failed = [status for status in statuses if status != good and status not in STATUS_MISSES]
        if failed:
            self._note(name, failed, len(keys))
        return [status == good for status in statuses]

    def _call(self, name: str, *arguments: Any) -> Any:
        """One call of the store; None if it raised, or if the pool is left alone just now."""
        if time.monotonic() < self._paused_until:
            return None
        try:
            return getattr(self._store, name)(*arguments)
        except Exception as error:  # The top of what an engine's thread sees of MemCache: it must go on.
            self.log(f"{name}/{type(error).__name__}", f"{name} raised {error!r}")
            return None

    def _note(self, name: str, failed: List[int], count: int) -> None:
        if STATUS_TIMEOUT in failed:
            self._paused_until = max(self._paused_until, time.monotonic() + PAUSE_SECONDS)
        self.log(
            f"{name}/{failed[0]}",
            f"{name} failed for {len(failed)} of {count} keys, the first with status {failed[0]} "
            f"(docs/reference/status-codes.md); treated as a miss",
        )


def leading_run(found: Sequence[bool]) -> int:
    """How many entries from the start on are true."""
    return found.index(False) if False in found else len(found)


def _parts(keys: Sequence[str]) -> List[List[str]]:
    return [list(keys[first:first + BATCH_COUNT_MAX]) for first in range(0, len(keys), BATCH_COUNT_MAX)]
