"""Attributes of LocalConfig and MetaConfig against the configuration's reference page."""

import os
import re
import unittest

from memcache_hybrid import DistributedObjectStore, LocalConfig, MetaConfig, ReplicateConfig
from memcache_hybrid import _config
from memcache_hybrid import status as codes
from support import TESTS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(TESTS)))

#: The attributes that clients know, of either object.
EXPECTED = """meta_service_url config_store_url metrics_url ha_enable log_level log_path log_rotation_file_size
log_rotation_file_count evict_threshold_high evict_threshold_low ubs_io_enable world_size protocol hcom_url dram_size hbm_size
max_dram_size max_hbm_size client_retry_milliseconds client_timeout_seconds read_thread_pool_size write_thread_pool_size
aggregate_io aggregate_num memory_pool_mode""".split()
TLS = "enable ca_path ca_crl_path cert_path key_path key_pass_path package_path decrypter_path".split()
EXPECTED += [f"{group}tls_{name}" for group in ("", "config_store_", "hcom_") for name in TLS
             if (group, name) != ("hcom_", "package_path")]


def reference():
    """File -> key -> default, of docs/reference/configuration.md."""
    files = {}
    with open(os.path.join(ROOT, "docs", "reference", "configuration.md"), encoding="utf-8") as page:
        for line in page:
            if line.startswith("## "):
                keys = files.setdefault(line[3:].strip(), {})
            elif line.startswith("| ock."):
                key, default = [cell.strip() for cell in line.split("|")[1:3]]
                keys[key] = default.strip("`")
    return files


def same(default, written):
    sizes = {"1GB": "1 GiB", "64GB": "64 GiB", "0": "0 B"}
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return written in (text, sizes.get(text))


class Config(unittest.TestCase):
    def test_every_attribute_that_clients_know_is_a_key(self):
        known = set(_config.LOCAL_KEYS) | set(_config.META_KEYS)
        self.assertEqual(set(EXPECTED) - known, set())
        self.assertEqual([name for name in EXPECTED if not hasattr(LocalConfig(), name)], [])

    def test_keys_and_defaults_are_those_of_the_reference(self):
        for keys, page in ((_config.LOCAL_KEYS, "mmc-local.conf"), (_config.META_KEYS, "mmc-meta.conf")):
            for name, (key, default) in keys.items():
                self.assertIn(key, reference()[page], name)
                self.assertTrue(same(default, reference()[page][key]), f"{name}: {default!r}, {reference()[page][key]!r}")

    def test_the_files_of_the_package_hold_known_keys(self):
        directory = os.path.join(os.path.dirname(_config.__file__), "config")
        for name in ("mmc-local.conf", "mmc-meta.conf"):
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                keys = re.findall(r"^#?(ock\.\S+) =", file.read(), re.MULTILINE)
            self.assertGreater(len(keys), 5)
            self.assertEqual(set(keys), set(reference()[name]))

    def test_only_what_is_set_is_written(self):
        config = LocalConfig()
        self.assertEqual(_config.local_config_text(config), "")
        config.dram_size, config.aggregate_io, config.world_size = "2.5G", False, 16
        config.client_timeout_seconds, config.hcom_tls_key_pass_path, config.tls_ca_path = None, "/a b/c#d", ""
        setattr(config, "no such name", object())
        self.assertEqual(_config.local_config_text(config), "ock.mmc.local_service.dram.size = 2.5G\n"
                         "ock.mmc.client.aggregate.io = false\nock.mmc.local_service.world_size = 16\n"
                         "ock.mmc.local_service.hcom.tls.key.pass.path = /a b/c#d\n")

    def test_a_value_that_no_line_can_hold_is_a_code(self):
        for bad in ("one\ntwo", "a #b", "#c", "nul\0", b"bytes"):
            config = LocalConfig()
            config.tls_ca_path = bad
            with self.assertLogs("memcache_hybrid", "ERROR") as logs:
                self.assertEqual(DistributedObjectStore().setup(config), codes.MMC_INVALID_PARAMETER)
            self.assertIn("tls_ca_path", logs.output[0])

    def test_configurations_show_what_is_set(self):
        config = MetaConfig()
        config.log_level = "debug"
        self.assertEqual(repr(config), "MetaConfig(log_level='debug')")
        self.assertEqual(repr(ReplicateConfig(pin="soft", ttl_ms=5)),
                         "ReplicateConfig(replicaNum=1, preferredLocalServiceIDs=[], pin='soft', ttl_ms=5)")
        self.assertEqual(repr(ReplicateConfig(2, (1, 3))), "ReplicateConfig(replicaNum=2, preferredLocalServiceIDs=[1, 3])")


if __name__ == "__main__":
    unittest.main()
