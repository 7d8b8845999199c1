"""From an engine's extra configuration to a store that has joined the pool."""

import difflib
import os
from typing import Any, Dict, Mapping, Optional

#: Under this key the engine's extra configuration holds what is meant for MemCache. Everything beside it belongs to
#: the engine.
SECTION = "memcache"

#: Where the store finds its configuration if the section names nothing.
CONFIG_PATH_VARIABLE = "MMC_LOCAL_CONFIG_PATH"


class SettingsError(ValueError):
    """The configuration cannot work. The text says which key, what is wrong and what would be right."""


def section(extra_config: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
    """The part of the engine's extra configuration that is meant for MemCache; empty if there is none."""
    found = (extra_config or {}).get(SECTION)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise SettingsError(
            f"extra config: '{SECTION}' is {found!r}, but it has to be an object of settings, "
            f'such as {{"meta_service_url": "tcp://10.0.0.1:5000", "dram_size": "8GB"}}'
        )
    return dict(found)


def take(settings: Dict[str, Any], name: str, kind: type, default: Any) -> Any:
    """Removes one of the adapter's own settings and returns it; what stays is for the store."""
    value = settings.pop(name, default)
    if value is not default and (not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool)):
        raise SettingsError(f"extra config: '{SECTION}.{name}' is {value!r}, but it has to be of type {kind.__name__}")
    return value


def open_store(settings: Mapping[str, Any], device_id: int, provides_memory: bool = True) -> Any:
    """Creates a store and lets it join the pool.

    ``settings`` are keys of mmc-local.conf, either in full (``ock.mmc.local_service.dram.size``) or as attributes of
    ``LocalConfig`` (``dram_size``). Without any, the store reads the file that MMC_LOCAL_CONFIG_PATH names.

    Raises SettingsError or RuntimeError with a sentence for the operator. This is the start of the engine, the one
    moment when raising is right.
    """
    hybrid = _import_hybrid()
    store = hybrid.DistributedObjectStore()
    if settings:
        status = store.setup(_local_config(hybrid.LocalConfig(), settings))
        if status != 0:
            raise SettingsError(
                f"the store refuses the settings under '{SECTION}' (status {status}): {_reason(hybrid, settings)}"
            )
    else:
        _require_config_file()
    status = store.init(device_id, provides_memory)
    if status != 0:
        reason = _reason(hybrid, settings)
        store.close()
        raise RuntimeError(
            f"cannot join the MemCache pool (init returned status {status}): {reason}. "
            f"Is the MetaService running, and is its address right?"
        )
    return store


def _import_hybrid() -> Any:
    try:
        import memcache_hybrid
    except ImportError as error:
        raise RuntimeError(f"the Python package memcache_hybrid is not installed here ({error})") from error
    return memcache_hybrid


def _local_config(config: Any, settings: Mapping[str, Any]) -> Any:
    for name, value in settings.items():
        attribute = _attribute(config, name)
        if attribute is None:
            known = [known for known in dir(config) if not known.startswith("_")]
            close = difflib.get_close_matches(name.split(".")[-1], known, n=1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise SettingsError(f"extra config: '{SECTION}.{name}' is not a setting of the store{hint}")
        setattr(config, attribute, value)
    return config


def _attribute(config: Any, name: str) -> Optional[str]:
    """The attribute of LocalConfig that stands for a key of mmc-local.conf, or for itself."""
    words = name
    for prefix in ("ock.mmc.", "local_service."):
        words = words[len(prefix):] if words.startswith(prefix) else words
    words = words.replace(".", "_")
    # `client.retry_milliseconds` keeps its first word as an attribute, `client.read_thread_pool.size` does not.
    candidates = (words, words[len("client_"):] if words.startswith("client_") else words)
    return next((candidate for candidate in candidates if hasattr(config, candidate)), None)


def _require_config_file() -> None:
    path = os.environ.get(CONFIG_PATH_VARIABLE)
    if not path:
        raise SettingsError(
            f"no configuration: put settings under '{SECTION}' in the engine's extra config, "
            f"or let the environment variable {CONFIG_PATH_VARIABLE} name an mmc-local.conf"
        )
    if not os.path.isfile(path):
        raise SettingsError(f"{CONFIG_PATH_VARIABLE} names {path!r}, but there is no such file")


def _reason(hybrid: Any, settings: Mapping[str, Any]) -> str:
    """What the store itself says, if this version of the package can tell, and where the configuration came from."""
    last_error = getattr(hybrid, "last_error", None)
    text = last_error() if callable(last_error) else ""
    source = f"extra config, {dict(settings)!r}" if settings else f"file {os.environ.get(CONFIG_PATH_VARIABLE)!r}"
    return f"{text} ({source})" if text else source
