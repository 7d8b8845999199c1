"""memcache_hybrid under the calls of vllm-ascend's connector, and of other clients where they differ."""

import os
import tempfile
import threading
import unittest
from unittest import mock

import torch

from tests.pools import PoolTestCase
from tests.vllm_ascend_calls import LEASE_MS, Scheduler, Worker

LAYERS, BLOCKS = 3, 6


def caches():
    """K and V of each layer, of different sizes, as with DeepSeek's latent and rope parts."""
    shapes = [(BLOCKS, 16, width) for _ in range(LAYERS) for width in (64, 8)]
    return [torch.rand(shape).to(torch.float16) for shape in shapes]


class ConnectorTestCase(PoolTestCase):
    def setUp(self):
        super().setUp()
        settings = {name: value for name, value in self.settings().items() if name != "key_prefix"}
        keys = {"meta_service_url": "ock.mmc.meta_service_url",
                "config_store_url": "ock.mmc.local_service.config_store_url",
                "dram_size": "ock.mmc.local_service.dram.size",
                "protocol": "ock.mmc.local_service.protocol",
                "client_timeout_seconds": "ock.mmc.client.timeout.seconds"}
        with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
            file.writelines(f"{keys[name]} = {value}\n" for name, value in settings.items())
        self.addCleanup(os.unlink, file.name)
        environment = mock.patch.dict(os.environ, {"MMC_LOCAL_CONFIG_PATH": file.name})
        environment.start()
        self.addCleanup(environment.stop)

    def store(self):
        from memcache_hybrid import DistributedObjectStore
        store = DistributedObjectStore()
        self.addCleanup(store.close)
        return store

    def worker(self, rank):
        own = caches()
        return Worker(self.store(), rank, own), own

    def keys(self, count, rank=0):
        return [f"{self.prefix}model@{block:064x}@{rank}" for block in range(count)]

    def assert_same_blocks(self, written, read, pairs):
        for source, target in zip(written, read):
            for first, second in pairs:
                self.assertTrue(torch.equal(source[first], target[second]))


class WholeBlocks(ConnectorTestCase):
    def test_blocks_that_one_worker_saved_are_loaded_by_another(self):
        (writer, written), (reader, read) = self.worker(0), self.worker(1)
        scheduler = Scheduler(self.store())
        keys = self.keys(4)
        self.assertEqual(scheduler.hits([[key] for key in keys]), 0)
        writer.save(keys[:3], [5, 0, 2])
        writer.save(keys[:3], [1, 1, 1])
        self.assertEqual(scheduler.hits([[key] for key in keys]), 3)
        results = reader.load(keys, [0, 1, 2, 3])
        self.assertEqual(results[:3], [0, 0, 0])
        self.assertLess(results[3], 0)
        self.assert_same_blocks(written, read, [(5, 0), (0, 1), (2, 2)])
        writer.close()
        reader.close()

    def test_a_block_counts_when_every_rank_has_stored_it(self):
        scheduler = Scheduler(self.store())
        workers = [self.worker(rank)[0] for rank in range(2)]
        of_blocks = [[self.keys(2, rank)[block] for rank in range(2)] for block in range(2)]
        workers[0].save(self.keys(2, 0), [0, 1])
        workers[1].save(self.keys(1, 1), [0])
        self.assertEqual(scheduler.hits(of_blocks), 1)


