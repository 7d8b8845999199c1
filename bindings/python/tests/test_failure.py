"""The MetaService dies and comes back: calls return codes in time, and work again without anything being restarted."""

import threading
import time
import unittest

from support import Memory, Pool, pattern, wait_until

TIMEOUT_SECONDS = 2

# How much longer than the timeout a call may take on a machine that is busy.
MARGIN_SECONDS = 10


class Failure(unittest.TestCase):
    def test_calls_return_codes_while_the_meta_service_is_dead_and_work_when_it_is_back(self):
        pool = Pool()
        self.addCleanup(pool.close)
        store = pool.open(client_timeout_seconds=TIMEOUT_SECONDS)
        self.addCleanup(store.close)
        memory = Memory(pattern(1, 5000))
        self.assertEqual(store.put("before", memory.content()), 0)
        pool.kill()
        calls = {
            "is_exist": lambda: store.is_exist("before"),
            "batch_is_exist": lambda: store.batch_is_exist(["before", "after"]),
            "put": lambda: store.put("meanwhile", b"value"),
            "put_batch": lambda: store.put_batch(["meanwhile"], [b"value"]),
            "batch_put_from": lambda: store.batch_put_from(["meanwhile"], [memory.address], [memory.size]),
            "batch_get_into": lambda: store.batch_get_into(["before"], [memory.address], [memory.size]),
            "batch_get_into_layers": lambda: store.batch_get_into_layers(["before"], [[memory.address]], [[memory.size]]),
            "remove": lambda: store.remove("before"),
            "remove_all": lambda: store.remove_all(),
        }
        for name, function in calls.items():
            begun = time.monotonic()
            answer = function()
            self.assertLess(time.monotonic() - begun, TIMEOUT_SECONDS + MARGIN_SECONDS, name)
            for code in answer if isinstance(answer, list) else [answer]:
                self.assertLess(code, 0, name)
        self.assertEqual((store.get("before"), store.get_batch(["before"])), (b"", [b""]))
        self.assertEqual(store.get_key_info("before").size(), 0)

        pool.start()
        wait_until(lambda: store.put("after", memory.content()) == 0, "a put succeeds again")
        self.assertEqual(store.get("after"), memory.content())
        self.assertEqual(store.batch_get_into(["after"], [memory.address], [memory.size]), [0])
        self.assertEqual(store.is_exist("never"), 0)

    def test_threads_inside_calls_get_out_when_the_meta_service_dies(self):
        pool = Pool()
        self.addCleanup(pool.close)
        store = pool.open(client_timeout_seconds=TIMEOUT_SECONDS)
        self.addCleanup(store.close)
        stop = threading.Event()
        last = [time.monotonic()] * 3

        def work(place):
            while not stop.is_set():
                store.batch_is_exist([f"k{place}"] * 16)
                last[place] = time.monotonic()

        threads = [threading.Thread(target=work, args=(place,), daemon=True) for place in range(3)]
        for thread in threads:
            thread.start()
        pool.kill()
        killed = time.monotonic()
        wait_until(lambda: all(moment > killed for moment in last), "each thread has finished a call")
        stop.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS + MARGIN_SECONDS)
            self.assertFalse(thread.is_alive())

    def test_init_without_a_meta_service_is_a_code(self):
        pool = Pool()
        pool.close()
        from memcache_hybrid import DistributedObjectStore
        store = DistributedObjectStore()
        self.assertEqual(store.setup(pool.config(client_timeout_seconds=1)), 0)
        with self.assertLogs("memcache_hybrid", "ERROR"):
            self.assertLess(store.init(0), 0)
        self.assertEqual(store.close(), 0)


if __name__ == "__main__":
    unittest.main()
