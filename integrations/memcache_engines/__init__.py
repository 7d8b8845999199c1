"""Adapters that let inference engines use a MemCache pool.

``memcache_engines.sglang``   SGLang HiCache, through its ``dynamic`` storage backend
``memcache_engines.lmcache``  LMCache, as a storage plug-in

Each is imported by its engine only. What they share is in ``settings`` (configuration) and ``store`` (calls that
never raise).
"""
