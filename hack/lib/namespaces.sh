# shellcheck shell=bash source-path=SCRIPTDIR
# Provides ensure_namespaces, remove_namespaces: a network and a mount namespace per cluster.
# The network namespace keeps host-network pods, sysctls and virtual wires off the machine's own
# network. The mount namespace gives the node the paths of a real one (/var/lib/kubelet, /sys with
# its own interfaces, ...) and takes every mount with it when it goes.

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"
source "$(dirname "${BASH_SOURCE[0]}")/node-directories.sh"

is_namespace() { [[ $(stat -f -c %T "$1" 2>/dev/null) == nsfs ]]; }

ensure_namespaces() {
  if [[ ! -e $RUN/network-ready ]] || ! is_namespace "$NETNS"; then make_network; fi
  if [[ ! -e $RUN/ns/ready ]] || ! is_namespace "$MNTNS"; then make_mounts; fi
}

make_network() {
  local net=(nsenter --net="$NETNS")
  # Half made, or left by a reboot where /run is no tmpfs.
  [[ ! -e $NETNS ]] || ip netns del "$CLUSTER"
  ip netns add "$CLUSTER"
  "${net[@]}" ip link set lo up
  # Kubelet refuses a loopback address as the node's, and not every kernel has dummy devices.
  "${net[@]}" ip link add node0 type bridge
  "${net[@]}" ip addr add "$NODE_IP/$NODE_NET_BITS" dev node0
  "${net[@]}" ip link set node0 up
  # Nothing is behind it: service addresses need a route before kube-proxy can redirect them.
  "${net[@]}" ip route add default dev node0 src "$NODE_IP"
  # Kubelet asks for cloud providers' metadata: without an immediate no it waits 11 seconds.
  "${net[@]}" ip route add unreachable 169.254.0.0/16
  touch "$RUN/network-ready"
}

make_mounts() {
  unpin_mounts
  mkdir -p "$RUN/ns"
  # A mount namespace can be pinned only on a mount that is not shared.
  mount --bind "$RUN/ns" "$RUN/ns"
  mount --make-private "$RUN/ns"
  touch "$MNTNS"
  make_node_directories
  nsenter --net="$NETNS" unshare --mount="$MNTNS" --propagation private \
    bash "$CHECKOUT/hack/lib/node-mounts.sh" "$STATE" "$RUN"
  touch "$RUN/ns/ready"
}

unpin_mounts() {
  ! is_namespace "$MNTNS" || umount "$MNTNS"
  ! mountpoint -q "$RUN/ns" || umount "$RUN/ns"
  rm -rf "$RUN/ns"
}

remove_namespaces() {
  unpin_mounts
  remove_node_directories
  [[ ! -e $NETNS ]] || ip netns del "$CLUSTER"
}
