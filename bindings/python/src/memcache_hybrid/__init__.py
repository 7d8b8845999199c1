"""MemCache: a pool of memory for the KV caches of LLM engines.

A store of the pool in this process is a DistributedObjectStore; a pool needs one MetaService::

    store = DistributedObjectStore()
    config = LocalConfig()
    config.meta_service_url = "tcp://10.0.0.1:5000"
    config.config_store_url = "tcp://10.0.0.1:6000"
    config.dram_size = "4GB"
    assert store.setup(config) == 0 and store.init(0) == 0
    store.put("key", b"value")
    assert store.get("key") == b"value"
    store.close()

What goes wrong at run time is a code (see ``status``), never an exception; an argument of a wrong type is a TypeError.
"""

from . import _status as status
from ._config import LocalConfig, MetaConfig, ReplicateConfig
from ._meta_service import MetaService
from ._store import AUTO, G2H, G2L, H2G, L2G, DistributedObjectStore, KeyInfo, __version__, last_error

__all__ = [
    "AUTO",
    "DistributedObjectStore",
    "G2H",
    "G2L",
    "H2G",
    "KeyInfo",
    "L2G",
    "LocalConfig",
    "MetaConfig",
    "MetaService",
    "ReplicateConfig",
    "__version__",
    "last_error",
    "status",
]
