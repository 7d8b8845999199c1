"""Builds the Python package: the extension, a directory to import from, the wheel. Needs Python's headers, cc, objdump.

    python3 build.py stage [DIRECTORY]   an importable memcache_hybrid (default artifacts/python)
    python3 build.py wheel [DIRECTORY]   the wheel (default artifacts/package)

Both take libmf_memcache.so and mmc_meta_service from artifacts/native, or from --native DIRECTORY. It is
a PEP 517 build backend too.
"""

import argparse
import base64
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NATIVE = ROOT / "artifacts" / "native"
NAME = "memcache_hybrid"

# The extension uses the limited API of this version and nothing that a later one has dropped.
PYTHON_TAG = "cp38-abi3"

# What every Linux has; anything else would have to be in the wheel.
SYSTEM_LIBRARIES = re.compile(r"(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|ld-linux-.*)\.so\.\d+$")

# The oldest glibc that a tag can name for Python 3.8's pip.
GLIBC_MINOR_MIN = 17


def version():
    text = (ROOT / "Directory.Build.props").read_text(encoding="utf-8")
    return re.search(r"<VersionPrefix>([^<]+)</VersionPrefix>", text).group(1)


def run(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(f"build.py: failed: {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def headers():
    include = pathlib.Path(sysconfig.get_path("include"))
    if not (include / "Python.h").exists():
        raise SystemExit(f"build.py: {include}/Python.h is missing: install python3-dev")
    return include


def compile_extension(native, target):
    run(os.environ.get("CC", "cc"), "-O2", "-g0", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fPIC",
        "-fvisibility=hidden", "-fno-plt", "-flto", "-I", headers(), "-I", ROOT / "bindings" / "c" / "include",
        "-shared", *sorted((HERE / "extension").glob("*.c")), "-o", target, "-L", native, "-lmf_memcache",
        "-Wl,-rpath,$ORIGIN", "-Wl,-z,relro,-z,now", "-Wl,--no-undefined,--unresolved-symbols=ignore-in-object-files")


def stage(directory, native=NATIVE):
    """Puts a complete package into `directory`; what a program may have loaded is replaced, never written over."""
    native = pathlib.Path(native)
    for needed in ("libmf_memcache.so", "mmc_meta_service"):
        if not (native / needed).exists():
            raise SystemExit(f"build.py: {native / needed} is missing: run ./mmc package first")
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        package = pathlib.Path(scratch) / NAME
        shutil.copytree(HERE / "src" / NAME, package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "deploy" / "config", package / "config")
        (package / "bin").mkdir()
        shutil.copy(native / "libmf_memcache.so", package)
        shutil.copy(native / "mmc_meta_service", package / "bin")
        compile_extension(native, package / "_store.abi3.so")
        shutil.rmtree(directory / NAME, ignore_errors=True)
        package.rename(directory / NAME)
    return directory / NAME


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def platform_tag(package):
    """The tag of the least glibc that the programs' symbols ask for; fails if they ask for what is not everywhere."""
    minor = GLIBC_MINOR_MIN
    for path in sorted(package.rglob("*")):
        if not path.is_file() or not is_elf(path):
            continue
        for needed in re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", path)):
            if not SYSTEM_LIBRARIES.match(needed) and not (package / needed).exists():
                raise SystemExit(f"build.py: {path.name} needs {needed}, which is not everywhere")
        for found in re.findall(r"\(?GLIBC_2\.(\d+)", run("objdump", "-T", path)):
            minor = max(minor, int(found))
    return f"manylinux_2_{minor}_{platform.machine()}"


def metadata():
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    return (f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version()}\n"
            "Summary: MemCache: a pool of memory for the KV caches of LLM engines\nLicense: Apache-2.0\n"
            "Classifier: License :: OSI Approved :: Apache Software License\n"
            "Classifier: Operating System :: POSIX :: Linux\nClassifier: Programming Language :: Python :: 3\n"
            f"Requires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n{readme}")


def licenses():
    """Ours, and those of what is linked into the native programs."""
    yield "LICENSE", (ROOT / "LICENSE").read_bytes()
    yield "THIRD-PARTY.md", (HERE / "THIRD-PARTY.md").read_bytes()
    dotnet = os.environ.get("DOTNET_ROOT") or os.path.dirname(os.path.realpath(shutil.which("dotnet") or "/"))
    for name in ("LICENSE.txt", "ThirdPartyNotices.txt"):
        path = pathlib.Path(dotnet) / name
        if path.exists():
            yield f"dotnet/{name}", path.read_bytes()


class Wheel:
    """A zip file with a list of its content. The same input gives the same bytes."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._record = []

    def add(self, name, content, is_program=False):
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = (0o100755 if is_program else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(content)}\n")

    def close(self, information):
        name = f"{information}/RECORD"
        self._record.append(f"{name},,\n")
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o100644 << 16
        self._zip.writestr(entry, "".join(self._record))
        self._zip.close()


def wheel(directory, native=NATIVE):
    """Builds the wheel; returns its path."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        package = stage(scratch, native)
        tag = f"{PYTHON_TAG}-{platform_tag(package)}"
        information = f"{NAME}-{version()}.dist-info"
        path = directory / f"{NAME}-{version()}-{tag}.whl"
        file = Wheel(path)
        for source in sorted(path for path in package.rglob("*") if path.is_file()):
            file.add(f"{NAME}/{source.relative_to(package)}", source.read_bytes(), is_elf(source))
        file.add(f"{information}/METADATA", metadata().encode())
        file.add(f"{information}/WHEEL", (f"Wheel-Version: 1.0\nGenerator: memcache build.py\n"
                                          f"Root-Is-Purelib: false\nTag: {tag}\n").encode())
        for name, content in licenses():
            file.add(f"{information}/licenses/{name}", content)
        file.close(information)
    return path


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 517."""
    return wheel(wheel_directory).name


def build_sdist(sdist_directory, config_settings=None):
    """PEP 517. The programs in the wheel are built by ./mmc, so there is no source distribution."""
    raise SystemExit("build.py: there is no source distribution; run ./mmc package")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("stage", "wheel"))
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--native", default=NATIVE)
    given = parser.parse_args()
    if given.what == "stage":
        print(stage(given.directory or ROOT / "artifacts" / "python", given.native))
    else:
        print(wheel(given.directory or ROOT / "artifacts" / "package", given.native))


if __name__ == "__main__":
    sys.exit(main())
