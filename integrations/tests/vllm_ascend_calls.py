"""The calls that vllm-ascend's AscendStoreConnector makes of memcache_hybrid with `backend: memcache`, and their order.

Written from what the connector asks of the store, not from its code: names, positional arguments, directions and which
process makes which call. It runs where vLLM and an NPU do not, with tensors in host memory.
"""

from typing import Any, Dict, List, Tuple

import torch

L2G, G2L = 0, 1
#: What the connector asks for with a reservation or a lease: the time of a layer-wise transfer of a long prompt.
LEASE_MS = 300_000

Rows = List[List[int]]


class Scheduler:
    """The connector in the engine's scheduler process: it only asks what is there."""

    def __init__(self, store: Any) -> None:
        self._store = store
        assert self._store.init(0, init_bm=False) == 0

    def hits(self, keys_of_blocks: Rows) -> int:
        """Blocks from the first on that every rank has stored."""
        keys = [key for block in keys_of_blocks for key in block]
        states = self._store.batch_is_exist(keys)
        assert len(states) == len(keys) and all(state in (0, 1) for state in states), states
        each = len(keys_of_blocks[0])
        complete = [all(states[first:first + each]) for first in range(0, len(states), each)]
        return complete.index(False) if False in complete else len(complete)

    def layerwise_hits(self, keys: List[str]) -> int:
        """Blocks from the first on that have an address."""
        infos = self._store.batch_get_key_info(keys)
        there = [bool(info.size() > 0 and info.gva_list()[0] > 0) for info in infos]
        return there.index(False) if False in there else len(there)


class Worker:
    """The connector in a worker process: it owns the device's KV caches, here some tensors a layer in host memory."""

    def __init__(self, store: Any, rank: int, caches: List[torch.Tensor]) -> None:
        self._store = store
        self._caches = caches
        assert self._store.init(rank, init_bm=True) == 0
        for cache in caches:
            assert self._store.register_buffer(cache.data_ptr(), cache.numel() * cache.element_size()) in (None, 0)

    # Whole blocks.

    def save(self, keys: List[str], blocks: List[int]) -> None:
        states = self._store.batch_is_exist(keys)
        missing = [index for index, state in enumerate(states) if state != 1]
        if missing:
            addresses, sizes = self._buffers([blocks[index] for index in missing])
            results = self._store.batch_put_from_layers([keys[index] for index in missing], addresses, sizes, L2G)
            assert results == [0] * len(missing), results

    def load(self, keys: List[str], blocks: List[int]) -> List[int]:
        return list(self._store.batch_get_into_layers(keys, *self._buffers(blocks), G2L))

    # Layer by layer, through addresses.

    def begin_layerwise_save(self, keys: List[str]) -> List[int]:
        addresses = self._store.batch_alloc(keys, [sum(self._block_bytes())] * len(keys), 1, LEASE_MS)
        assert len(addresses) == len(keys) and all(0 < address < 1 << 63 for address in addresses), addresses
        return list(addresses)

    def save_layer(self, addresses: List[int], blocks: List[int], layer: int) -> None:
        assert self._store.batch_copy(*self._layer(addresses, blocks, layer), L2G) == 0

    def finish_layerwise_save(self, keys: List[str]) -> None:
        assert list(self._store.batch_write_finish(keys, [0] * len(keys))) == [0] * len(keys)

    def begin_layerwise_load(self, keys: List[str]) -> Dict[str, int]:
        """Addresses of the blocks that are there, held by a lease; the others are to be computed."""
        infos = self._store.batch_get_key_info(keys, 1)
        found = {key: info.gva_list()[0] for key, info in zip(keys, infos) if info.size() > 0}
        assert all(len(info.gva_list()) == 1 for info in infos if info.size() > 0)
        leases = self._store.batch_add_lease(list(found), LEASE_MS) if found else []
        return {key: address for (key, address), status in zip(found.items(), leases) if status == 0}

    def load_layer(self, addresses: List[int], blocks: List[int], layer: int) -> None:
        assert self._store.batch_copy(*self._layer(addresses, blocks, layer), G2L) == 0

    def end_layerwise_load(self, keys: List[str]) -> None:
        assert self._store.batch_remove_lease(keys) == 0

    def close(self) -> None:
        for cache in self._caches:
            assert self._store.unregister_buffer(cache.data_ptr(), cache.numel() * cache.element_size()) in (None, 0)
        assert self._store.close() in (None, 0)

    def _block_bytes(self) -> List[int]:
        return [cache[0].numel() * cache.element_size() for cache in self._caches]

    def _buffers(self, blocks: List[int]) -> Tuple[Rows, Rows]:
        addresses = [[cache[block].data_ptr() for cache in self._caches] for block in blocks]
        return addresses, [self._block_bytes()] * len(blocks)

    def _layer(self, addresses: List[int], blocks: List[int], layer: int) -> Tuple[List[int], List[int], List[int]]:
        """One layer of some blocks: K and V of each are cut into two pieces, as the connector does with long ones."""
        globals_, locals_, sizes = [], [], []
        lengths = self._block_bytes()
        for base, block in zip(addresses, blocks):
            for cache in (2 * layer, 2 * layer + 1):
                half = lengths[cache] // 2
                for start, length in ((0, half), (half, lengths[cache] - half)):
                    globals_.append(base + sum(lengths[:cache]) + start)
                    locals_.append(self._caches[cache][block].data_ptr() + start)
                    sizes.append(length)
        return globals_, locals_, sizes
