"""The LMCache plug-in, as LMCache's storage manager uses it."""

import asyncio
import os
import threading
import unittest
from unittest import mock

import torch

from tests.pools import PoolTestCase, needs_fake, needs_real, wait_for
from tests.standin_lmcache import CacheEngineKey, Config, LocalCPUBackend, MemoryFormat, Metadata

from memcache_engines import lmcache as plugin
from memcache_engines.lmcache import MemCacheBackend
from memcache_engines.settings import SettingsError

KEYS = [CacheEngineKey(chunk_hash=chunk) for chunk in range(8)]


class PluginTestCase(PoolTestCase):
    def setUp(self):
        super().setUp()
        self.cpu = LocalCPUBackend()

    def backend(self, settings=None, metadata=None, cpu="own", config=None, extra=None):
        """A backend as LMCache's plug-in loader makes it."""
        section = self.settings() if settings is None else settings
        config = config or Config({"memcache": section, **(extra or {})})
        backend = MemCacheBackend(config=config, dst_device="cpu", metadata=metadata or Metadata(),
                                  local_cpu_backend=self.cpu if cpu == "own" else cpu, loop=None)
        self.addCleanup(backend.close)
        return backend

    def chunk(self, seed, token_count=16):
        obj = self.cpu.allocate(Metadata().get_shapes(token_count)[0], torch.float16, busy_loop=False)
        torch.manual_seed(seed)
        obj.tensor.copy_(torch.rand(obj.tensor.shape))
        return obj

    def put(self, backend, keys, objs, callback=None):
        for future in backend.batched_submit_put_task(keys, objs, None, callback) or []:
            future.result(30)

    def release(self, *objs):
        for obj in objs:
            obj.ref_count_down()


