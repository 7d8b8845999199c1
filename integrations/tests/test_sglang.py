"""SGLang's HiCache backend, as SGLang's cache controller uses it."""

import hashlib
import json
import os
import subprocess
import sys
import unittest
from unittest import mock

import torch

from tests.pools import PoolTestCase, needs_fake, needs_real, wait_for
from tests.standin_sglang import HiCacheStorageConfig, HostPool, PoolHitPolicy, PoolName, PoolTransfer

from memcache_engines import store as engine_store
from memcache_engines.settings import SettingsError, open_store
from memcache_engines.sglang import MemCacheHiCache

HASHES = [f"{page:064x}" for page in range(8)]

#: An engine of its own: reads all pages and prints a digest of its host cache.
READER = """
import hashlib, json, sys
from tests.test_sglang import HASHES, HiCacheStorageConfig, HostPool, MemCacheHiCache
pool = HostPool("layer_first")
extra_config = {"interface_v1": 1, "memcache": json.loads(sys.argv[1])}
backend = MemCacheHiCache(HiCacheStorageConfig(extra_config=extra_config), {})
backend.register_mem_pool_host(pool)
assert all(backend.batch_get_v1(HASHES, pool.indices(*range(8))))
backend.close()
print(hashlib.sha256(pool.kv_buffer.numpy()).hexdigest())
"""


class HiCacheTestCase(PoolTestCase):
    def backend(self, pool=None, zero_copy=True, settings=None, **config):
        """A backend as SGLang's factory makes it, with SGLang's host cache registered."""
        extra_config = {"backend_name": "memcache", "memcache": self.settings() if settings is None else settings}
        extra_config["interface_v1"] = int(zero_copy)
        backend = MemCacheHiCache(HiCacheStorageConfig(extra_config=extra_config, **config), {})
        self.addCleanup(backend.close)
        if pool is not None:
            backend.register_mem_pool_host(pool)
        return backend

    def assert_same_page(self, expected, actual, page):
        self.assertTrue(torch.equal(expected.get_data_page(page * expected.page_size),
                                    actual.get_data_page(page * actual.page_size)))


