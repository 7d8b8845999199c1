"""Ten thousand calls leave nothing behind: no references, no objects, no memory."""

import gc
import resource
import sys
import tracemalloc
import unittest

from memcache_hybrid import ReplicateConfig
from support import Memory, PoolTestCase, pattern

CALLS = 10000


class Leaks(PoolTestCase):
    def cases(self):
        store = self.store
        memory = Memory(pattern(1, 3000))
        key = "leaks/" + "k" * 30
        keys = [key, "leaks/never"]
        rows, sizes = [[memory.address, memory.address + 1000]] * 2, [[1000, 2000]] * 2
        value = bytearray(pattern(1, 3000))
        config = ReplicateConfig(1, [0])
        store.put(key, value)
        # Beyond CPython's cache of small integers, so that a count that changes is seen.
        held = [key, keys, rows, rows[0], sizes, sizes[0], value, config, memory.address, rows[0][1]]
        wrong = ["leaks", None]

        def refused():
            try:
                store.batch_is_exist(wrong)
            except TypeError:
                pass

        return held, {
            "put": lambda: store.put(key, value, config),
            "put_batch": lambda: store.put_batch(keys[:1], [value]),
            "get": lambda: store.get(key),
            "get_batch": lambda: store.get_batch(keys),
            "is_exist": lambda: store.is_exist(key=key),
            "batch_is_exist": lambda: store.batch_is_exist(keys),
            "get_into": lambda: store.get_into(key, memory.address, 3000),
            "batch_get_into_layers": lambda: store.batch_get_into_layers(keys, rows, sizes),
            "batch_put_from_layers": lambda: store.batch_put_from_layers(keys[:1], rows[:1], sizes[:1]),
            "batch_get_key_info": lambda: [str(info) + str(info.loc_list()) for info in store.batch_get_key_info(keys)],
            "mismatch": lambda: store.batch_get_into(keys, [memory.address], [3000]),
            "refused": refused,
            "batch_alloc": lambda: store.batch_alloc(keys[:1], [3000]),
        }

    def test_counts_of_references_stay(self):
        held, cases = self.cases()
        for name, case in cases.items():
            case()
            before = [sys.getrefcount(one) for one in held]
            for _ in range(CALLS // 10):
                case()
            self.assertEqual([sys.getrefcount(one) for one in held], before, name)

    def test_memory_of_the_interpreter_stays(self):
        _, cases = self.cases()
        for case in cases.values():
            for _ in range(100):
                case()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for name, case in cases.items():
            for _ in range(10):
                case()
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(CALLS // 10):
                case()
            gc.collect()
            self.assertLess(tracemalloc.get_traced_memory()[0] - before, 4096, name)

    def test_memory_of_the_process_stays(self):
        """What the extension allocates by itself is not traced; a leak of a hundred bytes a call would be a megabyte here."""
        store, keys = self.store, [f"leaks/process/{place}" for place in range(300)]
        wide = [[1] * 200] * 300
        for _ in range(CALLS // 10):
            store.batch_is_exist(keys)
            store.batch_get_into_layers(keys, wide, wide)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(CALLS // 10):
            store.batch_is_exist(keys)
            store.batch_get_into_layers(keys, wide, wide)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 16384)


if __name__ == "__main__":
    unittest.main()