class Chunks(PluginTestCase):
    def test_a_chunk_comes_back_in_memory_of_lmcache_s_own(self):
        backend, objs = self.backend(), [self.chunk(1), self.chunk(2)]
        self.put(backend, KEYS[:2], objs)
        loaded = self.backend().batched_get_blocking(KEYS[:3])
        for stored, there in zip(objs, loaded):
            self.assertTrue(torch.equal(stored.tensor, there.tensor))
            self.assertEqual(there.references, 1)
        self.assertIsNone(loaded[2])
        self.release(*objs, *loaded[:2])
        self.assertEqual(self.cpu.free_count, 64)

    def test_the_last_chunk_may_be_shorter(self):
        backend, objs = self.backend(), [self.chunk(1), self.chunk(2, token_count=5)]
        self.put(backend, KEYS[:2], objs)
        loaded = backend.batched_get_blocking(KEYS[:3])
        self.assertEqual(loaded[1].tensor.shape, torch.Size([2, 3, 5, 16]))
        self.assertTrue(torch.equal(loaded[1].tensor, objs[1].tensor))
        self.assertIsNone(loaded[2])
        self.assertTrue(torch.equal(backend.get_blocking(KEYS[1]).tensor, objs[1].tensor))

    def test_an_object_of_another_shape_is_a_miss(self):
        backend = self.backend()
        odd = self.chunk(1)
        odd.tensor = torch.zeros(7, dtype=torch.float16)
        self.put(backend, KEYS[:1], [odd])
        self.assertIsNone(backend.get_blocking(KEYS[0]))

    def test_contains_counts_the_leading_run(self):
        backend = self.backend()
        self.put(backend, [KEYS[0], KEYS[1], KEYS[3]], [self.chunk(seed) for seed in range(3)])
        self.assertEqual(backend.batched_contains(KEYS), 2)
        self.assertEqual(backend.batched_contains(KEYS[3:]), 1)
        self.assertTrue(backend.contains(KEYS[3]))
        self.assertFalse(backend.contains(KEYS[2]))
        self.assertEqual(asyncio.run(backend.batched_async_contains("lookup", KEYS)), 2)

    def test_the_asynchronous_read_stops_at_the_first_gap_and_keeps_nothing_behind_it(self):
        backend = self.backend()
        objs = [self.chunk(seed) for seed in range(3)]
        self.put(backend, [KEYS[0], KEYS[1], KEYS[3]], objs)
        self.release(*objs)
        loaded = asyncio.run(backend.batched_get_non_blocking("lookup", KEYS[:5], {"cum_chunk_lengths": [0]}))
        self.assertEqual(len(loaded), 2)
        self.assertEqual(self.cpu.free_count, 62)
        self.release(*loaded, backend.get_non_blocking(KEYS[3]).result(30))
        self.assertEqual(self.cpu.free_count, 64)

    def test_a_read_without_free_memory_is_a_miss(self):
        backend = self.backend()
        self.put(backend, KEYS[:3], [self.chunk(seed) for seed in range(3)])
        self.cpu.free_count = 2
        loaded = backend.batched_get_blocking(KEYS[:3])
        self.assertEqual([obj is not None for obj in loaded], [True, True, False])

    def test_remove_says_what_was_there(self):
        backend = self.backend()
        self.put(backend, KEYS[:2], [self.chunk(1), self.chunk(2)])
        self.assertTrue(backend.remove(KEYS[0]))
        self.assertFalse(backend.remove(KEYS[0]))
        self.assertEqual(backend.batched_remove(KEYS[:3]), 1)

    def test_with_mla_rank_0_writes_and_all_read(self):
        ranks = [Metadata(world_size=2, worker_id=rank, use_mla=True, kv_shape=(3, 1, 16, 2, 8)) for rank in range(2)]
        rank0, rank1 = (self.backend(metadata=rank) for rank in ranks)
        keys = [[CacheEngineKey(world_size=2, worker_id=rank, chunk_hash=9)] for rank in range(2)]
        obj = self.cpu.allocate(ranks[0].get_shapes()[0], torch.float16, MemoryFormat.KV_MLA_FMT, busy_loop=False)
        obj.tensor.fill_(3)
        self.assertIsNone(rank1.batched_submit_put_task(keys[1], [obj]))
        self.assertFalse(rank1.contains(keys[1][0]))
        self.put(rank0, keys[0], [obj])
        self.assertTrue(torch.equal(rank1.get_blocking(keys[1][0]).tensor, obj.tensor))
        alone = self.backend(metadata=ranks[1], extra={"remote_enable_mla_worker_id_as0": False})
        self.assertFalse(alone.contains(keys[1][0]))

    def test_a_long_key_is_shortened_and_stays_unique(self):
        backend = self.backend()
        long_keys = [CacheEngineKey(model_name="m" * 300, chunk_hash=chunk) for chunk in range(2)]
        self.put(backend, long_keys[:1], [self.chunk(1)])
        self.assertEqual(backend.batched_contains(long_keys), 1)

    @needs_fake
    def test_a_batch_is_one_call_from_lmcache_s_own_memory(self):
        backend, objs = self.backend(), [self.chunk(1), self.chunk(2)]
        with mock.patch.object(backend._store._store, "batch_put_from_layers", return_value=[0, 0]) as put:
            self.put(backend, KEYS[:2], objs)
        [call] = put.call_args_list
        self.assertEqual(call.args[1], [[obj.tensor.data_ptr()] for obj in objs])
        self.assertEqual(call.args[2], [[obj.get_size()] for obj in objs])
        buffer = self.cpu.memory_allocator.buffer
        self.assertEqual(self.cluster.registered, [(buffer.data_ptr(), buffer.numel())])


