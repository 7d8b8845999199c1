"""A pool for the tests: a real MetaService on ports of its own, and stores in this process. Only the standard library."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import memcache_hybrid
from memcache_hybrid import DistributedObjectStore, LocalConfig

DEADLINE_SECONDS = 30

TESTS = os.path.dirname(os.path.abspath(__file__))


def free_ports(count):
    """Ports that nobody uses at this moment."""
    sockets = []
    try:
        for _ in range(count):
            one = socket.socket()
            one.bind(("127.0.0.1", 0))
            sockets.append(one)
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def accepts(port):
    """Whether somebody listens."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, what):
    """Polls until the condition holds; fails after the deadline."""
    end = time.monotonic() + DEADLINE_SECONDS
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"after {DEADLINE_SECONDS} s still not: {what}")
        time.sleep(0.02)


class Pool:
    """A MetaService. It can be killed and started again at the same addresses."""

    def __init__(self):
        self.meta_port, self.config_port, self.metrics_port = free_ports(3)
        self.directory = tempfile.mkdtemp(prefix="mmc-python-")
        self._process = None
        self._log = os.path.join(self.directory, "meta.log")
        self.start()

    def settings(self):
        """Keys of the MetaService."""
        return {
            "ock.mmc.meta_service_url": f"tcp://127.0.0.1:{self.meta_port}",
            "ock.mmc.meta_service.config_store_url": f"tcp://127.0.0.1:{self.config_port}",
            "ock.mmc.meta_service.metrics_url": f"http://127.0.0.1:{self.metrics_port}",
            "ock.mmc.meta_service.socket_path": self.directory,
            "ock.mmc.log_output_target": "screen",
        }

    def start(self):
        program = os.path.join(os.path.dirname(memcache_hybrid.__file__), "bin", "mmc_meta_service")
        arguments = [program]
        for key, value in self.settings().items():
            arguments += ["--set", f"{key}={value}"]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._is_ready, "the MetaService accepts")

    def _is_ready(self):
        if self._process.poll() is not None:
            raise AssertionError(f"the MetaService ended with {self._process.returncode}:\n{self.log()}")
        return accepts(self.meta_port) and accepts(self.config_port)

    def log(self):
        with open(self._log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def config(self, **overrides):
        """A LocalConfig for this pool."""
        config = LocalConfig()
        config.meta_service_url = f"tcp://127.0.0.1:{self.meta_port}"
        config.config_store_url = f"tcp://127.0.0.1:{self.config_port}"
        config.protocol = "host_shm"
        config.dram_size = "64MB"
        config.client_timeout_seconds = 10
        for name, value in overrides.items():
            setattr(config, name, value)
        return config

    def open(self, init_bm=True, **overrides):
        """An open store."""
        store = DistributedObjectStore()
        code = store.setup(self.config(**overrides))
        code = code or store.init(0, init_bm)
        if code != 0:
            raise AssertionError(f"init: {code}: {memcache_hybrid.last_error()}\n{self.log()}")
        return store


class PoolTestCase(unittest.TestCase):
    """Tests that share a pool and a store."""

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.close)
        cls.store = cls.pool.open()
        cls.addClassCleanup(cls.store.close)

    def key(self, name=""):
        """A key that no other test uses."""
        return f"{self.id()}/{name}"


class Memory:
    """Bytes at an address, from ctypes."""

    def __init__(self, content):
        self._bytes = ctypes.create_string_buffer(bytes(content), len(content))
        self.address = ctypes.addressof(self._bytes)
        self.size = len(content)

    def content(self):
        return self._bytes.raw


def pattern(seed, size):
    """Bytes that differ from those of another seed, and from place to place."""
    one = bytes((seed * 37 + place * 11 + place // 251) & 0xFF for place in range(min(size, 4099)))
    return (one * (size // len(one) + 1))[:size]


def run_peer(pool, *arguments):
    """Starts peer.py on the pool."""
    return subprocess.Popen([sys.executable, os.path.join(TESTS, "peer.py"), str(pool.meta_port), str(pool.config_port),
                             *map(str, arguments)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end_of(process):
    """Waits for a process; its exit code and output."""
    try:
        output, _ = process.communicate(timeout=2 * DEADLINE_SECONDS)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return -signal.SIGKILL, f"{output}\n(killed: it did not end)"
