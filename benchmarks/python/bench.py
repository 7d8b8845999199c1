"""What Python costs: its calls next to the same calls from C, and its copies next to those of the C# library.

    ./mmc bench --python [--rounds N] [--json FILE]

A MetaService, a process that contributes a segment, this process as a client, and `mmc bench-worker` as the client in C#. Turns
alternate; figures are medians, and what counts is the ratio. See docs/design/python-extension.md.
"""

import argparse
import ctypes
import itertools
import json
import mmap
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "artifacts", "python"), os.path.join(ROOT, "bindings", "python", "tests")]

from memcache_hybrid import DistributedObjectStore, LocalConfig  # noqa: E402
from support import Pool  # noqa: E402

BLOCKS = 16
LAYER_SIZES = [128 << 10, 16 << 10] * 61
BLOCK_BYTES = sum(LAYER_SIZES)
BATCH_BYTES = BLOCKS * BLOCK_BYTES
WARM_SECONDS = 1.5
TURN_SECONDS = 0.08
EXIST_CALLS = 200
MASK = (1 << 64) - 1


def block_key(place):
    """The key under which `mmc bench-worker` looks for block `place`."""
    mixed = place
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
    mixed ^= mixed >> 31
    return f"peer/{mixed:016x}{'0' * 32}{place:016x}"