class Puts(PluginTestCase):
    @needs_fake
    def test_lmcache_does_not_wait_for_a_put(self):
        backend, obj = self.backend(), self.chunk(1)
        go = threading.Event()
        done = []
        with mock.patch.object(backend._store, "put", side_effect=lambda keys, *_: go.wait(30) and [True] * len(keys)):
            [future] = backend.batched_submit_put_task(KEYS[:1], [obj], None, done.append)
            self.assertTrue(backend.exists_in_put_tasks(KEYS[0]))
            self.assertEqual(obj.references, 2)
            self.assertIsNone(backend.batched_submit_put_task(KEYS[:1], [obj]))
            go.set()
            future.result(30)
        self.assertFalse(backend.exists_in_put_tasks(KEYS[0]))
        self.assertEqual((obj.references, done), (1, KEYS[:1]))

    @needs_fake
    def test_only_so_many_puts_wait(self):
        backend = self.backend()
        go = threading.Event()
        with mock.patch.object(plugin, "PUTS_PENDING_MAX", 2), self.assertLogs("memcache_engines", "WARNING"), \
                mock.patch.object(backend._store, "put", side_effect=lambda keys, *_: [go.wait(30)] * len(keys)):
            objs = [self.chunk(seed) for seed in range(3)]
            futures = [backend.batched_submit_put_task([key], [obj]) for key, obj in zip(KEYS, objs)]
            self.assertIsNone(futures[2])
            self.assertEqual(objs[2].references, 1)
            go.set()
            for [future] in futures[:2]:
                future.result(30)

    @needs_fake
    def test_the_callback_hears_of_what_was_stored_and_may_raise(self):
        backend, heard = self.backend(), []
        name = backend._names(KEYS[1:2])[0]
        self.cluster.refused[name] = -3001

        def callback(key):
            heard.append(key)
            raise ValueError("not ours")

        objs = [self.chunk(seed) for seed in range(3)]
        with self.assertLogs("memcache_engines", "WARNING"):
            self.put(backend, KEYS[:3], objs, callback)
        self.assertEqual(heard, [KEYS[0], KEYS[2]])
        self.assertEqual([obj.references for obj in objs], [1, 1, 1])

    def test_a_put_can_be_awaited(self):
        backend = self.backend()
        asyncio.run(backend.async_batched_submit_put_task(KEYS[:1], [self.chunk(1)]))
        self.assertTrue(backend.contains(KEYS[0]))

    def test_a_put_after_close_is_dropped(self):
        backend, obj = self.backend(), self.chunk(1)
        backend.close()
        self.assertIsNone(backend.batched_submit_put_task(KEYS[:1], [obj]))
        self.assertEqual(obj.references, 1)
        self.assertIsNone(backend.get_non_blocking(KEYS[0]))
        self.assertIsNone(backend.get_blocking(KEYS[0]))


class Pins(PluginTestCase):
    @needs_fake
    def test_a_pin_is_a_lease_and_the_last_unpin_ends_it(self):
        backend = self.backend()
        self.put(backend, KEYS[:2], [self.chunk(1), self.chunk(2)])
        self.assertEqual(backend.batched_contains(KEYS[:3], pin=True), 2)
        self.assertEqual(sorted(self.cluster.leases.values()), [plugin.PIN_LEASE_MS] * 2)
        self.assertTrue(backend.pin(KEYS[0]))
        self.assertTrue(backend.unpin(KEYS[0]))
        self.assertEqual(len(self.cluster.leases), 2)
        self.assertTrue(backend.unpin(KEYS[0]))
        self.assertTrue(backend.unpin(KEYS[1]))
        self.assertEqual(self.cluster.leases, {})
        self.assertFalse(backend.unpin(KEYS[1]))
        self.assertFalse(backend.pin(KEYS[5]))

    @needs_fake
    def test_what_lies_behind_a_gap_is_not_held(self):
        backend = self.backend(self.settings(pin_lease_ms=5000))
        self.put(backend, [KEYS[0], KEYS[2]], [self.chunk(1), self.chunk(2)])
        self.assertEqual(asyncio.run(backend.batched_async_contains("lookup", KEYS[:3], pin=True)), 1)
        self.assertEqual(list(self.cluster.leases.values()), [5000])
        self.assertTrue(backend.pin(KEYS[2]))
        self.assertEqual(backend.batched_contains(KEYS[:3], pin=True), 1)
        self.assertEqual(len(self.cluster.leases), 2)

    @needs_fake
    def test_pins_that_nobody_takes_back_are_forgotten(self):
        backend = self.backend()
        self.put(backend, KEYS[:2], [self.chunk(1), self.chunk(2)])
        clock = [1000.0]
        with mock.patch.object(plugin.time, "monotonic", lambda: clock[0]):
            backend.pin(KEYS[0])
            clock[0] += plugin.PIN_LEASE_MS / 1000 + 1
            backend.pin(KEYS[1])
            self.assertEqual(len(backend._pins._counts), 1)
            self.assertFalse(backend.unpin(KEYS[0]))

    def test_a_pinned_chunk_can_be_read_and_unpinned(self):
        backend = self.backend()
        self.put(backend, KEYS[:1], [self.chunk(1)])
        self.assertTrue(backend.contains(KEYS[0], pin=True))
        self.assertIsNotNone(backend.get_blocking(KEYS[0]))
        self.assertTrue(backend.unpin(KEYS[0]))


