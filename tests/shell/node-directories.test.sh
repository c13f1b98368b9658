# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034,SC2317
source ../../hack/lib/node-directories.sh

machine() {
  NODE_DIRECTORIES=("$PWD/etc/cni/net.d" "$PWD/lib/kubelet" "$PWD/run")
  MADE_DIRECTORIES=$PWD/state/made-directories
  mkdir lib run
  other_nodes() { return 1; }
}

test_only_made_directories_are_removed_with_those_above_them() {
  machine
  make_and_note
  [[ -d etc/cni/net.d && -d lib/kubelet ]]
  remove_noted
  [[ $(ls) == $'lib\nrun' && -z $(ls lib) ]]
}

test_a_made_directory_that_somebody_uses_stays() {
  machine
  make_and_note
  touch etc/cni/net.d/theirs
  remove_noted
  [[ -e etc/cni/net.d/theirs && ! -e lib/kubelet && ! -e $MADE_DIRECTORIES ]]
}

test_nothing_is_removed_while_another_cluster_has_a_node() {
  machine
  make_and_note
  other_nodes() { return 0; }
  remove_noted
  [[ -d lib/kubelet ]]
  other_nodes() { return 1; }
  remove_noted
  [[ ! -e lib/kubelet ]]
}
