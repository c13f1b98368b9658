# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# Provides the names and places of one cluster. Everything derives from its name, so that two
# checkouts on one machine never meet.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

CLUSTER=${LATLAB_CLUSTER:-latlab-$(printf %s "$CHECKOUT" | sha256sum | cut -c1-6)}
# Node name, namespace name and folder name at once, so a DNS label.
[[ $CLUSTER =~ ^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$ ]] ||
  die "'$CLUSTER' is no cluster name" "use up to 40 lower-case letters, digits and dashes in LATLAB_CLUSTER"

STATE=${LATLAB_STATE_DIR:-/var/lib/latlab-dev}/$CLUSTER
# Sockets live here: a socket's path may have 108 characters at most, and STATE can be anywhere.
RUN=/run/latlab-dev/$CLUSTER
LOGS=$STATE/log
PKI=$STATE/pki
ADMIN_KUBECONFIG=$STATE/admin.kubeconfig
NETNS=/run/netns/$CLUSTER
MNTNS=$RUN/ns/mnt
CONTAINERD_SOCKET=$RUN/containerd/containerd.sock
CGROUP=latlab-dev-$CLUSTER
# What is built of this checkout for its images. Another checkout's build is another build.
PUBLISH=$CACHE/publish/$CHECKOUT_ID

# Addresses exist inside the cluster's network namespace only, so every cluster has the same.
NODE_IP=10.99.0.1
NODE_NET_BITS=24
POD_CIDR=10.244.0.0/24
SERVICE_CIDR=10.96.0.0/16
API_SERVICE_IP=10.96.0.1
DNS_SERVICE_IP=10.96.0.10

# The second node, a virtual machine (boot-vm.sh).
BOOT_VM_NODE=boot-vm
BOOT_VM_LABEL=latlab.dev/boot-vm=true
BOOT_VM_IP=10.99.0.2
BOOT_VM_POD_CIDR=10.244.1.0/24
