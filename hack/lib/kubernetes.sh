# shellcheck shell=bash source-path=SCRIPTDIR
# Provides ensure_kubernetes: prints the folder with kube-apiserver, kube-controller-manager,
# kube-scheduler, kubelet and kube-proxy, built once per machine.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ensure_kubernetes() {
  local build=$CHECKOUT/hack/lib/build-kubernetes.sh key
  key=kubernetes-$(content_hash "$build")
  if [[ ! -e $CACHE/$key ]]; then
    ensure_packages golang-1.19-go rsync jq make gcc libc6-dev xz-utils golang-github-modern-go-reflect2-dev
    say "kubernetes: building the servers, once per machine: about 7 minutes on 2 cores, 5 GB of disk meanwhile"
    say "kubernetes: follow it with tail -f $CACHE/log/kubernetes-build.log"
  fi
  cached "$key" "$build"
}
