"""MetaService: runs the program mmc_meta_service that lies in this package."""

import logging
import os
import signal
import stat
import threading
import time

from . import _store
from ._config import MetaConfig, settings_of
from ._status import MMC_INVALID_PARAMETER, MMC_NOT_STARTED, MMC_OK

_log = logging.getLogger("memcache_hybrid")

# A MetaService that is asked to end does so in milliseconds; it is promised within 10 s.
_END_SECONDS_MAX = 8

_settings = None


class _Ended(Exception):
    """SIGTERM came."""


class MetaService:
    """The process that knows where every object of a pool is."""

    @staticmethod
    def setup(config):
        """Takes the configuration for main(). Without it, main() reads the file that MMC_META_CONFIG_PATH names.

        Returns 0, or -3000 if a value can't be written into a configuration.
        """
        global _settings
        if not isinstance(config, MetaConfig):
            raise TypeError(f"setup(): argument 'config' must be a MetaConfig, not {type(config).__name__}")
        settings = settings_of(config)
        if settings is None:
            return MMC_INVALID_PARAMETER
        _settings = settings
        return MMC_OK

    @staticmethod
    def main():
        """Runs the MetaService until SIGTERM or SIGINT; it has ended when this returns, within 10 s of the signal.

        On SIGINT KeyboardInterrupt is raised after that, as by any call that Ctrl-C interrupts. It ends with this process,
        whatever that dies of.

        Returns 0 after SIGTERM; else the exit code of a MetaService that ended by itself, such as 1 if it could not start;
        -3003 if it could not be run at all.
        """
        try:
            return _run()
        except OSError as error:
            _log.error("mmc_meta_service could not be run: %s", error)
            return MMC_NOT_STARTED


def _program():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "mmc_meta_service")
    mode = os.stat(path).st_mode
    if not mode & stat.S_IXUSR:
        # Some installers drop the bit that says a file of a wheel is a program.
        os.chmod(path, mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return path


def _start():
    arguments = [_program()]
    environment = dict(os.environb)
    settings = _settings
    if settings is not None:
        environment.pop(b"MMC_META_CONFIG_PATH", None)
        settings = [("ock.mmc.log_output_target", "both"), *settings]
    elif not environment.get(b"MMC_META_CONFIG_PATH"):
        settings = [("ock.mmc.log_output_target", "both")]
    for key, value in settings or []:
        arguments += ["--set", f"{key}={value}"]
    return _store.spawn([os.fsencode(argument) for argument in arguments],
                        [name + b"=" + value for name, value in environment.items()])


def _run():
    """Runs the child. Only the main thread may take signals; in another one, the process's end ends the child."""
    in_main = threading.current_thread() is threading.main_thread()
    before = None
    child = 0
    ended = False

    def end(_number, _frame):
        nonlocal ended
        if not ended:
            ended = True
            raise _Ended
        if child:
            os.kill(child, signal.SIGKILL)

    try:
        if in_main:
            before = signal.signal(signal.SIGTERM, end)
        child = _start()
        return _exit_code(os.waitpid(child, 0)[1])
    except _Ended:
        _end(child)
        return MMC_OK
    except BaseException:
        ended = True
        _end(child)
        raise
    finally:
        if in_main:
            signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _end(child):
    """Asks the child to end, and makes it end."""
    if not child:
        return
    deadline = time.monotonic() + _END_SECONDS_MAX
    try:
        os.kill(child, signal.SIGTERM)
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return
            time.sleep(0.01)
    except (ChildProcessError, ProcessLookupError):
        pass  # it is gone already


def _exit_code(status):
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
