# shellcheck shell=bash source-path=SCRIPTDIR
# Provides the directories of the machine that a cluster's node mounts its own over (node-mounts.sh):
#   make_node_directories     makes those that are missing, and notes which
#   remove_node_directories   removes the noted ones that are still empty, when no other cluster has a node
# They are one set for all clusters of the machine, and so are the note and the lock.

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"

NODE_DIRECTORIES=(/var/lib/kubelet /var/lib/containerd /var/lib/latlab /var/lib/cni /etc/cni/net.d
  /var/log/pods /var/log/containers /run/containerd)
# Not below LATLAB_STATE_DIR, which another cluster may have elsewhere; and not in /run, as the directories outlive a reboot.
MADE_DIRECTORIES=/var/lib/latlab-dev/made-directories

make_node_directories() { with_node_directories make_and_note; }

remove_node_directories() {
  [[ ! -e $MADE_DIRECTORIES ]] || with_node_directories remove_noted
}

# A folder can be locked, and need not be made for it.
with_node_directories() (
  exec {fd}</run/latlab-dev
  flock "$fd"
  "$@"
)

make_and_note() {
  local path
  for path in "${NODE_DIRECTORIES[@]}"; do make_directory "$path"; done
}

# With the missing ones above it; noted before it is made, so that a killed `up` leaves none that nobody knows.
make_directory() {
  [[ ! -d $1 ]] || return 0
  make_directory "$(dirname "$1")"
  mkdir -p "$(dirname "$MADE_DIRECTORIES")"
  printf '%s\n' "$1" >>"$MADE_DIRECTORIES"
  mkdir "$1"
}

remove_noted() {
  local path
  if other_nodes; then return; fi
  # The last made first: a folder is noted before what is in it.
  tac "$MADE_DIRECTORIES" | while read -r path; do
    # One that is not empty is used by somebody else by now.
    rmdir "$path" 2>/dev/null || true
  done
  rm "$MADE_DIRECTORIES"
  rmdir --ignore-fail-on-non-empty "$(dirname "$MADE_DIRECTORIES")"
}

# Removing a directory would take what is mounted on it in another namespace along.
other_nodes() {
  local mounts
  for mounts in /run/latlab-dev/*/ns/mnt; do
    [[ ! -e $mounts || $mounts == "$MNTNS" ]] || return 0
  done
  return 1
}
