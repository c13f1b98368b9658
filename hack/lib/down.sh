# shellcheck shell=bash source-path=SCRIPTDIR
# Provides cluster_down: ends what belongs to the cluster and nothing else, however much of it is there, and puts the machine back.

source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"
source "$(dirname "${BASH_SOURCE[0]}")/namespaces.sh"

cluster_down() {
  require_root
  lock_cluster
  if [[ -e $STATE || -e $RUN || -e $NETNS ]]; then
    remove_cluster
    say "cluster $CLUSTER is gone"
  else
    say "cluster $CLUSTER does not exist"
  fi
  unlock_cluster
}

remove_cluster() {
  local name
  # Killed, as nothing of their data is kept. Kubelet first, or it would start pods again.
  # And containerd: a request of kubelet's that it is still at would start a shim after we looked for them.
  for name in kubelet containerd kube-controller-manager kube-scheduler kube-proxy; do kill_process "$name"; done
  step 'pods: ended' end_pods
  for name in $(known_processes); do kill_process "$name"; done
  restore_machine
  wait_until 5 no_relay_children || die 'connections through the relay do not end' "look at: $(relay_children | tr '\n' ' ')"
  warn_of_strangers
  remove_namespaces
  remove_cgroups
  rm -rf "$STATE" "$RUN"
  [[ ! -d $(dirname "$STATE") ]] || rmdir --ignore-fail-on-non-empty "$(dirname "$STATE")"
}

# Sysctls and hugepages are the machine's, and the agent's journal alone knows what they were. Mostly it is empty: `hack/demo --down`
# uninstalls latlab first. Entries of another boot say nothing of this one.
journal_is_done() {
  [[ ! -e $STATE/latlab/journal.json ]] ||
    jq -e --arg boot "$BOOT_ID" '[.entries[] | select(.bootId == $boot)] == []' "$STATE/latlab/journal.json" >/dev/null 2>&1
}

restore_machine() {
  local agent=$PUBLISH/agent/app/latlab-agent
  if journal_is_done; then return; fi
  say "machine: latlab's changes are still in effect, by $STATE/latlab/journal.json; restoring"
  [[ ! -x $agent ]] || run_agent "$agent" restore >&2 || true
  journal_is_done || die "the machine is not as it was, and $STATE/latlab/journal.json alone says how it was: kept, with what is left of the cluster" \
    'hack/images build (it makes the agent), then again hack/cluster down; or put the values back by hand, remove that file, then again'
}

run_agent() { # PROGRAM ARGUMENT...
  # `up` made them, but a killed `down` may have removed them.
  ensure_namespaces
  nsenter --net="$NETNS" --mount="$MNTNS" "$@"
}

pids_in_cgroups() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
    [[ ! -d $hierarchy ]] || find "$hierarchy" -name cgroup.procs -exec cat {} + 2>/dev/null || true
  done | sort -un
}

# PROGRAM-PREFIX: processes that live in the cluster's mount namespace. A shim outlives its
# containerd, and only that namespace tells whose it is.
pids_in_mounts() {
  local wanted pid
  is_namespace "$MNTNS" || return 0
  wanted=$(stat -L -c %i "$MNTNS")
  for pid in $(pgrep -f "^[^ ]*$1" || true); do
    [[ $(stat -L -c %i "/proc/$pid/ns/mnt" 2>/dev/null) != "$wanted" ]] || printf '%s\n' "$pid"
  done
}

# The shims go before their containers: a shim that sees its container end would clean up after it,
# in namespaces that are about to vanish.
end_pods() {
  local pids deadline=$((SECONDS + 20))
  while pids=$(pids_in_mounts containerd-shim && pids_in_cgroups) && [[ -n $pids ]]; do
    ((SECONDS < deadline)) || die "processes of pods do not end: ${pids//$'\n'/ }" 'look at their /proc/PID/stack'
    # shellcheck disable=SC2086 # a list of pids
    kill -KILL $pids 2>/dev/null || true
    sleep 0.2
  done
}

# The relay forks one child per connection, which ends with the API server.
relay_children() { pgrep -f "socat .*EXEC:nsenter --net=$NETNS " || true; }
no_relay_children() { [[ -z $(relay_children) ]]; }

warn_of_strangers() {
  local pids
  [[ -e $NETNS ]] || return 0
  pids=$(ip netns pids "$CLUSTER" | tr '\n' ' ')
  [[ -z $pids ]] || say "note: not ours but still in the network namespace, which lives until they end: $pids"
}

cgroup_is_gone() {
  [[ ! -d $1 ]] || find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
  [[ ! -d $1 ]]
}

remove_cgroups() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
    wait_until 5 cgroup_is_gone "$hierarchy" ||
      die "control group $hierarchy is busy" "look at the processes in its cgroup.procs"
  done
}
