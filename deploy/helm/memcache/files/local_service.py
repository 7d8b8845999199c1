"""Contributes memory to a pool and does nothing else, until SIGTERM.

Its configuration is the file that MMC_LOCAL_CONFIG_PATH names, and the environment. The file READY exists while this process is a member.
"""

import os
import signal
import sys
import threading

from memcache_hybrid import DistributedObjectStore, last_error

READY = os.environ.get("MMC_READY_FILE", "/run/memcache/ready")
RETRY_SECONDS = 2
LOOK_SECONDS = 5

ended = threading.Event()


def say(text):
    print(f"local_service: {text}", file=sys.stderr, flush=True)


def set_ready(is_ready):
    if is_ready:
        with open(READY, "w", encoding="utf-8"):
            pass
    elif os.path.exists(READY):
        os.unlink(READY)


def opened():
    """A store that has joined; None when we are to end first. The MetaService may come up after us."""
    reason = ""
    while not ended.is_set():
        store = DistributedObjectStore()
        if store.init(0) == 0:
            return store
        if last_error() != reason:
            reason = last_error()
            say(f"not a member yet: {reason}")
        store.close()
        ended.wait(RETRY_SECONDS)
    return None


def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    set_ready(False)
    store = opened()
    if store is None:
        return
    say(f"contributes memory as rank {store.get_local_service_id()}")
    set_ready(True)
    # The store joins again by itself whenever it has to: a pod that is cut off for a while keeps what it holds.
    while not ended.wait(LOOK_SECONDS):
        set_ready(store.get_local_service_id() >= 0)
    say("leaves")
    set_ready(False)
    # With leave.policy = move this returns when the objects are elsewhere, or the time is over.
    store.close()
    say("has left")


if __name__ == "__main__":
    main()
