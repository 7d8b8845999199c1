"""Several threads on one store, and what else runs meanwhile."""

import threading
import time
import unittest

from memcache_hybrid import status as codes
from support import Memory, Pool, PoolTestCase, pattern


class Threads(PoolTestCase):
    def test_other_threads_run_while_a_call_copies(self):
        """A call of many milliseconds releases the lock: a thread that only counts goes on."""
        large = Memory(bytes(48 << 20))
        self.assertEqual(self.store.put_from("large", large.address, large.size), 0)
        counted, stop = [0], threading.Event()

        def count():
            while not stop.is_set():
                counted[0] += 1

        counter = threading.Thread(target=count)
        counter.start()
        try:
            progressed = 0
            for _ in range(50):
                before = counted[0]
                self.assertEqual(self.store.get_into("large", large.address, large.size), 0)
                progressed += counted[0] > before
        finally:
            stop.set()
            counter.join()
        self.assertGreater(progressed, 0)

    def test_threads_that_change_lists_during_a_call_do_no_harm(self):
        keys = [self.key(place) + "x" * 50 for place in range(500)]
        for key in keys[::2]:
            self.store.put(key, b"value")
        stop = threading.Event()

        def vandal():
            while not stop.is_set():
                shared[:] = [self.key(place) + "x" * 50 for place in range(500)]
                time.sleep(0)

        shared = list(keys)
        threads = [threading.Thread(target=vandal) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(300):
                answer = self.store.batch_is_exist(shared)
                self.assertEqual(answer, [1, 0] * (len(answer) // 2))
        finally:
            stop.set()
            for thread in threads:
                thread.join()


class Closing(unittest.TestCase):
    def test_close_during_calls_is_safe(self):
        pool = Pool()
        self.addCleanup(pool.close)
        for _ in range(5):
            store = pool.open()
            keys = [f"closing/{place}" for place in range(50)]
            memory = [Memory(pattern(place, 20000)) for place in range(50)]
            pointers, sizes = [one.address for one in memory], [one.size for one in memory]
            store.batch_put_from(keys, pointers, sizes)
            unexpected = []
            started = threading.Barrier(4)

            def work():
                started.wait()
                while True:
                    codes_seen = {*store.batch_is_exist(keys), *store.batch_put_from(keys, pointers, sizes), store.put("k", b"v")}
                    if codes.MMC_NOT_INITIALISED in codes_seen:
                        return
                    allowed = {0, 1, codes.MMC_CANCELLED, codes.MMC_NOT_CONNECTED_TO_META}
                    if not codes_seen <= allowed:
                        unexpected.append(codes_seen - allowed)

            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            started.wait()
            time.sleep(0.05)
            self.assertEqual(store.close(), 0)
            for thread in threads:
                thread.join(30)
                self.assertFalse(thread.is_alive())
            self.assertEqual(unexpected, [])


if __name__ == "__main__":
    unittest.main()
