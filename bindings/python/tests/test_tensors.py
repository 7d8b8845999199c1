"""Every call with torch tensors' data_ptr(); lists of numpy's integers, and arrays of them."""

import unittest

import numpy
import torch

from memcache_hybrid import G2L, L2G
from support import PoolTestCase
from tensors import TensorMemory
import test_calls


class TensorCalls(test_calls.Calls):
    memory = TensorMemory


class Kinds(PoolTestCase):
    def test_numpy_integers_and_arrays_are_pointers_and_sizes(self):
        sources = torch.arange(4 * 1000, dtype=torch.int32).reshape(4, 1000)
        targets = torch.zeros_like(sources)
        keys = [self.key(place) for place in range(4)]
        first = [row.data_ptr() for row in sources]
        for kind in (numpy.array, lambda items, dtype: [dtype(item) for item in items]):
            self.store.remove_batch(keys)
            self.assertEqual(self.store.batch_put_from(
                keys, kind(first, dtype=numpy.uint64), kind([4000] * 4, dtype=numpy.int32), L2G), [0] * 4)
            targets.zero_()
            self.assertEqual(self.store.batch_get_into_layers(
                keys, [kind([row.data_ptr(), row.data_ptr() + 1000], dtype=numpy.int64) for row in targets],
                [kind([1000, 3000], dtype=numpy.int64)] * 4, G2L), [0] * 4)
            self.assertTrue(torch.equal(sources, targets))
        pointers = numpy.array([[row.data_ptr()] for row in targets], dtype=numpy.int64)
        self.assertEqual(self.store.batch_get_into_layers(keys, pointers, numpy.full((4, 1), 4000)), [0] * 4)
        self.assertEqual(self.store.batch_get_into(keys, [row.data_ptr() for row in targets], [torch.tensor(4000)] * 4),
                         [0] * 4)
        answer = self.store.batch_get_into(keys, numpy.array([-1, 0, -5, 0]), numpy.array([4000] * 4))
        self.assertTrue(all(code < 0 for code in answer), answer)

    def test_arrays_are_values(self):
        array = numpy.arange(10000, dtype=numpy.float32).reshape(100, 100)
        self.assertEqual(self.store.put(self.key("array"), array), 0)
        self.assertEqual(self.store.get(self.key("array")), array.tobytes())
        self.assertEqual(self.store.put_batch([self.key("rows")], [array[3]]), 0)
        self.assertEqual(self.store.get(self.key("rows")), array[3].tobytes())
        with self.assertRaisesRegex(TypeError, "'buf'"):
            self.store.put(self.key("columns"), array[:, 3])

    def test_one_object_of_255_layers(self):
        block = torch.randint(0, 256, (255, 64), dtype=torch.uint8)
        copy = torch.zeros_like(block)
        sizes = [64] * 255
        self.assertEqual(self.store.put_from_layers(self.key("b"), [row.data_ptr() for row in block], sizes), 0)
        self.assertEqual(self.store.get_into_layers(self.key("b"), [row.data_ptr() for row in copy], sizes), 0)
        self.assertTrue(torch.equal(block, copy))
        self.assertEqual(self.store.put_from_layers(self.key("c"), [copy.data_ptr()] * 256, [1] * 256), -3000)


if __name__ == "__main__":
    unittest.main()
