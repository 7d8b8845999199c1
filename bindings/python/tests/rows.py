"""One function for each call of the interface: what it has to do, with whatever memory a test brings."""

from memcache_hybrid import AUTO, G2H, G2L, H2G, L2G, ReplicateConfig
from memcache_hybrid import status as codes
from support import pattern, wait_until

LAYER_SIZES = (4096, 1, 70000)


class Recorder:
    """A store that remembers which calls were made."""

    def __init__(self, store):
        self.store = store
        self.called = set()

    def __getattr__(self, name):
        self.called.add(name)
        return getattr(self.store, name)


class Rows:
    """The calls, on one store, under keys of its own, so that several of these can run at once."""

    def __init__(self, test, store, memory, prefix):
        self.test = test
        self.store = Recorder(store)
        self.memory = memory
        self.prefix = prefix
        self._used = set()

    def all(self):
        """The functions, those that others could disturb left out."""
        return [getattr(self, name) for name in sorted(dir(self)) if name.startswith("row_")]

    def run_all(self):
        for row in self.all():
            row()

    def keys(self, name, count=3):
        keys = [f"{self.prefix}/{name}/{place}" for place in range(count)]
        self._used.update(keys)
        return keys

    def used_keys(self):
        """All keys under which something may lie."""
        return sorted(self._used)

    def equal(self, actual, expected):
        self.test.assertEqual(actual, expected)

    def filled(self, seed, size):
        return self.memory(pattern(seed, size))

    def empty(self, size):
        return self.memory(bytes(size))

    def layers(self, seed):
        return [self.filled(seed + place, size) for place, size in enumerate(LAYER_SIZES)]

    def empty_layers(self):
        return [self.empty(size) for size in LAYER_SIZES]

    def whole(self, buffers):
        return b"".join(buffer.content() for buffer in buffers)

    def put_keys(self, name, size=1000):
        """Stores an object for each of 3 keys."""
        keys = self.keys(name)
        for seed, key in enumerate(keys):
            self.equal(self.store.put(key, pattern(seed, size)), 0)
        return keys

    def row_put_and_get(self):
        for kind in (bytes, bytearray, memoryview):
            key = self.keys(f"put-{kind.__name__}")[0]
            self.equal(self.store.put(key, kind(pattern(1, 5000))), 0)
            self.equal(self.store.get(key), pattern(1, 5000))
            self.equal(self.store.put(key, b"another"), 0)
            self.equal(self.store.get(key), pattern(1, 5000))
        large = self.keys("put-large")[0]
        self.equal(self.store.put(key=large, buf=pattern(2, 300000), replicateConfig=ReplicateConfig()), 0)
        self.equal(self.store.get(large), pattern(2, 300000))
        self.equal(self.store.get(self.keys("never")[0]), b"")

    def row_put_batch_and_get_batch(self):
        keys = self.keys("put_batch", 4)
        values = [pattern(seed, 1 + seed * 40000) for seed in range(4)]
        self.equal(self.store.put_batch(keys, values), 0)
        self.equal(self.store.put_batch(keys, values), 0)
        self.equal(self.store.get_batch([keys[3], "never", keys[0]]), [values[3], b"", values[0]])
        self.equal(self.store.put_batch([], []), 0)

    def row_put_from_and_get_into(self):
        for into, out_of in ((H2G, G2H), (L2G, G2L), (AUTO, AUTO)):
            key = self.keys(f"put_from-{into}")[0]
            source, target = self.filled(into, 9000), self.empty(9000)
            self.equal(self.store.put_from(key, source.address, source.size, into), 0)
            self.equal(self.store.get_into(key, target.address, target.size, out_of), 0)
            self.equal(target.content(), source.content())
        self.equal(self.store.get_into(key, target.address, target.size - 1), codes.MMC_SIZE_MISMATCH)
        self.equal(self.store.get_into("never", target.address, target.size), codes.MMC_OBJECT_NOT_FOUND)

    def row_batch_put_from_and_batch_get_into(self):
        keys = self.keys("batch_put_from")
        sources = [self.filled(seed, 3000 + seed) for seed in range(3)]
        targets = [self.empty(3000 + seed) for seed in range(3)]
        addresses, sizes = [one.address for one in sources], [one.size for one in sources]
        self.equal(self.store.batch_put_from(keys, addresses, sizes), [0, 0, 0])
        self.equal(self.store.batch_put_from(keys, addresses, sizes, L2G, ReplicateConfig()), [0, 0, 0])
        self.equal(self.store.batch_get_into(keys, [one.address for one in targets], sizes), [0, 0, 0])
        self.equal(self.whole(targets), self.whole(sources))
        sizes[1] += 1
        self.equal(self.store.batch_get_into(keys + ["never"], [one.address for one in targets] + [targets[0].address],
                                             sizes + [1]),
                   [0, codes.MMC_SIZE_MISMATCH, 0, codes.MMC_OBJECT_NOT_FOUND])

    def row_put_from_layers_and_get_into_layers(self):
        key = self.keys("put_from_layers")[0]
        sources, targets = self.layers(7), self.empty_layers()
        self.equal(self.store.put_from_layers(key, [one.address for one in sources], [one.size for one in sources]), 0)
        self.equal(self.store.get_into_layers(key, [one.address for one in targets], list(LAYER_SIZES)), 0)
        self.equal(self.whole(targets), self.whole(sources))
        self.equal(self.store.get(key), self.whole(sources))

    def row_batch_put_from_layers_and_batch_get_into_layers(self):
        keys = self.keys("batch_put_from_layers")
        sources, targets = [self.layers(seed) for seed in range(3)], [self.empty_layers() for _ in range(3)]
        sizes = [list(LAYER_SIZES)] * 3
        self.equal(self.store.batch_put_from_layers(
            keys, [[one.address for one in row] for row in sources], sizes, L2G), [0, 0, 0])
        self.equal(self.store.batch_get_into_layers(
            keys, tuple(tuple(one.address for one in row) for row in targets), sizes, G2L), [0, 0, 0])
        for source, target in zip(sources, targets):
            self.equal(self.whole(target), self.whole(source))

    def row_range(self):
        keys = self.put_keys("range", 100000)
        targets = [self.empty(500) for _ in keys]
        self.equal(self.store.batch_get_range_into(
            keys, [0, 777, 99500], [one.address for one in targets], [500] * 3), [0, 0, 0])
        for seed, (target, offset) in enumerate(zip(targets, (0, 777, 99500))):
            self.equal(target.content(), pattern(seed, 100000)[offset:offset + 500])
        pieces = self.empty_layers()
        rows, sizes = [[one.address for one in pieces]], [list(LAYER_SIZES)]
        self.equal(self.store.batch_get_range_into_layers(keys[:1], [12345], rows, sizes), [0])
        self.equal(self.whole(pieces), pattern(0, 100000)[12345:12345 + sum(LAYER_SIZES)])
        self.equal(self.store.batch_get_range_into(keys[:2], [99501, 0], [one.address for one in targets[:2]], [500] * 2),
                   [codes.MMC_INVALID_PARAMETER, 0])

    def row_remove(self):
        keys = self.put_keys("remove")
        self.equal(self.store.remove(keys[0]), 0)
        self.equal(self.store.remove(keys[0]), codes.MMC_OBJECT_NOT_FOUND)
        self.equal(self.store.remove_batch(keys), [codes.MMC_OBJECT_NOT_FOUND, 0, 0])
        self.equal(self.store.batch_is_exist(keys), [0, 0, 0])

    def row_exist(self):
        keys = self.put_keys("exist")
        self.equal(self.store.is_exist(keys[0]), 1)
        self.equal(self.store.is_exist(key="never"), 0)
        self.equal(self.store.batch_is_exist([keys[0], "never", keys[2]]), [1, 0, 1])
        self.equal(self.store.batch_is_exist(tuple(keys)), [1, 1, 1])

    def row_key_info(self):
        keys = self.put_keys("key_info")
        info = self.store.get_key_info(keys[0])
        self.equal((info.size(), info.type_list(), len(info.loc_list())), (1000, [1], 1))
        self.test.assertIn("1000", str(info))
        self.equal(info.str(), str(info))
        absent = self.store.get_key_info("never", 0)
        self.equal((absent.size(), absent.loc_list(), absent.type_list(), absent.gva_list()), (0, [], [], []))
        self.equal([one.size() for one in self.store.batch_get_key_info(["never", *keys], flag=1)],
                   [0, 1000, 1000, 1000])

    def row_register_buffer(self):
        memory = self.empty(8192)
        for _ in range(2):
            self.equal(self.store.register_buffer(memory.address, memory.size), 0)
        self.equal(self.store.unregister_buffer(memory.address, memory.size), 0)
        self.equal(self.store.register_buffer(memory.address, 0), codes.MMC_INVALID_PARAMETER)

    def row_replicas(self):
        key = self.keys("replicas")[0]
        rank = self.store.get_local_service_id()
        self.test.assertGreaterEqual(rank, 0)
        self.equal(self.store.put(key, b"here", ReplicateConfig(1, [rank])), 0)
        self.equal(self.store.get_key_info(key).loc_list(), [rank])

    def row_pins(self):
        keys = self.keys("pins")
        for pin, key in zip(("soft", 2, "none"), keys):
            self.equal(self.store.put(key, b"pinned", ReplicateConfig(pin=pin, ttl_ms=600000)), 0)
        self.equal(self.store.batch_set_pin(keys + ["no-such-key"], "hard"), [0, 0, 0, codes.MMC_OBJECT_NOT_FOUND])
        self.equal(self.store.batch_set_pin(keys=keys, pin=0), [0, 0, 0])
        for bad in ("firm", 3, -1, 1 << 40):
            self.equal(self.store.batch_set_pin(keys[:1], bad), [codes.MMC_INVALID_PARAMETER])
            self.equal(self.store.put("pins-bad", b"x", ReplicateConfig(pin=bad)), codes.MMC_INVALID_PARAMETER)

    def row_ttl(self):
        keys = self.keys("ttl")
        for key in keys:
            self.equal(self.store.put(key, b"short", ReplicateConfig(ttl_ms=600000)), 0)
        self.equal(self.store.batch_set_ttl(keys, 0), [0, 0, 0])
        self.equal(self.store.batch_set_ttl(keys[:2], 1), [0, 0])
        wait_until(lambda: self.store.batch_is_exist(keys) == [0, 0, 1], "the two short ones are gone")
        for bad in (-1, 1 << 31, 1 << 70):
            self.equal(self.store.batch_set_ttl(keys[:1], bad), [codes.MMC_INVALID_PARAMETER])
            self.equal(self.store.put("ttl-bad", b"x", ReplicateConfig(ttl_ms=bad)), codes.MMC_INVALID_PARAMETER)

    def row_alloc_copy_finish(self):
        """As an engine writes block by block and layer by layer: interior addresses, from another order than they lie."""
        keys, size = self.keys("alloc"), 3 * 4096
        addresses = self.store.batch_alloc(keys, [size] * 3)
        self.test.assertTrue(all(0 < address < 1 << 63 for address in addresses), addresses)
        self.equal(self.store.batch_is_exist(keys), [0, 0, 0])
        self.equal(self.store.batch_add_lease(keys), [codes.MMC_STATE_MISMATCH] * 3)
        for layer in (2, 0, 1):
            pieces = [self.filled(layer * 10 + place, 4096) for place in range(3)]
            places = [address + layer * 4096 for address in addresses]
            self.equal(self.store.batch_copy(places, [piece.address for piece in pieces], [4096] * 3, L2G), 0)
        self.equal(self.store.batch_write_finish(keys, [0, 0, -1]), [0, 0, 0])
        self.equal(self.store.batch_is_exist(keys), [1, 1, 0])
        expected = b"".join(pattern(layer * 10, 4096) for layer in range(3))
        self.equal(self.store.get(keys[0]), expected)
        self.test.assertLessEqual(self.store.batch_alloc(keys[:1], [size])[0], 0)
        self.test.assertLessEqual(self.store.batch_alloc(self.keys("no-hbm")[:1], [size], 0)[0], 0)
        self.equal(self.store.batch_write_finish([self.keys("no-such")[0]], [0]), [codes.MMC_KEY_NOT_FOUND])

    def row_copy_layers_out(self):
        key = self.keys("copy_layers")[0]
        sources, targets = self.layers(3), self.empty_layers()
        address = self.store.batch_alloc([key], [sum(LAYER_SIZES)], media=1, lease_ttl_ms=60000)[0]
        rows = [[one.address for one in sources]]
        self.equal(self.store.batch_copy_layers([address], rows, [list(LAYER_SIZES)], H2G), 0)
        self.equal(self.store.batch_write_finish([key], [0]), [0])
        found = self.store.batch_get_key_info([key], 1)[0]
        self.equal(found.gva_list(), [address])
        self.equal(self.store.batch_add_lease([key], 300000), [0])
        self.equal(self.store.batch_add_lease(keys=[key], lease_ttl_ms=0), [0])
        rows = [[one.address for one in targets]]
        self.equal(self.store.batch_copy_layers(
            gva_ptrs=found.gva_list(), buffer_ptrs=rows, sizes=[list(LAYER_SIZES)], direct=G2H), 0)
        self.equal(self.whole(targets), self.whole(sources))
        self.equal(self.store.batch_remove_lease([key]), 0)

    def alone_remove_all(self):
        """Not for several at once."""
        keys = self.put_keys("remove_all")
        self.equal(self.store.remove_all(), 0)
        wait_until(lambda: self.store.batch_is_exist(keys) == [0, 0, 0], "nothing is left")
