# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# Provides cluster_up, cluster_down, cluster_status, cluster_restart.

source "$(dirname "${BASH_SOURCE[0]}")/control-plane.sh"
source "$(dirname "${BASH_SOURCE[0]}")/node.sh"
source "$(dirname "${BASH_SOURCE[0]}")/namespaces.sh"
source "$(dirname "${BASH_SOURCE[0]}")/kubernetes.sh"
source "$(dirname "${BASH_SOURCE[0]}")/clients.sh"
source "$(dirname "${BASH_SOURCE[0]}")/images.sh"
source "$(dirname "${BASH_SOURCE[0]}")/down.sh"

API_COMPONENTS=(etcd kube-apiserver relay)
# These need the API server when they start; containerd does not.
NODE_COMPONENTS=(kube-controller-manager kube-scheduler kubelet kube-proxy)
ALL_COMPONENTS=("${API_COMPONENTS[@]}" containerd "${NODE_COMPONENTS[@]}")

kubectl_admin() { "$CLIENTS_DIR/kubectl" --kubeconfig "$ADMIN_KUBECONFIG" "$@"; }

# Sets ETCD and SERVERS, the folder of the Kubernetes binaries.
find_api_servers() {
  if [[ -x ${KUBEBUILDER_ASSETS:-}/kube-apiserver && -x ${KUBEBUILDER_ASSETS:-}/etcd ]]; then
    SERVERS=$KUBEBUILDER_ASSETS ETCD=$KUBEBUILDER_ASSETS/etcd
    say "using kube-apiserver and etcd of KUBEBUILDER_ASSETS"
  else
    find_servers
  fi
}

find_servers() {
  ensure_packages etcd-server
  SERVERS=$(ensure_kubernetes)
  ETCD=/usr/bin/etcd
}

declare -A BEGAN VERB

# Starting is apart from waiting, so that components come up side by side.
begin_component() {
  local name=$1
  BEGAN[$name]=${EPOCHREALTIME/./}
  VERB[$name]='answers again'
  if is_alive "$name"; then return; fi
  VERB[$name]=started
  [[ ! -e $RUN/pid/$name ]] || VERB[$name]='was dead: started again'
  "start_$name"
}

await_component() {
  local name=$1
  if [[ ${VERB[$name]} == 'answers again' ]] && "healthy_$name" >/dev/null 2>&1; then return; fi
  if ! wait_until 90 healthy_or_dead "$name" || is_dead "$name"; then
    tail -n 15 "$LOGS/$name.log" | sed 's/^/  | /' >&2
    die "$name does not become healthy" "read $LOGS/$name.log, then try: hack/cluster restart $name"
  fi
  say "$name: ${VERB[$name]}, ready ($(elapsed_since "${BEGAN[$name]}") s)"
}

ensure_components() {
  local name
  for name; do begin_component "$name"; done
  for name; do await_component "$name"; done
}

healthy_or_dead() { is_dead "$1" || "healthy_$1"; }

prepare_node() {
  await_component containerd
  load_image "$(ensure_pause_image)"
}

make_node_ready() {
  ensure_components "${NODE_COMPONENTS[@]}"
  [[ -e $STATE/runtime-classes ]] || step 'runtime classes: runc, crun' make_runtime_classes
  node_is_ready || step "node $CLUSTER: Ready" wait_for_node
}

make_runtime_classes() {
  local handler
  for handler in runc crun; do
    printf '{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: %s}, handler: %s}\n---\n' $handler $handler
  done | kubectl_admin apply -f - >/dev/null
  touch "$STATE/runtime-classes"
}

# What kubelet said before it was started again is old news: it is about to say something else first.
node_is_ready() {
  local condition='.status.conditions[?(@.type=="Ready")]' ready heartbeat
  read -r ready heartbeat < <(kubectl_admin get node "$CLUSTER" -o "jsonpath={$condition.status} {$condition.lastHeartbeatTime}{\"\\n\"}" 2>/dev/null) || return 1
  [[ $ready == True ]] && (($(date -d "$heartbeat" +%s) > $(stat -c %Y "$RUN/pid/kubelet")))
}

wait_for_node() {
  wait_until 120 node_is_ready || die "node $CLUSTER does not become Ready" "read $LOGS/kubelet.log and $LOGS/containerd.log"
}

cluster_up() {
  local api_only=$1 component
  require_root
  ensure_packages iproute2 util-linux procps curl jq openssl socat
  ensure_clients
  if [[ $api_only == yes ]]; then
    find_api_servers
  else
    ensure_packages containerd runc crun containernetworking-plugins iptables conntrack
    find_servers
    # Before any start, so that a slow build does not keep half a cluster waiting.
    ensure_pause_image >/dev/null
  fi
  lock_cluster
  mkdir -p "$RUN" "$STATE"
  chmod 700 "$STATE" "$RUN"
  ensure_pki
  ensure_namespaces
  [[ $api_only == yes ]] || begin_component containerd
  for component in "${API_COMPONENTS[@]}"; do begin_component "$component"; done
  [[ $api_only == yes ]] || prepare_node
  for component in "${API_COMPONENTS[@]}"; do await_component "$component"; done
  [[ $api_only == yes ]] || make_node_ready
  say "cluster $CLUSTER is up: eval \"\$(hack/cluster env)\""
}

cluster_restart() {
  local component=$1 patience=20
  [[ " ${ALL_COMPONENTS[*]} " == *" $component "* ]] ||
    die "there is no component '$component'" "one of: ${ALL_COMPONENTS[*]}"
  [[ -e $RUN/pid/$component ]] || die "$component was never started in $CLUSTER" 'hack/cluster up'
  if [[ $component == etcd || $component == kube-apiserver ]]; then find_api_servers; else find_servers; fi
  lock_cluster
  # Kubernetes 1.20 would wait a minute for open watches, which do not end by themselves.
  [[ $component != kube-apiserver ]] || patience=2
  stop_process "$component" "$patience"
  ensure_components "$component"
}

# Exit status 0 only if all that was started is healthy.
cluster_status() {
  local component state bad=0
  [[ -d $RUN/pid ]] || die "cluster $CLUSTER is not up" 'hack/cluster up'
  printf 'cluster %s  API https://127.0.0.1:%s  state %s\n' "$CLUSTER" "$(<"$STATE/port")" "$STATE"
  for component in "${ALL_COMPONENTS[@]}"; do
    if [[ ! -e $RUN/pid/$component ]]; then
      state='not started'
    elif is_dead "$component"; then
      state='dead' bad=1
    elif "healthy_$component" >/dev/null 2>&1; then
      state="healthy  pid $(process_pid "$component")"
    else
      state="unhealthy  pid $(process_pid "$component")" bad=1
    fi
    printf '  %-24s %s\n' "$component" "$state"
  done
  if [[ -e $RUN/pid/kubelet ]]; then
    ensure_clients
    if node_is_ready; then
      printf '  %-24s Ready\n' "node $CLUSTER"
    else
      printf '  %-24s NotReady\n' "node $CLUSTER"
      bad=1
    fi
  fi
  return $bad
}