class Pages(HiCacheTestCase):
    def test_a_page_comes_back_in_every_layout(self):
        for layout in ("page_first", "page_first_direct", "layer_first", "page_head"):
            for mla in (False, True):
                with self.subTest(layout=layout, mla=mla):
                    written, read = HostPool(layout, mla), HostPool(layout, mla)
                    written.fill(1)
                    writer = self.backend(written, is_mla_model=mla, model_name=f"{layout}{mla}")
                    reader = self.backend(read, is_mla_model=mla, model_name=f"{layout}{mla}")
                    self.assertEqual(writer.batch_set_v1(HASHES[:2], written.indices(5, 0)), [True, True])
                    self.assertEqual(reader.batch_exists(HASHES[:3]), 2)
                    self.assertEqual(reader.batch_get_v1(HASHES[:2], read.indices(5, 0)), [True, True])
                    self.assert_same_page(written, read, 5)
                    self.assert_same_page(written, read, 0)

    def test_exists_counts_the_leading_run(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1([HASHES[0], HASHES[1], HASHES[3]], pool.indices(0, 1, 3))
        self.assertEqual(backend.batch_exists(HASHES), 2)
        self.assertEqual(backend.batch_exists(HASHES[1:]), 1)
        self.assertEqual(backend.batch_exists(HASHES[2:]), 0)
        self.assertEqual(backend.batch_exists([]), 0)
        self.assertTrue(backend.exists(HASHES[3]))
        self.assertFalse(backend.exists(HASHES[4]))

    def test_a_missing_page_is_the_only_one_that_fails(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1([HASHES[0], HASHES[2]], pool.indices(0, 2))
        self.assertEqual(backend.batch_get_v1(HASHES[:3], pool.indices(4, 5, 6)), [True, False, True])

    def test_a_page_that_exists_keeps_its_bytes(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        pool.fill(1)
        first = pool.get_data_page(0)
        self.assertEqual(backend.batch_set_v1(HASHES[:1], pool.indices(0)), [True])
        pool.fill(2)
        self.assertEqual(backend.batch_set_v1(HASHES[:1], pool.indices(0)), [True])
        self.assertEqual(backend.batch_get_v1(HASHES[:1], pool.indices(1)), [True])
        self.assertTrue(torch.equal(pool.get_data_page(pool.page_size), first))

    @needs_fake
    def test_pages_move_between_sglang_s_own_memory_and_the_pool(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1(HASHES[:1], pool.indices(3))
        start, end = pool.kv_buffer.data_ptr(), pool.kv_buffer.data_ptr() + pool.kv_buffer.numel() * 2
        self.assertIn((start, end - start), self.cluster.registered)
        self.assertEqual(len(self.cluster.called("batch_put_from_layers")), 1)
        stored = next(iter(self.cluster.objects.values()))
        self.assertEqual(len(stored.data), pool.page_bytes)
        self.assertTrue(torch.equal(torch.frombuffer(stored.data, dtype=torch.float16),
                                    pool.get_data_page(3 * pool.page_size)))

    def test_a_write_by_rank_0_serves_all_ranks_of_an_mla_model(self):
        pool = HostPool("page_first", mla=True)
        rank0 = self.backend(pool, tp_rank=0, tp_size=2, is_mla_model=True)
        rank1 = self.backend(HostPool("page_first", mla=True), tp_rank=1, tp_size=2, is_mla_model=True)
        rank0.batch_set_v1(HASHES[:1], pool.indices(0))
        self.assertEqual(rank1.batch_exists(HASHES[:1]), 1)

    def test_ranks_that_hold_different_heads_do_not_meet(self):
        pool = HostPool("page_first")
        writer = self.backend(pool, tp_rank=0, tp_size=2)
        writer.batch_set_v1(HASHES[:1], pool.indices(0))
        others = [dict(tp_rank=1, tp_size=2), dict(tp_rank=0, tp_size=4), dict(tp_rank=0, tp_size=2, pp_size=2),
                  dict(tp_rank=0, tp_size=2, attn_cp_size=2), dict(tp_rank=0, tp_size=2, model_name="other")]
        for other in others:
            with self.subTest(**other):
                self.assertEqual(self.backend(HostPool("page_first"), **other).batch_exists(HASHES[:1]), 0)
        layer_first = self.backend(HostPool("layer_first"), tp_rank=0, tp_size=2)
        self.assertEqual(layer_first.batch_exists(HASHES[:1]), 0)
        self.assertEqual(self.backend(HostPool("page_first"), tp_rank=0, tp_size=2).batch_exists(HASHES[:1]), 1)

    def test_engines_of_different_tensor_parallelism_share_pages_of_split_heads(self):
        whole, halves = HostPool("page_head"), [HostPool("page_head", heads=2) for _ in range(2)]
        whole.fill(7)
        wide = dict(tp_size=2, tp_lcm_size=4, should_split_heads=True)
        writer = self.backend(whole, tp_rank=1, **wide)
        self.assertEqual(writer.batch_set_v1(HASHES[:2], whole.indices(0, 1)), [True, True])
        self.assertEqual(writer.batch_exists(HASHES), 2)
        self.assertEqual(self.backend(HostPool("page_head"), tp_rank=0, **wide).batch_exists(HASHES), 0)
        for rank, half in ((2, halves[0]), (3, halves[1])):
            reader = self.backend(half, tp_rank=rank, tp_size=4, tp_lcm_size=4)
            self.assertEqual(reader.batch_exists(HASHES), 2)
            self.assertEqual(reader.batch_get_v1(HASHES[:2], half.indices(0, 1)), [True, True])
        elements = halves[0].page_bytes // 4
        for kind in range(2):
            page = whole.get_data_page(0).view(2, 2, elements)[kind]
            for part, half in zip(page, halves):
                self.assertTrue(torch.equal(part, half.get_data_page(0).view(2, elements)[kind]))

    def test_a_long_model_name_still_makes_legal_keys(self):
        pool = HostPool("page_first")
        names = ["/models/" + "x" * 300 + end for end in ("a", "b")]
        writer, same, other = (self.backend(pool, model_name=name) for name in (names[0], names[0], names[1]))
        self.assertEqual(writer.batch_set_v1(HASHES[:1], pool.indices(0)), [True])
        self.assertEqual(same.batch_exists(HASHES[:1]), 1)
        self.assertEqual(other.batch_exists(HASHES[:1]), 0)

    def test_statistics_are_those_of_the_batches_since_the_last_time(self):
        pool = HostPool("page_first")
        backend = self.backend(pool, enable_storage_metrics=True)
        backend.batch_set_v1(HASHES[:2], pool.indices(0, 1))
        backend.batch_get_v1(HASHES[:2], pool.indices(2, 3))
        stats = backend.get_stats()
        self.assertEqual((stats.backup_pgs, stats.prefetch_pgs), ([2], [2]))
        self.assertGreater(min(stats.backup_bandwidth + stats.prefetch_bandwidth), 0)
        self.assertEqual(backend.get_stats().backup_pgs, [])
        self.assertIsNone(self.backend(pool).get_stats())

    def test_clear_empties_the_pool(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1(HASHES[:2], pool.indices(0, 1))
        self.assertTrue(backend.clear())
        self.assertEqual(backend.batch_exists(HASHES[:2]), 0)

    def test_pages_outlive_an_engine_that_contributes_no_memory(self):
        holder = open_store({name: value for name, value in self.settings().items() if name != "key_prefix"}, 0)
        self.addCleanup(holder.close)
        pool, again = HostPool("page_first"), HostPool("page_first")
        pool.fill(1)
        engine = self.backend(pool, settings=self.settings(dram_size="0"))
        self.assertEqual(engine.batch_set_v1(HASHES[:2], pool.indices(0, 1)), [True, True])
        engine.close()
        restarted = self.backend(again, settings=self.settings(dram_size="0"))
        self.assertEqual(restarted.batch_get_v1(HASHES[:2], again.indices(0, 1)), [True, True])
        self.assert_same_page(pool, again, 1)

    @needs_real
    def test_pages_that_one_process_wrote_are_read_by_another(self):
        pool = HostPool("layer_first")
        pool.fill(9)
        backend = self.backend(pool)
        self.assertEqual(backend.batch_set_v1(HASHES, pool.indices(*range(8))), [True] * 8)
        path = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), os.environ.get("PYTHONPATH", "")])
        reader = subprocess.run(
            [sys.executable, "-c", READER, json.dumps(self.settings(dram_size="0"))],
            env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, timeout=60, check=True)
        self.assertEqual(reader.stdout.decode().split(), [hashlib.sha256(pool.kv_buffer.numpy()).hexdigest()])

    def test_close_is_the_end_and_may_come_twice(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1(HASHES[:1], pool.indices(0))
        backend.close()
        backend.close()
        self.assertEqual(backend.batch_exists(HASHES[:1]), 0)
        self.assertEqual(backend.batch_get_v1(HASHES[:1], pool.indices(0)), [False])
        self.assertEqual(self.cluster.registered, [])


class GenericPages(HiCacheTestCase):
    def test_a_page_comes_back_as_a_tensor(self):
        pool = HostPool("layer_first")
        pool.fill(3)
        backend = self.backend(pool, zero_copy=False)
        pages = [pool.get_data_page(0), pool.get_data_page(4)]
        self.assertTrue(backend.batch_set(HASHES[:2], pages))
        self.assertEqual(backend.batch_exists(HASHES), 2)
        targets = [pool.get_dummy_flat_data_page() for _ in range(3)]
        loaded = backend.batch_get(HASHES[:3], targets)
        self.assertEqual(loaded[0].data_ptr(), targets[0].data_ptr())
        self.assertTrue(torch.equal(loaded[1], pages[1]))
        self.assertIsNone(loaded[2])

    def test_a_view_with_gaps_is_stored_with_its_own_bytes(self):
        backend = self.backend(HostPool("layer_first"), zero_copy=False)
        view = torch.arange(64, dtype=torch.int32).view(8, 8).t()[2:4]
        self.assertFalse(view.is_contiguous())
        self.assertTrue(backend.set(HASHES[0], view))
        target = torch.zeros(2, 8, dtype=torch.int32)
        self.assertIs(backend.get(HASHES[0], target), target)
        self.assertTrue(torch.equal(target, view))

    def test_it_does_not_meet_pages_of_the_other_interface(self):
        pool = HostPool("layer_first")
        self.backend(pool).batch_set_v1(HASHES[:1], pool.indices(0))
        self.assertFalse(self.backend(pool, zero_copy=False).exists(HASHES[0]))

    def test_what_is_no_tensor_is_a_miss(self):
        backend = self.backend(HostPool("layer_first"), zero_copy=False)
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assertFalse(backend.batch_set(HASHES[:1], None))
            self.assertEqual(backend.batch_get(HASHES[:2], [torch.zeros(4)]), [None, None])
            self.assertIsNone(backend.get(HASHES[0]))


class ExtraPools(HiCacheTestCase):
    def setUp(self):
        super().setUp()
        self.kv, self.extra = HostPool("page_first"), HostPool("page_first", mla=True, page_size=1, layers=2)
        self.extra.fill(5)
        self.hybrid = self.backend(self.kv)
        self.hybrid.register_mem_host_pool_v2(self.kv, PoolName.KV)
        self.hybrid.register_mem_host_pool_v2(self.extra, PoolName.MAMBA)

    def put_extra(self, *pages):
        transfer = PoolTransfer(PoolName.MAMBA, self.extra.indices(*pages), [HASHES[page] for page in pages])
        self.assertEqual(self.hybrid.batch_set_v2([transfer]), {PoolName.MAMBA: [True] * len(pages)})

    def hits(self, policy, tail=1):
        transfer = PoolTransfer(PoolName.MAMBA, keys=HASHES[:tail], hit_policy=policy)
        result = self.hybrid.batch_exists_v2(HASHES, [transfer])
        return result.kv_hit_pages, result.extra_pool_hit_pages.get(PoolName.MAMBA)

    def test_pages_of_a_pool_come_back(self):
        self.put_extra(1)
        read = PoolTransfer(PoolName.MAMBA, self.extra.indices(6, 7), [HASHES[1], HASHES[2]])
        self.assertEqual(self.hybrid.batch_get_v2([read]), {PoolName.MAMBA: [True, False]})
        self.assert_same_page_at(1, 6)

    def test_the_usable_prefix_is_what_all_pools_have(self):
        self.hybrid.batch_set_v1(HASHES[:5], self.kv.indices(0, 1, 2, 3, 4))
        self.assertEqual(self.hybrid.batch_exists_v2(HASHES).kv_hit_pages, 5)
        self.put_extra(0, 1, 3)
        self.assertEqual(self.hits(PoolHitPolicy.ALL_PAGES), (2, 2))

    def test_a_pool_of_states_needs_only_the_end_of_the_prefix(self):
        self.hybrid.batch_set_v1(HASHES[:5], self.kv.indices(0, 1, 2, 3, 4))
        self.assertEqual(self.hits(PoolHitPolicy.TRAILING_PAGES), (0, None))
        self.put_extra(1, 2, 4)
        self.assertEqual(self.hits(PoolHitPolicy.TRAILING_PAGES), (5, 5))
        self.assertEqual(self.hits(PoolHitPolicy.TRAILING_PAGES, tail=2), (3, 3))
        self.assertEqual(self.hits(PoolHitPolicy.TRAILING_PAGES, tail=3), (0, None))

    def test_a_pool_that_nobody_registered_is_a_miss(self):
        transfer = PoolTransfer(PoolName.INDEXER, self.extra.indices(0), HASHES[:1])
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assertEqual(self.hybrid.batch_set_v2([transfer]), {PoolName.INDEXER: [False]})
            self.assertEqual(self.hybrid.batch_get_v2([transfer]), {PoolName.INDEXER: [False]})

    def test_an_anchor_without_bytes_of_its_own_is_always_there(self):
        anchor = HostPool("page_first")
        anchor.kv_buffer = None
        backend = self.backend(anchor)
        self.assertEqual(backend.batch_exists(HASHES), len(HASHES))
        self.assertEqual(backend.batch_set_v1(HASHES[:2], None), [True, True])
        self.assertEqual(backend.batch_get_v1(HASHES[:2], None), [True, True])

    def assert_same_page_at(self, first, second):
        self.assertTrue(torch.equal(self.extra.get_data_page(first), self.extra.get_data_page(second)))


class Failures(HiCacheTestCase):
    def assert_only_misses(self, backend, pool):
        self.assertEqual(backend.batch_exists(HASHES[:3]), 0)
        self.assertFalse(backend.exists(HASHES[0]))
        self.assertEqual(backend.batch_get_v1(HASHES[:2], pool.indices(0, 1)), [False, False])
        self.assertEqual(backend.batch_set_v1(HASHES[:2], pool.indices(0, 1)), [False, False])
        self.assertEqual(backend.batch_get(HASHES[:1], [pool.get_dummy_flat_data_page()]), [None])
        self.assertFalse(backend.batch_set(HASHES[:1], [pool.get_data_page(0)]))
        self.assertEqual(backend.batch_exists_v2(HASHES).kv_hit_pages, 0)
        self.assertFalse(backend.clear())

    @needs_fake
    def test_a_dead_meta_service_is_misses_and_one_line_for_each_kind(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1(HASHES[:3], pool.indices(0, 1, 2))
        self.cluster.dead = -3017
        with self.assertLogs("memcache_engines", "WARNING") as logs:
            for _ in range(50):
                self.assert_only_misses(backend, pool)
        self.assertEqual(len(logs.output), 4, logs.output)
        self.assertIn("-3017", logs.output[0])
        self.cluster.dead = None
        self.assertEqual(backend.batch_exists(HASHES[:3]), 3)

    @needs_real
    def test_the_engine_goes_on_without_its_meta_service_and_finds_it_again(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        self.assertEqual(backend.batch_set_v1(HASHES[:1], pool.indices(0)), [True])
        self.meta.kill()
        self.assert_only_misses(backend, pool)
        self.meta.start()
        wait_for(lambda: backend.batch_set_v1(HASHES[4:5], pool.indices(1)) == [True], "the store has joined again")
        self.assertEqual(backend.batch_exists(HASHES[4:5]), 1)

    @needs_fake
    def test_a_store_that_raises_is_a_miss(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        for name in ("batch_is_exist", "batch_put_from_layers", "batch_get_into_layers"):
            self.cluster.raising[name] = TypeError("buffers")
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assertEqual(backend.batch_exists(HASHES[:3]), 0)
            self.assertEqual(backend.batch_get_v1(HASHES[:2], pool.indices(0, 1)), [False, False])
            self.assertEqual(backend.batch_set_v1(HASHES[:2], pool.indices(0, 1)), [False, False])

    @needs_fake
    def test_a_failed_put_is_the_only_one_that_fails(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        backend.batch_set_v1(HASHES[:1], pool.indices(0))
        [first] = self.cluster.objects
        self.cluster.refused[first.replace(HASHES[0], HASHES[2])] = -3001
        with self.assertLogs("memcache_engines", "WARNING") as logs:
            done = backend.batch_set_v1(HASHES[1:4], pool.indices(1, 2, 3))
        self.assertEqual(done, [True, False, True])
        self.assertIn("1 of 3 keys, the first with status -3001", logs.output[0])

    @needs_fake
    def test_after_a_time_out_the_pool_is_left_alone_for_a_while(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        self.cluster.dead = -3004
        clock = [1000.0]
        with mock.patch.object(engine_store.time, "monotonic", lambda: clock[0]), \
                self.assertLogs("memcache_engines", "WARNING"):
            self.assertEqual(backend.batch_exists(HASHES[:1]), 0)
            calls = len(self.cluster.calls)
            self.assert_only_misses(backend, pool)
            self.assertEqual(len(self.cluster.calls), calls)
            self.cluster.dead = None
            clock[0] += engine_store.PAUSE_SECONDS
            self.assertEqual(backend.batch_set_v1(HASHES[:1], pool.indices(0)), [True])

    @needs_fake
    def test_more_keys_than_a_call_takes_go_in_several(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        hashes = [f"{page:064x}" for page in range(20000)]
        self.assertEqual(backend.batch_exists(hashes), 0)
        self.assertEqual(len(self.cluster.called("batch_is_exist")), 1)
        tokens = pool.indices(0).repeat(len(hashes))
        self.assertEqual(sum(backend.batch_set_v1(hashes, tokens)), len(hashes))
        self.assertEqual(len(self.cluster.called("batch_put_from_layers")), 2)
        self.assertEqual(backend.batch_exists(hashes + ["f" * 64]), len(hashes))

    def test_a_host_pool_that_raises_is_a_miss(self):
        pool = HostPool("page_first")
        backend = self.backend(pool)
        pool.get_page_buffer_meta = mock.Mock(side_effect=NotImplementedError("not in this layout"))
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assertEqual(backend.batch_set_v1(HASHES[:2], pool.indices(0, 1)), [False, False])


class Start(HiCacheTestCase):
    def assert_refused(self, text, **arguments):
        with self.assertRaisesRegex((SettingsError, RuntimeError), text):
            self.backend(**arguments)

    @needs_fake
    def test_settings_reach_the_store_under_either_name(self):
        self.backend(settings={"ock.mmc.local_service.dram.size": "8GB", "meta_service_url": "tcp://10.0.0.1:5000",
                               "ock.mmc.client.read_thread_pool.size": 8, "ock.mmc.client.timeout.seconds": 3,
                               "ock.mmc.local_service.hcom.tls.enable": True, "device_id": 5}, tp_rank=2)
        config = self.cluster.config
        self.assertEqual((config.dram_size, config.meta_service_url), ("8GB", "tcp://10.0.0.1:5000"))
        self.assertEqual((config.read_thread_pool_size, config.client_timeout_seconds), (8, 3))
        self.assertTrue(config.hcom_tls_enable)
        self.assertEqual(self.cluster.init_arguments, [(5, True)])

    @needs_fake
    def test_the_rank_is_the_device_unless_told_otherwise(self):
        self.backend(tp_rank=3, tp_size=4)
        self.assertEqual(self.cluster.init_arguments, [(3, True)])

    @needs_fake
    def test_without_settings_the_store_reads_the_file(self):
        with mock.patch.dict(os.environ, {"MMC_LOCAL_CONFIG_PATH": __file__}):
            self.backend(settings={})
        self.assertIsNone(self.cluster.config)

    def test_without_any_configuration_it_says_what_to_do(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("MMC_LOCAL_CONFIG_PATH", None)
            self.assert_refused("MMC_LOCAL_CONFIG_PATH", settings={})
            os.environ["MMC_LOCAL_CONFIG_PATH"] = "/not/there"
            self.assert_refused("/not/there", settings={})

    def test_a_misspelt_setting_is_named(self):
        self.assert_refused("memcache.dram_sise.*did you mean 'dram_size'", settings={"dram_sise": "8GB"})
        self.assert_refused("'memcache' is 'tcp:", settings="tcp://10.0.0.1:5000")
        self.assert_refused("memcache.device_id.*type int", settings=self.settings(device_id="0"))

    @needs_fake
    def test_a_store_that_refuses_is_named_with_its_status(self):
        self.cluster.setup_status = -3000
        self.assert_refused("status -3000.*8QB", settings={"dram_size": "8QB"})
        self.cluster.setup_status, self.cluster.init_status = 0, -3017
        self.assert_refused("cannot join.*-3017.*Is the MetaService running")
        self.assertEqual(self.cluster.open_count, 0)

    def test_a_layout_with_too_many_pieces_is_refused_with_the_way_out(self):
        self.assert_refused("256 pieces.*page_first", pool=HostPool("layer_first", layers=128, heads=1, dim=2))


if __name__ == "__main__":
    unittest.main()
