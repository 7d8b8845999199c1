"""A pool for a test: the fake in this process, or with MMC_TEST_REAL=1 the real package and its own MetaService."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from typing import Any, Dict, List

from tests import fake_hybrid, standin_lmcache, standin_sglang

REAL = os.environ.get("MMC_TEST_REAL") == "1"
if not REAL:
    fake_hybrid.install()
standin_sglang.install()
standin_lmcache.install()

#: For tests that make the store fail in ways that a real one only does with a broken cluster.
needs_fake = unittest.skipIf(REAL, "needs the fake store's faults")
needs_real = unittest.skipUnless(REAL, "set MMC_TEST_REAL=1 and put the built package on PYTHONPATH")

START_SECONDS_MAX = 60

META_SERVICE = """
import sys
from memcache_hybrid import MetaConfig, MetaService
config = MetaConfig()
config.meta_service_url, config.config_store_url, config.metrics_url, config.log_path = sys.argv[1:5]
assert MetaService.setup(config) == 0
MetaService.main()
"""


class MetaServiceProcess:
    """A MetaService on free ports of this machine."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="mmc-engines-")
        self._ports = _free_ports(3)
        self.meta_service_url = f"tcp://127.0.0.1:{self._ports[0]}"
        self.config_store_url = f"tcp://127.0.0.1:{self._ports[1]}"
        self._process: Any = None
        self.start()

    def start(self) -> None:
        urls = [self.meta_service_url, self.config_store_url, f"http://127.0.0.1:{self._ports[2]}"]
        with open(os.path.join(self._directory.name, "screen"), "ab") as screen:
            self._process = subprocess.Popen(
                [sys.executable, "-c", META_SERVICE, *urls, self._directory.name], stdout=screen, stderr=screen)
        wait_for(lambda: all(_accepts(port) for port in self._ports[:2]), "the MetaService accepts", self._check)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            # The MetaService itself is a child of that process and follows it.
            wait_for(lambda: not any(_accepts(port) for port in self._ports), "the MetaService is gone")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None
        self._directory.cleanup()

    def _check(self) -> None:
        if self._process.poll() is not None:
            with open(os.path.join(self._directory.name, "screen"), encoding="utf-8", errors="replace") as screen:
                raise AssertionError(f"the MetaService ended with code {self._process.returncode}: {screen.read()}")


class PoolTestCase(unittest.TestCase):
    """A test with a pool: what it opens through ``extra_config`` shares nothing with another test."""

    meta: Any = None

    @classmethod
    def setUpClass(cls) -> None:
        if REAL:
            cls.meta = MetaServiceProcess()
            cls.addClassCleanup(cls.meta.stop)

    def setUp(self) -> None:
        self.cluster = fake_hybrid.CLUSTER
        self.cluster.reset()
        self.prefix = f"test-{uuid.uuid4().hex[:12]}/"

    def settings(self, **more: Any) -> Dict[str, Any]:
        """Settings of a store in this test's pool, as an operator would write them."""
        settings: Dict[str, Any] = {"protocol": "host_shm", "dram_size": "16MB", "key_prefix": self.prefix}
        if REAL:
            settings["meta_service_url"] = self.meta.meta_service_url
            settings["config_store_url"] = self.meta.config_store_url
            settings["client_timeout_seconds"] = 5
        return {**settings, **more}


def wait_for(condition: Any, what: str, check: Any = None) -> None:
    """Polls until a condition holds; fails the test if it does not in time."""
    end = time.monotonic() + START_SECONDS_MAX
    while not condition():
        if check is not None:
            check()
        if time.monotonic() > end:
            raise AssertionError(f"waited {START_SECONDS_MAX} s in vain until {what}")
        time.sleep(0.02)


def _free_ports(count: int) -> List[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
