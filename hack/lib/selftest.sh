#!/usr/bin/env bash
# hack/cluster selftest: in a cluster of its own, kills each part with SIGKILL and lets `up` repair it,
# runs pods the way experiments do, and checks that `down` leaves nothing behind.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

LATLAB_CLUSTER=latlab-selftest-$(printf %s "$CHECKOUT" | sha256sum | cut -c1-6)
export LATLAB_CLUSTER
cluster=$CHECKOUT/hack/cluster
log=$(mktemp)
directories=(/etc/cni{,/net.d} /run/containerd /var/lib/{cni,containerd,kubelet,latlab} /var/log/{containers,pods})
passed=0 failed=0

check() { # TEXT CMD...
  local text=$1
  shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    say "ok: $text"
  else
    failed=$((failed + 1))
    say "FAILED: $text"
    tail -n 20 "$log" | sed 's/^/  | /' >&2
  fi
}

kubectl() { "$cluster" kubectl "$@"; }

# shellcheck disable=SC2016 # Perl's variables
pods='
apiVersion: v1
kind: Pod
metadata: {name: exclusive, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: c
    image: debian:bookworm-slim
    imagePullPolicy: Never
    command: [perl, -MIO::Socket::INET, -e]
    args: ["$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5); while ($c = $s->accept) { print $c qq(served\n) }"]
    resources: {limits: {cpu: 1, memory: 64Mi}}
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  terminationGracePeriodSeconds: 0
  runtimeClassName: crun
  hostNetwork: true
  containers:
  - name: c
    image: debian:bookworm-slim
    imagePullPolicy: Never
    command: [sh, -c, "echo started; exec sleep 3600"]
    volumeMounts: [{name: sys, mountPath: /host-sys}]
  volumes: [{name: sys, hostPath: {path: /sys}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.77.77, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
'

pods_ready() { kubectl wait --for=condition=Ready pod --all --timeout=60s; }
pods_never_restarted() { [[ $(kubectl get pods -o 'jsonpath={.items[*].status.containerStatuses[0].restartCount}' 2>/dev/null) == '0 0' ]]; }
logs_readable() { kubectl logs host | grep -x started; }
service_reached() {
  kubectl exec host -- perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "10.96.77.77:80", Timeout => 5)->getline' | grep -x served
}
cpu_exclusive() {
  (($(nproc --all) > 1)) || return 0
  kubectl exec exclusive -- grep -E '^Cpus_allowed_list:.[1-9][0-9]*$' /proc/self/status &&
    ! kubectl exec host -- grep -E '^Cpus_allowed_list:.*1' /proc/self/status
}
only_cluster_interfaces() {
  ! kubectl exec host -- ls /sys/class/net /host-sys/class/net | grep -E '^(eth|en|wl)' &&
    kubectl exec host -- ls -d /host-sys/class/net/node0
}

kill_and_repair() {
  kill -KILL "$(cut -d' ' -f1 "/run/latlab-dev/$LATLAB_CLUSTER/pid/$1")"
  "$cluster" up && "$cluster" status && service_reached
}

# What a cluster changes of the machine, except for what has its name.
machine_state() {
  ip -o link | cut -d@ -f1
  iptables-save 2>/dev/null | grep -v '^#' || true
  ls -d "${directories[@]}" 2>/dev/null || true
  sysctl -n vm.overcommit_memory kernel.panic kernel.panic_on_oops net.ipv4.ip_forward
}
leftovers() {
  pgrep -af "$LATLAB_CLUSTER" | grep -v selftest.sh
  findmnt -rno TARGET | grep -F "$LATLAB_CLUSTER"
  find /run/netns /run/latlab-dev /var/lib/latlab-dev /sys/fs/cgroup -maxdepth 2 -name "*$LATLAB_CLUSTER*" 2>/dev/null
  diff "$log.before" <(machine_state)
}
nothing_left() { [[ -z $(leftovers | tee /dev/stderr) ]]; }

trap '"$cluster" down; rm -f "$log" "$log.before"' EXIT
"$cluster" down
machine_state >"$log.before"
check 'up --api-only' "$cluster" up --api-only
check 'up makes it a whole cluster' "$cluster" up
check 'load-image' "$cluster" load-image debian:bookworm-slim
kubectl apply -f - >/dev/null 2>&1 <<<"$pods"
check 'pods become ready' pods_ready
check 'logs' logs_readable
check 'a service reaches its pod' service_reached
check 'a Guaranteed pod has a CPU of its own' cpu_exclusive
check "a host-network pod sees the cluster's interfaces only" only_cluster_interfaces
for component in etcd kube-apiserver relay kube-controller-manager kube-scheduler containerd kubelet kube-proxy; do
  check "kill -9 $component, up repairs it" kill_and_repair "$component"
done
check 'restart kube-apiserver' "$cluster" restart kube-apiserver
check 'no pod was restarted by all this' pods_never_restarted
check 'down' "$cluster" down
check 'down leaves nothing' nothing_left
check 'down again' "$cluster" down
printf '%d passed, %d failed\n' $passed $failed
((failed == 0))
