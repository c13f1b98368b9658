# shellcheck shell=bash source-path=SCRIPTDIR
# Provides the life of a cluster's daemons:
#   start_process NAME CMD...   in the cluster's namespaces, its own session, log in $LOGS/NAME.log
#   is_alive NAME, is_dead NAME, stop_process NAME SECONDS, kill_process NAME, process_pid NAME, known_processes
#   lock_cluster, unlock_cluster

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"

BOOT_ID=$(</proc/sys/kernel/random/boot_id)

# The node's CPU 0 is reserved for what runs it (node.sh): with a second CPU, the daemons stay off what pods may own. Containerd, which is started first, is
# confined in another way (node.sh): containers would inherit its CPUs. Without a node there are no pods. The virtual machine needs all the CPUs that it can get, and nothing is measured beside it.
on_reserved_cpu() { # NAME
  [[ $1 == containerd || $1 == boot-vm || ! -e $RUN/pid/containerd || $(nproc --all) -lt 2 ]] || printf '%s\n' taskset --cpu-list 0
}

# pid, start time and boot together name a process: a recycled pid is never taken for ours.
process_identity() {
  local stat fields
  [[ $1 =~ ^[0-9]+$ ]] || return 1
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command name may hold spaces and brackets: count the fields after the last bracket.
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  printf '%s %s %s\n' "$1" "${fields[19]}" "$BOOT_ID"
}

process_pid() {
  local pid rest
  read -r pid rest <"$RUN/pid/$1" && printf '%s\n' "$pid"
}

is_alive() {
  [[ -s $RUN/pid/$1 ]] && [[ $(process_identity "$(process_pid "$1")" || true) == "$(<"$RUN/pid/$1")" ]]
}

start_process() {
  local name=$1 pinned
  shift
  mapfile -t pinned < <(on_reserved_cpu "$name")
  mkdir -p "$RUN/pid" "$LOGS"
  rm -f "$RUN/pid/$name"
  (
    cd /
    umask 022
    # Written by the daemon-to-be: if this script is killed now, `down` still knows it. Neither setsid
    # nor env nor taskset nor nsenter forks here, so the pid stays.
    process_identity "$BASHPID" >"$RUN/$name.pid"
    mv "$RUN/$name.pid" "$RUN/pid/$name"
    # A clean environment: the caller's proxies and certificate files are not the daemons' business.
    exec setsid env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root NO_PROXY='*' \
      "${pinned[@]}" "$@" {CLUSTER_LOCK}>&-
  ) >>"$LOGS/$name.log" 2>&1 </dev/null &
  wait_until 5 test -e "$RUN/pid/$name" || die "$name does not start" "read $LOGS/$name.log"
}

start_inside() {
  local name=$1
  shift
  start_process "$name" nsenter --net="$NETNS" --mount="$MNTNS" "$@"
}

stop_process() { # NAME SECONDS
  local name=$1 patience=$2
  if is_alive "$name"; then
    kill -TERM "$(process_pid "$name")" 2>/dev/null || true
    wait_until "$patience" is_dead "$name" || say "$name did not end within $patience s of SIGTERM: killing it"
  fi
  kill_process "$name"
}

kill_process() {
  local name=$1 pid
  if is_alive "$name"; then
    pid=$(process_pid "$name")
    kill -KILL "$pid" 2>/dev/null || true
    wait_until 10 is_dead "$name" || die "$name (pid $pid) survives SIGKILL" "look at /proc/$pid/stack"
  fi
  rm -f "$RUN/pid/$name"
}

is_dead() { ! is_alive "$1"; }

known_processes() {
  [[ ! -d $RUN/pid ]] || ls "$RUN/pid"
}

# One command at a time changes a cluster. Daemons do not inherit the lock: see start_process.
lock_cluster() {
  local lock=/run/latlab-dev/$CLUSTER.lock
  while true; do
    mkdir -p /run/latlab-dev
    exec {CLUSTER_LOCK}>"$lock"
    flock -n "$CLUSTER_LOCK" || { say "waiting for another command on $CLUSTER" && flock "$CLUSTER_LOCK"; }
    # `down` removes the file: a lock on a removed file locks nothing.
    if [[ $lock -ef /proc/self/fd/$CLUSTER_LOCK ]]; then return; fi
    exec {CLUSTER_LOCK}>&-
  done
}

unlock_cluster() {
  # The folder stays: another cluster's command may be about to make its lock in it.
  rm -f "/run/latlab-dev/$CLUSTER.lock"
}
