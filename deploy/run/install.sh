#!/bin/sh
# memcache_hybrid @VERSION@ for Linux on @ARCH@: the files follow this script as a tar archive, compressed by gzip.
# Needs a POSIX shell, coreutils, sed, tar and gzip.
set -eu
umask 022

version=@VERSION@
arch=@ARCH@
glibc_minor=@GLIBC_MINOR@
unpacked_kib=@UNPACKED_KIB@
payload_sha256=@PAYLOAD_SHA256@
header_lines=@HEADER_LINES@
product=memcache_hybrid

self=$0
parent=/usr/local
is_quiet=no
staging=

usage() {
  cat << USAGE
memcache_hybrid $version for Linux on $arch: a pool of memory for the KV caches of LLM engines.

usage: sh $(basename "$self") [--install-path=DIRECTORY] [--quiet]

  --install-path=DIRECTORY  installs into DIRECTORY/$product (default $parent)
  --quiet                   says nothing unless something is wrong
  --check                   only compares the files in this package with their checksum
  --version                 only prints the version
  --help                    only prints this text

Installed are bin, lib64, include, config, the Python wheel, manuals, set_env.sh and uninstall.sh, in a directory of the
version; 'latest' leads to it. Over an older or newer version: that one is replaced, changed files in config are kept.
USAGE
}

say() {
  [ "$is_quiet" = yes ] || printf '%s\n' "$*"
}

fail() {
  printf '%s: %s\n' "$(basename "$self")" "$*" >&2
  exit 1
}

payload() {
  tail -n "+$((header_lines + 1))" "$self"
}

check_payload() {
  found=$(payload | sha256sum | cut -d ' ' -f 1)
  [ "$found" = "$payload_sha256" ] ||
    fail "this package is damaged: its files have the checksum $found instead of $payload_sha256; get it again"
}

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "this package is for Linux; this is $(uname -s)"
  [ "$(uname -m)" = "$arch" ] || fail "this package is for $arch; this machine is $(uname -m)"
  found=$(getconf GNU_LIBC_VERSION 2> /dev/null || true)
  case $found in
    'glibc 2.'*)
      minor=${found#glibc 2.}
      [ "${minor%%.*}" -ge "$glibc_minor" ] || fail "this package needs glibc 2.$glibc_minor or later; this machine has $found"
      ;;
  esac
}

# A path that scripts and libraries' search lists can hold as it is.
check_path() {
  case $parent in
    /*) ;;
    *) parent=$(pwd)/$parent ;;
  esac
  case $parent in
    *[!A-Za-z0-9/._+@=,~-]*)
      fail "the path '$parent' has a character that is not a letter, a digit or one of / . _ + @ = , ~ -"
      ;;
  esac
  while [ "$parent" != / ] && [ "${parent%/}" != "$parent" ]; do
    parent=${parent%/}
  done
  root=${parent%/}/$product
}

# The nearest directory that is there already.
existing() {
  directory=$1
  while [ ! -d "$directory" ]; do
    directory=$(dirname "$directory")
  done
  printf '%s\n' "$directory"
}

check_place() {
  [ ! -e "$root" ] || [ -d "$root" ] || fail "$root is there, and is no directory"
  place=$(existing "$root")
  [ -w "$place" ] || fail "no right to write to $place: run this as root, or give another --install-path"
  free_kib=$(df -k --output=avail "$place" | tail -n 1)
  [ "$free_kib" -ge $((unpacked_kib + 1024)) ] ||
    fail "no space: $place has $((free_kib / 1024)) MiB left, $((unpacked_kib / 1024 + 1)) MiB are needed"
}

# What runs from the place that is to change: its programs would lose their files.
check_idle() {
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe" 2> /dev/null || true)
    case $program in
      "$root"/*)
        fail "$(basename "${program% (deleted)}") is running from $root (process ${process#/proc/}): stop it first"
        ;;
    esac
  done
}

clean_up() {
  [ -z "$staging" ] || rm -rf "$staging"
}

unpack() {
  mkdir -p "$root"
  staging=$root/.installing.$$
  trap clean_up EXIT
  trap 'exit 130' HUP INT TERM
  mkdir "$staging"
  payload | tar -xzf - -C "$staging" || fail "the files could not be written to $root"
  sed "s|@ROOT@|$root|g" "$staging/set_env.sh" > "$staging/set_env.sh.new"
  mv "$staging/set_env.sh.new" "$staging/set_env.sh"
}

same() {
  [ -e "$2" ] && [ "$(sha256sum < "$1")" = "$(sha256sum < "$2")" ]
}

# remove_version DIRECTORY: what was installed there; what somebody else put there stays.
remove_version() {
  [ -e "$1/.files" ] || return 0
  while read -r file; do
    case $file in
      */) rmdir "$1/$file" 2> /dev/null || true ;;
      *) rm -f "$1/$file" ;;
    esac
  done < "$1/.files"
  rm -f "$1/.files"
  rmdir "$1" 2> /dev/null || true
}

