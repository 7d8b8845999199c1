#!/usr/bin/env bash
# Starts the aarch64 programs under qemu-user and puts and gets objects with a C program of that processor.
#   smoke_aarch64.sh NATIVE: the directory of the programs and the library
set -euo pipefail

native=$(readlink -f "$1")
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
scratch=$(mktemp -d)
memory=$(mktemp -d -p /dev/shm memcache-smoke-XXXXXX)
service=

clean_up() {
  if [[ -n $service ]]; then
    kill "$service" 2> /dev/null || true
    wait "$service" 2> /dev/null || true
  fi
  rm -rf "$scratch" "$memory"
}
trap clean_up EXIT

emulate() {
  exec qemu-aarch64-static -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$native" "$@"
}

(emulate "$native/mmc" version)
(emulate "$native/mmc_meta_service" --log-output-target screen --set "ock.mmc.meta_service.socket_path=$scratch" \
  --meta-service-url "unix://$scratch/data" --config-store-url "unix://$scratch/membership" \
  --metrics-url http://127.0.0.1:"${MMC_SMOKE_PORT:-18734}") > "$scratch/log" 2>&1 &
service=$!
for ((i = 0; i < 600; i++)); do
  ! grep -q ' ready' "$scratch/log" && kill -0 "$service" 2> /dev/null || break
  sleep 0.1
done
grep -q ' ready' "$scratch/log" || {
  cat "$scratch/log" >&2
  exit 1
}
aarch64-linux-gnu-gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -I "$root/bindings/c/include" "$root/examples/c/blocks.c" \
  -o "$scratch/blocks" -L "$native" -lmf_memcache -pthread
cat > "$scratch/local.conf" << CONFIG
ock.mmc.meta_service_url = unix://$scratch/data
ock.mmc.local_service.config_store_url = unix://$scratch/membership
ock.mmc.local_service.shm.path = $memory
ock.mmc.local_service.dram.size = 64MB
ock.mmc.local_service.protocol = host_shm
CONFIG
(emulate -E "MMC_LOCAL_CONFIG_PATH=$scratch/local.conf" "$scratch/blocks")
