"""Every call, with memory of the standard library."""

import os
import subprocess
import sys
import tempfile
import unittest

import memcache_hybrid
from memcache_hybrid import DistributedObjectStore
from memcache_hybrid import status as codes
from peer import run_rows_from_threads
from rows import Rows
from support import TESTS, Memory, Pool, PoolTestCase, end_of, pattern, run_peer, wait_until


class Calls(PoolTestCase):
    memory = Memory

    def rows(self):
        return Rows(self, self.store, self.memory, self.id())

    def test_every_call_does_what_it_says(self):
        rows = self.rows()
        for row in rows.all():
            with self.subTest(row.__name__):
                row()
        rows.alone_remove_all()
        public = {name for name in dir(DistributedObjectStore) if not name.startswith("_")}
        self.assertEqual(public - rows.store.called, {"setup", "init", "close"})

    def test_calls_from_3_threads_at_once(self):
        self.assertEqual(run_rows_from_threads(self.store, self.memory, self.id()), [])

    def test_calls_in_2_processes_at_once(self):
        kind = "plain" if self.memory is Memory else "tensors"
        peer = run_peer(self.pool, "rows", self.id() + "/peer", kind)
        try:
            self.assertEqual(peer.stdout.readline(), "ready\n")
            peer.stdin.write("go\n")
            peer.stdin.flush()
            self.assertEqual(run_rows_from_threads(self.store, self.memory, self.id()), [])
        finally:
            code, output = end_of(peer)
        self.assertEqual((code, output), (0, "good\n"))

    def test_what_one_process_puts_another_one_gets(self):
        peer = run_peer(self.pool, "serve", "-", "plain")

        def ask(line):
            peer.stdin.write(line + "\n")
            peer.stdin.flush()
            return peer.stdout.readline()

        try:
            self.assertEqual(peer.stdout.readline(), "ready\n")
            self.store.put("shared/a", pattern(5, 200000))
            self.assertEqual(ask("get shared/a 5 200000"), "1\n")
            self.assertEqual(ask("put shared/b 6 100000"), "0\n")
            self.assertEqual(self.store.get("shared/b"), pattern(6, 100000))
        finally:
            peer.stdin.write("quit\n")
            peer.stdin.flush()
            code, output = end_of(peer)
        self.assertEqual((code, output), (0, ""))