class LayerByLayer(ConnectorTestCase):
    def test_a_block_appears_when_its_last_layer_is_written(self):
        (writer, written), (reader, read) = self.worker(0), self.worker(1)
        scheduler = Scheduler(self.store())
        keys, blocks = self.keys(2), [4, 1]
        addresses = writer.begin_layerwise_save(keys)
        for layer in range(LAYERS):
            writer.save_layer(addresses, blocks, layer)
        self.assertEqual(scheduler.hits([[key] for key in keys]), 0)
        self.assertEqual(reader._store.batch_add_lease(keys, LEASE_MS), [-3101, -3101])
        writer.finish_layerwise_save(keys)
        self.assertEqual(scheduler.layerwise_hits(keys), 2)
        found = reader.begin_layerwise_load(keys + self.keys(3)[2:])
        self.assertEqual(list(found), keys)

        def load():
            for layer in range(LAYERS):
                reader.load_layer(list(found.values()), [0, 3], layer)

        # The connector takes the lease in one thread and copies in another.
        thread = threading.Thread(target=load)
        thread.start()
        thread.join(30)
        reader.end_layerwise_load(keys)
        self.assert_same_blocks(written, read, [(4, 0), (1, 3)])

    def test_a_reader_without_a_lease_gets_the_bytes_too(self):
        (writer, written), (reader, read) = self.worker(0), self.worker(1)
        keys = self.keys(1)
        addresses = writer.begin_layerwise_save(keys)
        for layer in range(LAYERS):
            writer.save_layer(addresses, [2], layer)
        writer.finish_layerwise_save(keys)
        [info] = reader._store.batch_get_key_info(keys, 1)
        self.assertEqual(len(info.gva_list()), 1)
        for layer in range(LAYERS):
            reader.load_layer(info.gva_list(), [5], layer)
        self.assert_same_blocks(written, read, [(2, 5)])

    def test_a_block_that_exists_has_no_second_reservation(self):
        (writer, _) = self.worker(0)
        keys = self.keys(2)
        writer.save(keys[:1], [0])
        addresses = writer._store.batch_alloc(keys, [4096, 4096])
        self.assertLessEqual(addresses[0], 0)
        self.assertGreater(addresses[1], 0)
        self.assertEqual(list(writer._store.batch_write_finish(keys[1:], [-1])), [0])
        self.assertEqual(writer._store.batch_is_exist(keys), [1, 0])
        self.assertEqual(list(writer._store.batch_write_finish([self.keys(3)[2]], [0])), [-3102])


class SmallObjects(ConnectorTestCase):
    def test_what_sglang_s_own_backend_tries_at_its_start(self):
        from memcache_hybrid import DistributedObjectStore, LocalConfig
        config = LocalConfig()
        for name in ("protocol", "dram_size", "meta_service_url", "config_store_url"):
            self.assertTrue(hasattr(config, name))
            setattr(config, name, self.settings().get(name, getattr(config, name)))
        store = DistributedObjectStore()
        self.assertEqual(store.setup(config), 0)
        self.assertEqual(store.init(3, True), 0)
        key, value = f"{self.prefix}warm-up", bytearray(b"w" * 4096)
        self.assertEqual(store.put(key, value), 0)
        self.assertEqual(store.is_exist(key), 1)
        self.assertEqual(store.get(key), value)
        self.assertEqual(store.get(key + "-absent"), b"")
        buffer = torch.zeros(4096, dtype=torch.uint8)
        self.assertEqual(store.batch_get_into([key], [buffer.data_ptr()], [4096]), [0])
        self.assertEqual(bytes(buffer.numpy()), bytes(value))
        other = DistributedObjectStore()
        self.assertEqual((other.setup(config), other.init(3, False), other.remove_all()), (0, 0, 0))
        other.close()
        self.assertEqual(store.is_exist(key), 0)
        store.close()

    def test_a_connector_of_encoder_outputs_asks_for_the_size_first(self):
        store = self.store()
        self.assertEqual(store.init(0), 0)
        output, target = torch.rand(7, 32), torch.zeros(7, 32)
        key = f"{self.prefix}image"
        self.assertEqual(store.put_from_layers(key, [output.data_ptr()], [output.numel() * 4], 0), 0)
        [info] = store.batch_get_key_info([key])
        self.assertEqual(info.size(), output.numel() * 4)
        self.assertEqual(store.get_into_layers(key, [target.data_ptr()], [info.size()], 1), 0)
        self.assertTrue(torch.equal(output, target))
        self.assertEqual(store.batch_get_key_info([key + "-absent"])[0].size(), 0)


if __name__ == "__main__":
    unittest.main()