class Failures(PluginTestCase):
    def assert_only_misses(self, backend):
        obj = self.chunk(1)
        self.assertFalse(backend.contains(KEYS[0]))
        self.assertFalse(backend.contains(KEYS[0], pin=True))
        self.assertEqual(asyncio.run(backend.batched_async_contains("lookup", KEYS)), 0)
        self.assertEqual(backend.batched_get_blocking(KEYS[:2]), [None, None])
        self.assertEqual(asyncio.run(backend.batched_get_non_blocking("lookup", KEYS[:2])), [])
        self.put(backend, KEYS[:1], [obj])
        self.assertFalse(backend.remove(KEYS[0]))
        self.assertEqual(obj.references, 1)
        self.release(obj)
        self.assertEqual(self.cpu.free_count, 64)

    @needs_fake
    def test_a_dead_meta_service_is_misses(self):
        backend = self.backend()
        self.cluster.dead = -3017
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assert_only_misses(backend)

    @needs_fake
    def test_a_store_that_raises_is_a_miss(self):
        backend = self.backend()
        for name in ("batch_is_exist", "batch_put_from_layers", "batch_get_into_layers", "batch_add_lease",
                     "remove_batch", "batch_get_key_info"):
            self.cluster.raising[name] = RuntimeError(name)
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assert_only_misses(backend)

    @needs_real
    def test_the_engine_goes_on_without_its_meta_service_and_finds_it_again(self):
        backend = self.backend()
        self.meta.kill()
        self.assert_only_misses(backend)
        self.meta.start()
        obj = self.chunk(2)

        def stored():
            self.put(backend, KEYS[:1], [obj])
            return backend.contains(KEYS[0])

        wait_for(stored, "the store has joined again")

    def test_an_allocator_that_raises_is_a_miss(self):
        backend = self.backend()
        self.cpu.allocate = mock.Mock(side_effect=MemoryError("none"))
        with self.assertLogs("memcache_engines", "WARNING"):
            self.assertEqual(backend.batched_get_blocking(KEYS[:2]), [None, None])


class Start(PluginTestCase):
    def assert_refused(self, text, **arguments):
        with self.assertRaisesRegex((SettingsError, RuntimeError), text):
            self.backend(**arguments)

    @needs_fake
    def test_the_scheduler_only_looks_up(self):
        backend = self.backend(metadata=Metadata(role="scheduler", local_worker_id=2), cpu=None)
        self.assertEqual(self.cluster.init_arguments, [(2, False)])
        self.assertFalse(backend.contains(KEYS[0]))
        self.assertIsNone(backend.get_blocking(KEYS[0]))

    def test_what_cannot_work_is_refused_with_the_way_out(self):
        self.assert_refused("max_local_cpu_size", cpu=None)
        self.assert_refused("use_layerwise", config=Config({"memcache": self.settings()}, use_layerwise=True))
        self.assert_refused("memcache.pin_lease_ms.*type int", settings=self.settings(pin_lease_ms="1s"))
        self.assert_refused("memcache.dram_sise", settings={"dram_sise": "1GB"})
        with mock.patch.dict(os.environ):
            os.environ.pop("MMC_LOCAL_CONFIG_PATH", None)
            self.assert_refused("MMC_LOCAL_CONFIG_PATH", config=Config(None))


if __name__ == "__main__":
    unittest.main()
