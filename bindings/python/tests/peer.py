"""A process of its own on a pool: runs all rows from 3 threads, or holds a store open and does what it is told."""

import sys
import threading
import traceback
import unittest

from memcache_hybrid import DistributedObjectStore, LocalConfig
from rows import Rows
from support import Memory, pattern


def memory_kind(name):
    if name == "tensors":
        from tensors import TensorMemory
        return TensorMemory
    return Memory


def run_rows_from_threads(store, memory, prefix, count=3):
    """Runs the rows from several threads at once; what failed."""
    failures = []
    barrier = threading.Barrier(count)

    def work(place):
        try:
            rows = Rows(unittest.TestCase(), store, memory, f"{prefix}/{place}")
            barrier.wait()
            for _ in range(3):
                rows.run_all()
                store.remove_batch([key for key in rows.used_keys()])
        except BaseException:
            failures.append(traceback.format_exc())

    threads = [threading.Thread(target=work, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def serve(store):
    """put KEY SEED SIZE | get KEY SEED SIZE | quit"""
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        if words[0] == "put":
            answer = store.put(words[1], pattern(int(words[2]), int(words[3])))
        else:
            answer = int(store.get(words[1]) == pattern(int(words[2]), int(words[3])))
        print(answer, flush=True)


def main():
    meta_port, config_port, what, prefix, memory = sys.argv[1:6]
    config = LocalConfig()
    config.meta_service_url = f"tcp://127.0.0.1:{meta_port}"
    config.config_store_url = f"tcp://127.0.0.1:{config_port}"
    config.protocol = "host_shm"
    config.dram_size = "64MB"
    store = DistributedObjectStore()
    assert store.setup(config) == 0 and store.init(0) == 0
    print("ready", flush=True)
    if what == "serve":
        serve(store)
    else:
        sys.stdin.readline()
        failures = run_rows_from_threads(store, memory_kind(memory), prefix)
        print("\n".join(failures) or "good", flush=True)
        if failures:
            sys.exit(1)
    store.close()


if __name__ == "__main__":
    main()
