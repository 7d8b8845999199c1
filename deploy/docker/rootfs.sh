#!/usr/bin/env bash
# The content of the image without a container engine: what the Dockerfile says, done by debootstrap in a directory.
#
#   rootfs.sh build PACKAGE.deb DIRECTORY      makes the root file system
#   rootfs.sh pack DIRECTORY FILE.tar.gz       for `docker import FILE.tar.gz`, or any engine that takes an archive
#   rootfs.sh run DIRECTORY [COMMAND...]       runs it as a container would: own processes, network, mounts; user 10001; a root
#                                              that can't be written. Without a command: the MetaService
set -euo pipefail

suite=bookworm

fail() {
  printf 'rootfs.sh: %s\n' "$*" >&2
  exit 1
}

build() {
  local package=$1 root=$2
  [[ -f $package ]] || fail "$package is missing: ./mmc package makes it"
  [[ ! -e $root ]] || fail "$root is there already"
  debootstrap --variant=minbase --include=libssl3,python3 "$suite" "$root"
  cp "$package" "$root/tmp/memcache.deb"
  chroot "$root" dpkg -i /tmp/memcache.deb
  rm -rf "$root"/tmp/memcache.deb "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
}

pack() {
  tar -c --sort=name --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -C "$1" . | gzip -n > "$2"
}

# Everything is mounted in a namespace of its own, so nothing stays behind.
run() {
  local root=$1
  shift
  (($# > 0)) || set -- mmc_meta_service --config /etc/memcache/mmc-meta.conf --log-output-target screen
  # shellcheck disable=SC2016
  exec unshare --mount --net --pid --ipc --uts --fork --kill-child sh -ec '
    root=$1
    shift
    mount --make-rprivate /
    mount --bind -o ro "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount -t proc none "$root/proc"
    mount -t tmpfs -o mode=1777 none "$root/tmp"
    mount -t tmpfs -o mode=755 none "$root/dev"
    for device in null zero random urandom; do
      : > "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    ln -s /proc/self/fd "$root/dev/fd"
    mkdir -m 1777 "$root/dev/shm"
    mount -t tmpfs -o mode=1777 none "$root/dev/shm"
    PATH=$PATH:/usr/sbin:/sbin ip link set lo up
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
      chroot --userspec=10001:10001 "$root" "$@"' sh "$root" "$@"
}

case ${1:-}:$# in
  build:3) build "$2" "$3" ;;
  pack:3) pack "$2" "$3" ;;
  run:1 | :*) sed -n '2,8s/^# \{0,1\}//p' "$0" ;;
  run:*) run "${@:2}" ;;
  *) fail "unknown command, or wrong number of arguments: $*" ;;
esac