# place_config NEW OLD: a file as it was installed is replaced by the new one; a changed one stays, and a new one that
# differs from what it was made from lies beside it as .new.
place_config() {
  mkdir -p "$root/config"
  for file in "$1"/*; do
    name=$(basename "$file")
    target=$root/config/$name
    if [ ! -e "$target" ] || same "$target" "$2/$name"; then
      cp "$file" "$target.installing"
      mv "$target.installing" "$target"
    elif ! same "$file" "$target" && ! same "$file" "$2/$name"; then
      cp "$file" "$target.new"
      say "kept: $target, which was changed; the new defaults are in $name.new"
    fi
  done
}

# link NAME TARGET: in one step, so that there is always one.
link() {
  ln -s "$2" "$root/.link.$$"
  mv -fT "$root/.link.$$" "$root/$1"
}

# The files that somebody put into the directory of this very version come along.
replace_version() {
  before=$root/.replaced.$$
  mv -T "$root/$version" "$before"
  mv -T "$staging" "$root/$version"
  remove_version "$before"
  if [ -d "$before" ]; then
    cp -a "$before/." "$root/$version/"
    rm -rf "$before"
  fi
}

install() {
  unpack
  old=$(readlink "$root/latest" 2> /dev/null || true)
  place_config "$staging/share/config" "$root/${old:-none}/share/config"
  if [ -d "$root/$version" ]; then
    replace_version
  else
    mv -T "$staging" "$root/$version"
  fi
  staging=
  link latest "$version"
  link set_env.sh latest/set_env.sh
  link uninstall.sh latest/uninstall.sh
  for list in "$root"/*/.files; do
    other=$(dirname "$list")
    if [ "$other" != "$root/latest" ] && [ "$other" != "$root/$version" ]; then
      remove_version "$other"
      [ ! -e "$other" ] || say "kept, for they were not installed: the files in $other"
    fi
  done
}

report() {
  if [ -n "$old" ] && [ "$old" != "$version" ]; then
    say "memcache_hybrid $version is in $root/$version, in the place of $old"
  else
    say "memcache_hybrid $version is in $root/$version"
  fi
  say ""
  say "  . $root/set_env.sh                                # PATH, LD_LIBRARY_PATH, names of the configuration files"
  say "  mmc_meta_service                                  # reads $root/config/mmc-meta.conf"
  say "  python3 -m pip install $root/latest/wheel/*.whl   # the Python package"
  say "  sh $root/uninstall.sh"
}

main() {
  action=install
  while [ $# -gt 0 ]; do
    case $1 in
      --install-path=?*) parent=${1#*=} ;;
      --install-path)
        [ $# -gt 1 ] || fail "--install-path needs a directory"
        shift
        parent=$1
        ;;
      --quiet | -q) is_quiet=yes ;;
      --check) action=check ;;
      --version) action=version ;;
      --help | -h) action=help ;;
      *) fail "unknown option '$1'; see --help" ;;
    esac
    shift
  done
  case $action in
    help) usage ;;
    version) printf '%s\n' "$version" ;;
    check)
      check_payload
      say "the files of memcache_hybrid $version for $arch are whole"
      ;;
    install)
      check_machine
      check_path
      check_payload
      check_place
      check_idle
      install
      report
      ;;
  esac
}

main "$@"
exit 0
