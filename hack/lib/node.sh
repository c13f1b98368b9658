# shellcheck shell=bash source-path=SCRIPTDIR
# Provides start_X and healthy_X for containerd, kubelet and kube-proxy. Paths are those that the
# node sees in the cluster's mount namespace (node-mounts.sh).

source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

PAUSE_IMAGE=ghcr.io/latlab/pause:dev

write_containerd_config() {
  cat >"$STATE/containerd.toml" <<TOML
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  # Lowering a container's score needs CAP_SYS_RESOURCE, which a development machine may lack.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
      BinaryName = "/usr/bin/crun"
TOML
}

# Prints the pods' network of one node.
cni_config() { # NAME SUBNET
  cat <<JSON
{
  "cniVersion": "0.4.0",
  "name": "$1",
  "plugins": [
    {
      "type": "bridge", "bridge": "pods0", "isGateway": true, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "ranges": [[{"subnet": "$2"}]],
        "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/var/lib/cni/networks"
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
}

start_containerd() {
  write_containerd_config
  cni_config "$CLUSTER" "$POD_CIDR" >"$STATE/cni-conf/10-pods.conflist"
  start_inside containerd containerd --config "$STATE/containerd.toml"
  confine_containerd
}

# What containerd starts for itself (a shim for each pod, runc at each change of a container) stays off the CPUs of pods, too: by a cpuset, not by affinity, which
# containers would inherit. And it does not outweigh pods that have no CPU of their own, as the generator, on the CPU that they share. A container is moved to the
# groups that kubelet makes for it.
confine_containerd() {
  local hierarchies=/sys/fs/cgroup daemons=$CGROUP/daemons hierarchy
  [[ -d $hierarchies/cpuset ]] && (($(nproc --all) > 1)) || return 0
  make_cgroups
  for hierarchy in cpuset cpu; do mkdir -p "$hierarchies/$hierarchy/$daemons"; done
  echo 0 >"$hierarchies/cpuset/$daemons/cpuset.cpus"
  cat "$hierarchies/cpuset/cpuset.mems" >"$hierarchies/cpuset/$daemons/cpuset.mems"
  # A pod without a CPU request has 2 shares, and the forwarder beside it hundreds: a group's shares go to the CPUs where its members ask for them.
  echo 2 >"$hierarchies/cpu/$daemons/cpu.shares"
  echo 262144 >"$hierarchies/cpu/$CGROUP/cpu.shares"
  for hierarchy in cpuset cpu; do process_pid containerd >"$hierarchies/$hierarchy/$daemons/cgroup.procs"; done
}
healthy_containerd() { ctr --address "$CONTAINERD_SOCKET" version; }

# Kubelet wants its own control group to exist in every hierarchy.
make_cgroups() {
  local hierarchy file
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    for file in cpuset cpu io memory hugetlb pids; do
      printf '+%s' "$file" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    done
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    [[ ! -L ${hierarchy%/} ]] || continue
    mkdir -p "$hierarchy$CGROUP"
    # A new cpuset is empty and cannot hold a process until it is filled.
    for file in cpuset.cpus cpuset.mems; do
      [[ ! -e $hierarchy$CGROUP/$file ]] || cat "$hierarchy$file" >"$hierarchy$CGROUP/$file"
    done
  done
}

write_kubelet_config() {
  local cpu_manager='cpuManagerPolicy: none'
  # CPU 0 stays with the system, as on a tuned node; the rest can be had exclusively.
  (($(nproc --all) < 2)) || cpu_manager=$'cpuManagerPolicy: static\nreservedSystemCPUs: "0"'
  cat >"$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $PKI/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet-serving.crt
tlsPrivateKeyFile: $PKI/kubelet-serving.key
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
$cpu_manager
# This kubelet gives a container with CPUs of its own a quota of just these. A busy-polling forwarder that a host held up would be throttled for it afterwards.
cpuCFSQuota: false
# At the default of 10 s, pods that were there first stay that long on the CPU that another was just given for its own. Each time kubelet has the runtime set the
# CPUs of every container, changed or not, which is work beside a measurement.
cpuManagerReconcilePeriod: 2s
failSwapOn: false
oomScoreAdj: 0
# There is no DNS server, but without an address each pod gets a warning event.
clusterDNS: [$DNS_SERVICE_IP]
clusterDomain: cluster.local
# A development machine's disk is often nearly full, and images cannot be pulled again.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
# A pod shall start as fast as the machine can.
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
nodeStatusUpdateFrequency: 2s
YAML
}

start_kubelet() {
  make_cgroups
  write_kubelet_config
  start_inside kubelet unshare --mount --propagation unchanged bash "$CHECKOUT/hack/lib/with-own-sysctls.sh" "$RUN/sysctl" \
    "$SERVERS/kubelet" --config="$STATE/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig" \
    --hostname-override="$CLUSTER" --node-ip="$NODE_IP" \
    --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock
}
healthy_kubelet() { probe http://127.0.0.1:10248/healthz; }

start_kube-proxy() {
  # The connection-tracking limits are the machine's, not the namespace's: 0 leaves them alone.
  start_inside kube-proxy "$SERVERS/kube-proxy" --kubeconfig="$PKI/kube-proxy.kubeconfig" \
    --hostname-override="$CLUSTER" --proxy-mode=iptables --cluster-cidr="$POD_CIDR" --oom-score-adj=0 \
    --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
}
healthy_kube-proxy() { probe http://127.0.0.1:10256/healthz; }
