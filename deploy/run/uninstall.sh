#!/bin/sh
# Removes what the package of memcache_hybrid installed beside this script.
set -eu

is_quiet=no
has_purge=no

usage() {
  cat << USAGE
usage: sh uninstall.sh [--purge] [--quiet]

Removes what was installed in $root. Changed files in config and log files stay, and are named.

  --purge  removes those too
  --quiet  says nothing unless something is wrong
USAGE
}

say() {
  [ "$is_quiet" = yes ] || printf '%s\n' "$*"
}

fail() {
  printf 'uninstall.sh: %s\n' "$*" >&2
  exit 1
}

check_idle() {
  [ -w "$root" ] || fail "no right to write to $root"
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe" 2> /dev/null || true)
    case $program in
      "$root"/*)
        fail "$(basename "${program% (deleted)}") is running from $root (process ${process#/proc/}): stop it first"
        ;;
    esac
  done
}

# The log files, where the MetaService's configuration puts them.
log_directory() {
  path=
  [ ! -r "$root/config/mmc-meta.conf" ] ||
    path=$(sed -n 's/^[[:space:]]*ock\.mmc\.log_path[[:space:]]*=[[:space:]]*\([^[:space:]]*\).*/\1/p' "$root/config/mmc-meta.conf" | tail -n 1)
  printf '%s/logs\n' "${path:-/var/log/memcache_hybrid}"
}

remove_logs() {
  logs=$(log_directory)
  if [ "$has_purge" = yes ]; then
    for file in "$logs"/mmc-meta*.log "$logs"/mmc-local-*.log; do
      [ ! -f "$file" ] || rm -f "$file"
    done
  fi
  if rmdir "$logs" 2> /dev/null; then
    rmdir "$(dirname "$logs")" 2> /dev/null || true
  elif [ -w "$logs" ]; then
    say "kept: $logs"
  fi
}

# Of the Unix sockets; the MetaService removes those themselves when it ends.
remove_sockets() {
  for directory in "${XDG_RUNTIME_DIR:-/nonexistent}/memcache" "/tmp/memcache-$(id -u)"; do
    [ ! -O "$directory" ] || rmdir "$directory" 2> /dev/null || true
  done
}

same() {
  [ -e "$2" ] && [ "$(sha256sum < "$1")" = "$(sha256sum < "$2")" ]
}

remove_config() {
  for file in "$root"/config/*; do
    name=$(basename "${file%.new}")
    if [ -f "$file" ] && { [ "$has_purge" = yes ] || [ "$file" != "${file%.new}" ] ||
      same "$file" "$root/latest/share/config/$name"; }; then
      rm -f "$file"
    elif [ -e "$file" ]; then
      say "kept: $file"
    fi
  done
}

remove_version() {
  while read -r file; do
    case $file in
      */) rmdir "$1/$file" 2> /dev/null || true ;;
      *) rm -f "$1/$file" ;;
    esac
  done < "$1/.files"
  rm -f "$1/.files"
  rmdir "$1" 2> /dev/null || true
}

remove_versions() {
  remove_version "$(readlink -f "$root/latest")"
  rm -f "$root/latest" "$root/set_env.sh" "$root/uninstall.sh"
  rmdir "$root/config" 2> /dev/null || true
  rmdir "$root" 2> /dev/null || true
}

main() {
  root=$(dirname "$(dirname "$(readlink -f "$0")")")
  [ -e "$root/latest/.files" ] || fail "this is not the script of an installation: $root has no list of what was installed"
  for argument in "$@"; do
    case $argument in
      --purge) has_purge=yes ;;
      --quiet | -q) is_quiet=yes ;;
      --help | -h)
        usage
        return
        ;;
      *) fail "unknown option '$argument'; see --help" ;;
    esac
  done
  check_idle
  cd /
  remove_logs
  remove_sockets
  remove_config
  remove_versions
  if [ -e "$root" ]; then
    say "memcache_hybrid is removed; what was not installed is left in $root"
  else
    say "memcache_hybrid is removed"
  fi
}

main "$@"
exit 0
