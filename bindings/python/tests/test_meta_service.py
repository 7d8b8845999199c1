"""MetaService.main() as a program would call it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

from memcache_hybrid import MetaConfig, MetaService
from memcache_hybrid import status as codes
from support import accepts, free_ports, wait_until

END_SECONDS = 10

BY_SETUP = """
from memcache_hybrid import MetaConfig, MetaService
config = MetaConfig()
config.meta_service_url = "tcp://127.0.0.1:{0}"
config.config_store_url = "tcp://127.0.0.1:{1}"
config.metrics_url = "http://127.0.0.1:{2}"
config.evict_threshold_high, config.evict_threshold_low = 77, 55
config.log_path = {3!r}
config.unknown_name = "no effect"
assert MetaService.setup(config) == 0
"""


def child_of(pid):
    """The process that this one started."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        children = file.read().split()
    return int(children[0]) if children else 0


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Main(unittest.TestCase):
    def setUp(self):
        self.ports = free_ports(3)
        self.directory = tempfile.TemporaryDirectory(prefix="mmc-python-")
        self.addCleanup(self.directory.cleanup)
        self.log = open(os.path.join(self.directory.name, "output"), "w+b")
        self.addCleanup(self.log.close)

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def start(self, code, **environment):
        process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                   env={**os.environ, **environment}, start_new_session=True)
        self.addCleanup(self.end, process)

        def ready():
            if process.poll() is not None:
                self.fail(f"ended with {process.returncode}: {self.output()}")
            return all(accepts(port) for port in self.ports[:2])

        wait_until(ready, "both ports accept")
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
            process.wait()

    def start_by_file(self, code="from memcache_hybrid import MetaService; MetaService.main()"):
        path = os.path.join(self.directory.name, "mmc-meta.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"ock.mmc.meta_service_url = tcp://127.0.0.1:{self.ports[0]}\n"
                       f"ock.mmc.meta_service.config_store_url = tcp://127.0.0.1:{self.ports[1]}\n"
                       f"ock.mmc.meta_service.metrics_url = http://127.0.0.1:{self.ports[2]}\n"
                       f"ock.mmc.log_output_target = screen\n")
        return self.start(code, MMC_META_CONFIG_PATH=path)

    def check_end(self, process, signal_number, code):
        child = child_of(process.pid)
        self.assertTrue(is_alive(child))
        begun = time.monotonic()
        process.send_signal(signal_number)
        self.assertEqual(process.wait(END_SECONDS), code, self.output())
        self.assertLess(time.monotonic() - begun, END_SECONDS)
        wait_until(lambda: not is_alive(child), "the child is gone")
        self.assertFalse(any(accepts(port) for port in self.ports))

    def test_sigterm_ends_it_well(self):
        process = self.start_by_file()
        wait_until(lambda: "ready" in self.output(), "the log says that it is ready")
        self.check_end(process, signal.SIGTERM, 0)

    def test_sigint_is_a_keyboard_interrupt_after_the_end(self):
        process = self.start_by_file(
            "from memcache_hybrid import MetaService\n"
            "try:\n    MetaService.main()\nexcept KeyboardInterrupt:\n    raise SystemExit(42)")
        self.check_end(process, signal.SIGINT, 42)

    def test_sigint_of_a_plain_program(self):
        process = self.start_by_file()
        process.send_signal(signal.SIGINT)
        self.assertNotEqual(process.wait(END_SECONDS), 0)
        self.assertIn("KeyboardInterrupt", self.output())

    def test_it_ends_when_its_parent_is_killed(self):
        process = self.start_by_file()
        child = child_of(process.pid)
        process.kill()
        process.wait()
        wait_until(lambda: not is_alive(child), "the child is gone")

    def test_it_runs_in_a_process_of_multiprocessing(self):
        code = (BY_SETUP.format(*self.ports, self.directory.name) +
                "import multiprocessing\nchild = multiprocessing.get_context('fork').Process(target=MetaService.main)\n"
                "child.start()\ninput_ = child.join()\n")
        process = self.start(code)
        python = child_of(process.pid)
        os.kill(python, signal.SIGTERM)
        self.assertEqual(process.wait(END_SECONDS), 0)
        self.assertFalse(any(accepts(port) for port in self.ports))

    def test_setup_configures_it_and_its_log_is_seen(self):
        process = self.start(BY_SETUP.format(*self.ports, self.directory.name) + "MetaService.main()",
                             MMC_META_CONFIG_PATH="/no/such/file")
        wait_until(lambda: "ready" in self.output() and accepts(self.ports[2]), "the log says that it is ready")
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[2]}/health", timeout=10) as reply:
            self.assertEqual(json.load(reply)["status"], "ok")
        self.assertTrue(os.listdir(os.path.join(self.directory.name, "logs")))
        self.check_end(process, signal.SIGTERM, 0)

    def test_a_service_that_can_not_start_says_why_and_returns(self):
        code = ("from memcache_hybrid import MetaConfig, MetaService\nconfig = MetaConfig()\n"
                "config.evict_threshold_high = 1000\nMetaService.setup(config)\nraise SystemExit(MetaService.main())")
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("evict_threshold_high", done.stdout)

    def test_it_runs_in_a_thread_too(self):
        code = (BY_SETUP.format(*self.ports, self.directory.name) +
                "import threading\nthreading.Thread(target=MetaService.main, daemon=True).start()\n"
                "import time\ntime.sleep(600)\n")
        process = self.start(code)
        child = child_of(process.pid)
        process.terminate()
        process.wait()
        wait_until(lambda: not is_alive(child), "the child is gone")

    def test_setup_takes_a_meta_config_only(self):
        with self.assertRaisesRegex(TypeError, "'config' must be a MetaConfig, not dict"):
            MetaService.setup({})
        config = MetaConfig()
        config.log_path = "two\nlines"
        with self.assertLogs("memcache_hybrid", "ERROR"):
            self.assertEqual(MetaService.setup(config), codes.MMC_INVALID_PARAMETER)
        self.assertIs(threading.current_thread(), threading.main_thread())


if __name__ == "__main__":
    unittest.main()
