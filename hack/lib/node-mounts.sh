#!/usr/bin/env bash
# Runs in a new mount namespace: node-mounts.sh STATE RUN. Containerd, kubelet and CNI have paths
# compiled in (/var/log/pods, /var/lib/kubelet/device-plugins, /run/containerd/s, ...): here they
# are the cluster's own, so another kubelet or containerd of the machine is never touched.
set -euo pipefail
state=$1 run=$2

# node-directories.sh made the paths.
own() { # FOLDER-OF-THE-CLUSTER PATH-IN-THE-NODE
  mkdir -p "$1"
  mount --bind "$1" "$2"
}

# Pods with mountPropagation need shared mounts: shared among themselves, not with the machine.
mount --make-rshared /

own "$state/kubelet" /var/lib/kubelet
own "$state/containerd" /var/lib/containerd
own "$state/latlab" /var/lib/latlab
own "$state/cni" /var/lib/cni
own "$state/cni-conf" /etc/cni/net.d
own "$state/log/pods" /var/log/pods
own "$state/log/containers" /var/log/containers
own "$run/containerd" /run/containerd

# No name server can be reached from here, and a look-up shall fail at once instead of after the resolver's time-outs.
printf 'nameserver 127.0.0.1\n' >"$run/resolv.conf"
mount --bind "$run/resolv.conf" /etc/resolv.conf

# A /sys that shows this network namespace's interfaces, with the machine's control groups and the like in it.
old=$run/sys
mkdir -p "$old"
mount --rbind /sys "$old"
mount --make-rprivate "$old"
mount -t sysfs sysfs /sys
last=
findmnt -rno TARGET --submounts "$old" | tail -n +2 | while read -r target; do
  # A rbind brings what is mounted deeper along.
  [[ -z $last || $target != "$last"/* ]] || continue
  mount --rbind "$target" "/sys${target#"$old"}"
  last=$target
done
umount -l "$old"
rmdir "$old"

# crun refuses to run where cgroup v2 is mounted with controllers next to v1.
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
