"""The wheel: installed without a network into a place of its own, it works. MMC_WHEEL names the file."""

import base64
import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

from support import accepts, free_ports, wait_until

WHEEL = os.environ.get("MMC_WHEEL", "")


class Wheel(unittest.TestCase):
    def setUp(self):
        self.assertTrue(os.path.exists(WHEEL), f"MMC_WHEEL does not name a file: '{WHEEL}'")

    def test_its_list_of_content_is_right(self):
        with zipfile.ZipFile(WHEEL) as wheel:
            names = wheel.namelist()
            record = [name for name in names if name.endswith(".dist-info/RECORD")][0]
            rows = list(csv.reader(wheel.read(record).decode().splitlines()))
            self.assertEqual(sorted(row[0] for row in rows), sorted(names))
            for name, digest, size in rows:
                if name == record:
                    continue
                content = wheel.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                self.assertEqual((digest, size), (f"sha256={expected}", str(len(content))), name)
            for name in ("_store.abi3.so", "libmf_memcache.so", "bin/mmc_meta_service", "config/mmc-local.conf",
                         "config/mmc-meta.conf", "py.typed", "__init__.pyi"):
                self.assertIn(f"memcache_hybrid/{name}", names)
            self.assertTrue([name for name in names if name.endswith("/licenses/LICENSE")])
        self.assertRegex(os.path.basename(WHEEL), r"^memcache_hybrid-[\d.]+-cp38-abi3-manylinux_2_\d+_\w+\.whl$")

    def test_it_installs_without_a_network_into_a_new_environment_and_runs(self):
        with tempfile.TemporaryDirectory(prefix="mmc-python-") as directory:
            place = os.path.join(directory, "venv")
            self.run_well(sys.executable, "-m", "venv", place)
            python = os.path.join(place, "bin", "python")
            self.run_well(python, "-m", "pip", "install", "--no-index", "--disable-pip-version-check", WHEEL)
            self.run_well(python, "-c", "import memcache_hybrid as m; assert m.DistributedObjectStore().is_exist('k') == -3008")
            for number in (15, 2):
                self.check_meta_service(python, directory, number)

    def run_well(self, *command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                              env=self.environment())
        self.assertEqual(done.returncode, 0, done.stdout)

    def environment(self):
        return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_INDEX_URL")}

    def check_meta_service(self, python, directory, number):
        ports = free_ports(3)
        path = os.path.join(directory, "mmc-meta.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"ock.mmc.meta_service_url = tcp://127.0.0.1:{ports[0]}\n"
                       f"ock.mmc.meta_service.config_store_url = tcp://127.0.0.1:{ports[1]}\n"
                       f"ock.mmc.meta_service.metrics_url = http://127.0.0.1:{ports[2]}\n"
                       "ock.mmc.log_output_target = screen\n")
        process = subprocess.Popen([python, "-c", "from memcache_hybrid import MetaService; MetaService.main()"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={**self.environment(), "MMC_META_CONFIG_PATH": path})
        try:
            wait_until(lambda: process.poll() is not None or all(accepts(port) for port in ports[:2]), "both ports accept")
            self.assertIsNone(process.poll())
            begun = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=10)
            self.assertLess(time.monotonic() - begun, 10)
            self.assertFalse(any(accepts(port) for port in ports))
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()


if __name__ == "__main__":
    unittest.main()