class Life(unittest.TestCase):
    """Opening and closing."""

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.close)

    def test_two_stores_in_one_process_work_one_of_them_without_memory(self):
        with_memory, without = self.pool.open(), self.pool.open(init_bm=False)
        try:
            self.assertEqual(without.put("two/stores", b"value"), 0)
            self.assertEqual(with_memory.get("two/stores"), b"value")
            self.assertEqual(without.batch_is_exist(["two/stores", "never"]), [1, 0])
            self.assertGreaterEqual(with_memory.get_local_service_id(), 0)
            self.assertLess(without.get_local_service_id(), 0)
        finally:
            self.assertEqual((without.close(), with_memory.close()), (0, 0))

    def test_a_store_that_is_not_open_answers_with_codes(self):
        store = DistributedObjectStore()
        self.check_closed(store)
        self.assertEqual(store.close(), 0)
        store = self.pool.open()
        self.assertEqual(store.close(), 0)
        self.assertEqual(store.close(), 0)
        self.check_closed(store)

    def check_closed(self, store):
        closed = codes.MMC_NOT_INITIALISED
        memory = Memory(bytes(10))
        self.assertEqual(store.is_exist("k"), closed)
        self.assertEqual(store.batch_is_exist(["k", "l"]), [closed] * 2)
        self.assertEqual(store.put("k", b"v"), closed)
        self.assertEqual(store.put_batch(["k"], [b"v"]), closed)
        self.assertEqual(store.get("k"), b"")
        self.assertEqual(store.get_batch(["k"]), [b""])
        self.assertEqual(store.get_into("k", memory.address, 10), closed)
        self.assertEqual(store.batch_get_into_layers(["k"], [[memory.address]], [[10]]), [closed])
        self.assertEqual(store.remove("k"), closed)
        self.assertEqual(store.remove_all(), closed)
        self.assertEqual(store.get_key_info("k").size(), 0)
        self.assertEqual(store.batch_alloc(["k"], [10]), [closed])
        self.assertEqual(store.batch_copy([1], [memory.address], [10]), closed)
        self.assertEqual(store.batch_remove_lease(["k"]), closed)
        self.assertLess(store.get_local_service_id(), 0)

    def test_a_store_opens_again_after_close_and_not_twice(self):
        store = self.pool.open()
        self.assertEqual(store.init(0), codes.MMC_REPEATED_CALL)
        self.assertEqual(store.close(), 0)
        self.assertEqual(store.init(device_id=3, init_bm=True), 0)
        self.assertEqual(store.put("again", b"value"), 0)
        self.assertEqual(store.close(), 0)

    def test_a_store_that_is_dropped_leaves_the_pool(self):
        watcher = self.pool.open(init_bm=False)
        self.addCleanup(watcher.close)
        store = self.pool.open()
        self.assertEqual(store.put("dropped", b"value"), 0)
        del store
        wait_until(lambda: watcher.is_exist("dropped") == 0, "the object went with its store")

    def test_a_bad_value_is_a_code_and_a_sentence(self):
        store = DistributedObjectStore()
        self.assertEqual(store.setup(self.pool.config(dram_size="many")), 0)
        with self.assertLogs("memcache_hybrid", "ERROR") as logs:
            self.assertEqual(store.init(0), codes.MMC_INVALID_PARAMETER)
        self.assertIn("ock.mmc.local_service.dram.size", logs.output[0])

    def test_init_reads_the_file_of_the_environment(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(f"ock.mmc.meta_service_url = tcp://127.0.0.1:{self.pool.meta_port}\n"
                       f"ock.mmc.local_service.config_store_url = tcp://127.0.0.1:{self.pool.config_port}\n"
                       "ock.mmc.local_service.protocol = host_shm\nock.mmc.local_service.dram.size = 32MB\n")
            file.flush()
            os.environ["MMC_LOCAL_CONFIG_PATH"] = file.name
            self.addCleanup(os.environ.pop, "MMC_LOCAL_CONFIG_PATH")
            store = DistributedObjectStore()
            self.assertEqual(store.init(0), 0)
            self.assertEqual(store.put("by/file", b"value"), 0)
            self.assertEqual(store.close(), 0)

    def test_a_forked_child_gets_a_code(self):
        store = self.pool.open()
        self.addCleanup(store.close)
        child = os.fork()
        if child == 0:
            answers = (store.is_exist("k"), store.put("k", b"v"), store.batch_is_exist(["k"]), store.get("k"))
            os._exit(0 if answers == (codes.MMC_FORKED_CHILD,) * 2 + ([codes.MMC_FORKED_CHILD], b"") else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(store.is_exist("k"), 0)

    def test_a_process_that_forked_after_the_import_opens_a_store(self):
        """As engines start their workers."""
        code = (f"import sys, os\nsys.path.insert(0, {TESTS!r})\nfrom memcache_hybrid import *\n"
                "if os.fork():\n    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]) if sys.version_info >= (3, 9)"
                " else os.wait()[1] >> 8)\n"
                "store, config = DistributedObjectStore(), LocalConfig()\n"
                f"config.meta_service_url = 'tcp://127.0.0.1:{self.pool.meta_port}'\n"
                f"config.config_store_url = 'tcp://127.0.0.1:{self.pool.config_port}'\n"
                "config.protocol, config.dram_size = 'host_shm', '32MB'\n"
                "assert store.setup(config) == 0 and store.init(0) == 0 and store.put('forked', b'value') == 0\n"
                "assert store.get('forked') == b'value' and store.close() == 0\n")
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_subclass_works(self):
        class Store(DistributedObjectStore):
            def is_exist(self, key):
                return super().is_exist(key) == 1

        store = Store()
        self.assertEqual((store.setup(self.pool.config()), store.init(0)), (0, 0))
        self.assertIs(store.is_exist("k"), False)
        self.assertEqual(store.close(), 0)

    def test_the_version_is_one(self):
        self.assertRegex(memcache_hybrid.__version__, r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
