#!/usr/bin/env bash
# Runs kubelet in a new mount namespace: with-own-sysctls.sh DIR COMMAND...
# Kubelet sets sysctls of the whole machine unless it finds them set: here it does, so the machine's
# keep their values, and pods and containerd go on seeing those.
set -euo pipefail

dir=$1
shift
mkdir -p "$dir"
# Only /proc: what kubelet mounts for pods must reach containerd.
mount --make-rprivate /proc
while read -r path value; do
  file=$dir/${path//\//.}
  printf '%s\n' "$value" >"$file"
  mount --bind "$file" "/proc/sys/$path"
done <<'WANTED'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
WANTED
exec "$@"