class Blocks:
    """Memory for the batch as an engine keeps it: for each layer one array with a place for each block. On huge pages."""

    def __init__(self):
        self._memory = mmap.mmap(-1, BATCH_BYTES + (2 << 20), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self._memory.madvise(mmap.MADV_HUGEPAGE)
        view = (ctypes.c_char * len(self._memory)).from_buffer(self._memory)
        self._view = view
        address = (ctypes.addressof(view) + (2 << 20) - 1) & -(2 << 20)
        ctypes.memset(address, 1, BATCH_BYTES)
        self.pointers = [[] for _ in range(BLOCKS)]
        for size in LAYER_SIZES:
            for row in self.pointers:
                row.append(address)
                address += size
        self.sizes = [list(LAYER_SIZES) for _ in range(BLOCKS)]
        self.keys = [block_key(place) for place in range(BLOCKS)]

    def first_bytes(self):
        return [ctypes.string_at(row[-1], 8) for row in self.pointers]

    def mark(self):
        for place, row in enumerate(self.pointers):
            ctypes.memset(row[-1], place + 1, 8)


def provide(meta_port, config_port):
    """The other process: contributes the segment, stores the blocks, waits."""
    store = open_store(meta_port, config_port, "512MB", True)
    blocks = Blocks()
    blocks.mark()
    codes = store.batch_put_from_layers(blocks.keys, blocks.pointers, blocks.sizes)
    assert codes == [0] * BLOCKS, codes
    print("ready", flush=True)
    sys.stdin.read()
    store.close()


def open_store(meta_port, config_port, dram_size, contributes):
    config = LocalConfig()
    config.meta_service_url = f"tcp://127.0.0.1:{meta_port}"
    config.config_store_url = f"tcp://127.0.0.1:{config_port}"
    config.protocol, config.dram_size = "host_shm", dram_size
    store = DistributedObjectStore()
    code = store.setup(config) or store.init(0, contributes)
    assert code == 0, code
    return store


class SharpClient:
    """`mmc bench-worker`: the same get through the C# library."""

    def __init__(self, pool):
        program = os.path.join(ROOT, "artifacts", "bin", "MemCache.Cli", "release", "mmc")
        arguments = [f"tcp://127.0.0.1:{pool.meta_port}", f"tcp://127.0.0.1:{pool.config_port}", "0", "/dev/shm",
                     pool.directory, "0", str(BLOCK_BYTES), str(BLOCKS)]
        self._process = subprocess.Popen([program, "bench-worker", *arguments], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline().startswith("ready")

    def speed(self, window_seconds):
        self._process.stdin.write(f"get {int(window_seconds * 1000)}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline().split()[1])

    def close(self):
        self._process.stdin.write("quit\n")
        self._process.stdin.close()
        self._process.wait()


def python_speed(store, blocks, window_seconds):
    begun, calls = time.perf_counter(), 0
    while True:
        codes = store.batch_get_into_layers(blocks.keys, blocks.pointers, blocks.sizes)
        calls += 1
        spent = time.perf_counter() - begun
        assert codes == [0] * BLOCKS, codes
        if spent >= window_seconds:
            return calls * BATCH_BYTES / spent


def timed(function, argument, calls):
    begun = time.perf_counter()
    for _ in itertools.repeat(None, calls):
        function(argument)
    return (time.perf_counter() - begun) / calls


def compare(ours, reference, rounds):
    """Medians of turns that alternate, each side going first in every other round, and of the ratio of a round's two turns."""
    sides = (ours, []), (reference, [])
    for one, _ in sides:
        end = time.monotonic() + WARM_SECONDS
        while time.monotonic() < end:
            one()
    for place in range(rounds):
        for one, figures in sides if place % 2 == 0 else sides[::-1]:
            figures.append(one())
    assert all(figure > 0 for _, figures in sides for figure in figures)
    ratios = [one / other for one, other in zip(sides[0][1], sides[1][1])]
    return statistics.median(sides[0][1]), statistics.median(sides[1][1]), statistics.median(ratios)


def measure(pool, rounds):
    store = open_store(pool.meta_port, pool.config_port, "0", False)
    calls = ctypes.CDLL(os.path.join(ROOT, "artifacts", "python", "libmmc_bench_calls.so"))
    for function in (calls.bench_exists, calls.bench_exists_batch):
        function.restype = ctypes.c_double
        function.argtypes = (ctypes.c_uint64, ctypes.c_char_p, ctypes.c_int)
    keys = [f"exist/{place:064x}" for place in range(256)]
    assert store.put_batch(keys, [b"value"] * 256) == 0
    one, many = keys[7].encode(), "".join(key + "\n" for key in keys).encode()
    handle = store._handle
    rows = []

    def row(name, unit, ours, reference, larger_is_better):
        value, other, ratio = compare(ours, reference, rounds)
        rows.append({"row": name, "unit": unit, "python": value, "reference": other,
                     "ratio": ratio if larger_is_better else 1 / ratio})

    row("is_exist", "us", lambda: timed(store.is_exist, keys[7], EXIST_CALLS) * 1e6,
        lambda: calls.bench_exists(handle, one, EXIST_CALLS) / EXIST_CALLS * 1e6, False)
    row("batch_is_exist_256", "us", lambda: timed(store.batch_is_exist, keys, EXIST_CALLS) * 1e6,
        lambda: calls.bench_exists_batch(handle, many, EXIST_CALLS) / EXIST_CALLS * 1e6, False)
    blocks, sharp = Blocks(), SharpClient(pool)
    try:
        row("batch_get_into_layers_16x122", "GB/s", lambda: python_speed(store, blocks, TURN_SECONDS) / 1e9,
            lambda: sharp.speed(TURN_SECONDS) / 1e9, True)
        assert blocks.first_bytes() == [bytes([place + 1]) * 8 for place in range(BLOCKS)], "wrong bytes"
    finally:
        sharp.close()
    store.close()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--provide", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.provide:
        provide(*given.provide)
        return
    pool = Pool()
    provider = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--provide", str(pool.meta_port),
                                 str(pool.config_port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert provider.stdout.readline() == "ready\n"
        rows = measure(pool, given.rounds)
    finally:
        provider.stdin.close()
        provider.wait()
        pool.close()
    print(f"{'row':30} {'Python':>9} {'next to':>9}  {'':5} ratio (larger is better)")
    for one in rows:
        print(f"{one['row']:30} {one['python']:9.2f} {one['reference']:9.2f}  {one['unit']:5} {one['ratio']:.3f}")
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump({"rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
