"""Wrong arguments: a TypeError that names the argument, or a code; never anything else."""

import array
import ctypes
import inspect
import os
import random
import unittest

from memcache_hybrid import DistributedObjectStore, ReplicateConfig
from memcache_hybrid import status as codes
from support import Memory, PoolTestCase, pattern

INVALID = codes.MMC_INVALID_PARAMETER
NOT_FOUND = codes.MMC_OBJECT_NOT_FOUND


class Index:
    """An integer that is no int."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Arguments(PoolTestCase):
    def setUp(self):
        self.buffer = Memory(pattern(1, 1000))
        self.store.put("there", pattern(1, 1000))

    def wrong(self, text, function, *arguments, **named):
        with self.assertRaises(TypeError) as caught:
            function(*arguments, **named)
        self.assertEqual(str(caught.exception), text)

    def test_a_wrong_type_is_named(self):
        store, p = self.store, self.buffer.address
        self.wrong("batch_get_into(): argument 'ptrs' must be a list of int, not str",
                   store.batch_get_into, ["k"], "x", [1])
        self.wrong("batch_get_into(): argument 'ptrs' must be a list of int, but item 1 is of type float",
                   store.batch_get_into, ["k", "l"], [p, 1.5], [1, 1])
        self.wrong("batch_is_exist(): argument 'keys' must be a list of str, not str", store.batch_is_exist, "key")
        self.wrong("batch_is_exist(): argument 'keys' must be a list of str, but item 2 is of type NoneType",
                   store.batch_is_exist, ["a", "b", None])
        self.wrong("is_exist(): argument 'key' must be a str, not int", store.is_exist, 1)
        self.wrong("put(): argument 'buf' must be a contiguous bytes-like object, not str", store.put, "k", "text")
        self.wrong("put_batch(): argument 'values' must be a list of contiguous bytes-like objects, but item 0 is of type int",
                   store.put_batch, ["k"], [1])
        self.wrong("put_from(): argument 'size' must be an int, not NoneType", store.put_from, "k", p, None)
        self.wrong("put_from(): argument 'direct' must be an int, not str", store.put_from, "k", p, 1, "H2G")
        self.wrong("put(): argument 'replicateConfig' must be a ReplicateConfig, not int", store.put, "k", b"v", 3)
        self.wrong("batch_get_into_layers(): argument 'sizes' must be a list of lists of int, but item 0 is of type int",
                   store.batch_get_into_layers, ["k"], [[p]], [1])
        self.wrong("get_into_layers(): argument 'ptrs' must be a list of int, but item 0 is of type list",
                   store.get_into_layers, "k", [[p]], [1])
        self.wrong("batch_write_finish(): argument 'res' must be a list of int, not dict",
                   store.batch_write_finish, ["k"], {})
        self.wrong("init(): argument 'device_id' must be an int, not str", store.init, "0")
        self.wrong("setup(): argument 'config' must be a LocalConfig, not dict", store.setup, {})

    def test_a_wrong_number_of_arguments_is_named(self):
        self.wrong("get_into(): argument 'ptr' is missing", self.store.get_into, "k")
        self.wrong("get() takes at most 1 arguments, 2 are given", self.store.get, "k", 1)
        self.wrong("get(): there is no argument 'name'", self.store.get, name="k")
        self.wrong("get(): argument 'key' is given twice", self.store.get, "k", key="k")

    def test_names_that_engines_use_for_pointers_work(self):
        p = self.buffer.address
        self.assertEqual(self.store.get_into(key="there", buffer_ptr=p, size=1000), 0)
        self.assertEqual(self.store.batch_get_into(keys=["there"], buffer_ptrs=[p], sizes=[1000], direct=2), [0])

    def test_integers_that_fit_nowhere_fail_their_entry_alone(self):
        p = self.buffer.address
        for bad in (-1, 0, 1 << 64, -(1 << 70), Index(-3)):
            for pointers, sizes in (([p, bad], [1000, 1000]), ([p, p], [1000, bad])):
                good, failed = self.store.batch_get_into(["there"] * 2, pointers, sizes)
                self.assertEqual(good, 0)
                self.assertLess(failed, 0)
                good, failed = self.store.batch_put_from([self.key(), self.key(bad)], pointers, sizes)
                self.assertEqual((good, failed), (0, INVALID))
            self.assertLess(self.store.get_into("there", bad, 1000), 0)
        self.assertEqual(self.store.get_into("there", Index(p), Index(1000)), 0)
        self.assertEqual(self.store.get_into("there", p, True), codes.MMC_SIZE_MISMATCH)

    def test_lists_of_different_length_fail_every_entry(self):
        p, store = self.buffer.address, self.store
        self.assertEqual(store.batch_get_into(["there"] * 2, [p], [1000]), [INVALID] * 2)
        self.assertEqual(store.batch_get_into(["there"], [p, p], [1000]), [INVALID])
        self.assertEqual(store.batch_put_from(["a", "b"], [p, p], []), [INVALID] * 2)
        self.assertEqual(store.batch_get_into_layers(["there"], [[p], [p]], [[1000], [1000]]), [INVALID])
        self.assertEqual(store.put_batch(["a", "b"], [b"1"]), INVALID)
        self.assertEqual(store.batch_copy([1, 2], [p], [1]), INVALID)
        self.assertEqual(store.batch_write_finish(["a"], [0, 0]), [INVALID])
        self.assertEqual(store.batch_get_into([], [p], [1]), [])

    def test_a_row_that_does_not_fit_fails_alone(self):
        p = self.buffer.address
        rows = [[p, p + 500], [p], [], [p] * 300, [p, p + 500]]
        sizes = [[500, 500], [500, 500], [], [1] * 300, (500, 500)]
        answer = self.store.batch_get_into_layers(["there"] * 5, rows, sizes)
        self.assertEqual([code == 0 for code in answer], [True, False, False, False, True])
        keys = [self.key(place) for place in range(5)]
        self.assertEqual(self.store.batch_put_from_layers(keys, rows, sizes), [0, INVALID, INVALID, INVALID, 0])
        self.assertLess(self.store.get_into_layers("there", [p, p + 500], [1000]), 0)

    def test_directions_of_the_other_way_are_minus_one(self):
        p = self.buffer.address
        for direct in (0, 3, 4, -1, 1 << 40):
            self.assertEqual(self.store.get_into("there", p, 1000, direct), -1)
            self.assertEqual(self.store.batch_get_into(["there"], [p], [1000], direct), [-1])
        for direct in (1, 2, 8):
            self.assertEqual(self.store.put_from("k", p, 1000, direct), -1)
            self.assertEqual(self.store.batch_put_from(["k"], [p], [1000], direct=direct), [-1])
        self.assertEqual(self.store.is_exist("k"), 0)

    def test_batches_are_limited(self):
        self.assertEqual(set(self.store.batch_is_exist(["there"] * 16384)), {1})
        keys = ["there"] * 16385
        self.assertEqual(self.store.batch_is_exist(keys), [INVALID] * 16385)
        self.assertEqual(self.store.put_batch(keys, [b"v"] * 16385), INVALID)
        self.assertEqual(self.store.remove_batch(keys), [INVALID] * 16385)
        self.assertEqual(self.store.get_batch(keys)[-1], b"")
        self.assertEqual(self.store.batch_get_key_info(keys)[-1].size(), 0)
        self.assertEqual(self.store.is_exist("there"), 1)

    def test_empty_batches_give_empty_lists(self):
        store = self.store
        for answer in (store.batch_is_exist([]), store.get_batch(()), store.remove_batch([]), store.batch_get_key_info([]),
                       store.batch_put_from([], [], []), store.batch_get_into_layers([], [], []),
                       store.batch_alloc([], []), store.batch_write_finish([], []), store.batch_add_lease([])):
            self.assertEqual(answer, [])
        self.assertEqual((store.put_batch([], []), store.batch_copy([], [], []), store.batch_remove_lease([])), (0, 0, 0))

    def test_keys_are_text_or_bytes_of_limited_length(self):
        store = self.store
        self.assertEqual(store.put("schlüssel/鍵", b"value"), 0)
        self.assertEqual(store.get("schlüssel/鍵".encode()), b"value")
        self.assertEqual(store.put("k" * 256, b"value"), 0)
        for bad in ("", "k" * 257, "\ud800"):
            self.assertEqual(store.put(bad, b"value"), INVALID)
            self.assertEqual(store.batch_is_exist([bad, "there"]), [INVALID, 1])

    def test_replicas_have_limits(self):
        for bad in (ReplicateConfig(0), ReplicateConfig(9), ReplicateConfig(-1), ReplicateConfig(1 << 40),
                    ReplicateConfig(1, [0, 1]), ReplicateConfig(8, range(9)), ReplicateConfig(1, [-4])):
            self.assertLess(self.store.put("replicas", b"v", bad), 0, bad)
            self.assertLess(self.store.batch_put_from(["replicas"], [self.buffer.address], [10], 3, bad)[0], 0, bad)
        config = ReplicateConfig()
        config.pin = 1.5
        with self.assertRaisesRegex(TypeError, "'replicateConfig'.*pin"):
            self.store.put("replicas", b"v", config)
        config = ReplicateConfig()
        config.replicaNum = "two"
        with self.assertRaisesRegex(TypeError, "'replicateConfig'.*replicaNum"):
            self.store.put("replicas", b"v", config)

    def test_sequences_of_other_kinds_are_lists(self):
        p = self.buffer.address
        self.assertEqual(self.store.batch_get_into(("there",), array.array("Q", [p]), range(1000, 1001)), [0])
        self.assertEqual(self.store.batch_get_into_layers(
            ["there"], [memoryview(array.array("l", [p, p + 500]))], [(ctypes.c_uint64 * 2)(500, 500)]), [0])
        for bad in ({"there"}, {"there": 1}, iter(["there"]), None, 3, b"there", bytearray(b"there")):
            with self.assertRaises(TypeError):
                self.store.batch_is_exist(bad)

    def test_code_that_runs_inside_a_call_can_do_no_harm(self):
        victim = [Index(1), 2, 3]

        class Vandal(Index):
            def __index__(self):
                victim.clear()
                return 1

        victim[0] = Vandal(1)
        with self.assertRaisesRegex(TypeError, "changed while it was read"):
            self.store.batch_get_into(["a", "b", "c"], victim, [1, 1, 1])

        class Angry:
            def __index__(self):
                raise ValueError("no")

        with self.assertRaisesRegex(TypeError, "'ptr'"):
            self.store.get_into("there", Angry(), 1)
        with self.assertRaises(KeyboardInterrupt):
            self.store.get_into("there", type("I", (), {"__index__": lambda self: (_ for _ in ()).throw(KeyboardInterrupt)})(), 1)


class Fuzz(PoolTestCase):
    """Random objects for every argument of every call. Pointers are never random: a wild one faults, as anywhere."""

    LEFT_OUT = {"init", "close", "setup"}

    def thing(self, random_, depth=0):
        simple = (None, 0, -1, 1, 7, 1 << 63, 1 << 64, -(1 << 63), 3.5, float("nan"), "", "k", "\ud800", "k" * 300, b"", b"k",
                  bytearray(b"v"), memoryview(b"vv"), True, object, Index(2), Index(-9), ReplicateConfig(), (), [], {}, {1},
                  range(3), Ellipsis, array.array("i", [1, -1]), array.array("Q", [0]), array.array("d", [1.0]))
        if depth < 3 and random_.random() < 0.45:
            count = random_.choice((0, 1, 1, 2, 3, 300))
            kind = random_.choice((list, list, tuple))
            return kind(self.thing(random_, depth + 1) for _ in range(min(count, 3 if depth else 300)))
        return random_.choice(simple)

    def test_random_arguments_give_type_errors_or_codes(self):
        seed = int(os.environ.get("MMC_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
        random_ = random.Random(seed)
        names = [name for name in dir(DistributedObjectStore) if not name.startswith("_") and name not in self.LEFT_OUT]
        parameters = {name: list(inspect.signature(getattr(DistributedObjectStore, name)).parameters)[1:]
                      for name in names}
        closed = DistributedObjectStore()
        for place in range(8000):
            name = random_.choice(names)
            given = [self.thing(random_) for _ in range(random_.choice((len(parameters[name]), random_.randrange(7))))]
            # The open store must not be told of memory that is not there.
            pointed = {"ptr", "ptrs", "gvas"} & set(parameters[name])
            store = closed if pointed else self.store
            try:
                if random_.random() < 0.2:
                    answer = getattr(store, name)(**dict(zip(parameters[name], given)))
                else:
                    answer = getattr(store, name)(*given)
            except TypeError as error:
                self.assertIn(name, str(error))
                continue
            except BaseException as error:
                self.fail(f"MMC_TEST_SEED={seed}: call {place}: {name}({given}): {error!r}")
            self.assertIn(type(answer).__name__, ("int", "list", "bytes", "KeyInfo"),
                          f"MMC_TEST_SEED={seed}: {name}({given})")


if __name__ == "__main__":
    unittest.main()
