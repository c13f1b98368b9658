#!/usr/bin/env bash
# Builds the Kubernetes servers from Debian's source package: build-kubernetes.sh DIR leaves them in DIR.
# The cache key is the hash of this file, so everything that the result depends on is pinned here.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/apt-sources.sh"

# The newest Kubernetes whose complete, vendored source Debian ships.
tarball=kubernetes_1.20.5+really1.20.2.orig.tar.gz
tarball_sha256=b83c0780efb182d928dc63d46488a847f161f04e40a94b96bf5247dd671ecdfc
version=v1.20.2
go=/usr/lib/go-1.19/bin
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

out=$1
work=$out/work
mkdir -p "$work"

# Its own sources, lists and cache: the machine's apt configuration gains no deb-src line.
# No sandbox user: _apt may not enter a cache in root's home.
apt_private() {
  apt-get -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/apt" -o APT::Sandbox::User=root "$@"
}

download_source() {
  mkdir -p "$work/sources" "$work/lists/partial" "$work/apt/archives/partial"
  machine_sources deb-src >"$work/sources/debian.list"
  apt_private update
  cd "$work"
  apt_private source --download-only kubernetes
  # Debian's revision may move on, its patches are not used: the upstream tarball is what counts.
  sha256sum --check <<<"$tarball_sha256  $tarball"
  mkdir src
  tar -xf "$tarball" -C src --strip-components=1
}

# reflect2 1.0.1 crashes under Go >= 1.18 as soon as a custom resource is created.
replace_reflect2() {
  local vendored=$work/src/vendor/github.com/modern-go/reflect2
  mv "$vendored/BUILD" "$work/reflect2.BUILD"
  rm -rf "$vendored"
  cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 "$vendored"
  mv "$work/reflect2.BUILD" "$vendored/BUILD"
}

build() {
  cat >"$work/version" <<VERSION
KUBE_GIT_COMMIT='$tarball_sha256'
KUBE_GIT_TREE_STATE='archive'
KUBE_GIT_VERSION='$version'
KUBE_GIT_MAJOR='1'
KUBE_GIT_MINOR='20'
VERSION
  cd "$work/src"
  env -u GOROOT -u GOFLAGS PATH="$go:$PATH" GOCACHE="$work/go-cache" GOPROXY=off GOTOOLCHAIN=local \
    KUBE_GIT_VERSION_FILE="$work/version" nice make all WHAT="${programs[*]/#/cmd/}" GOLDFLAGS='-s -w'
  cp "${programs[@]/#/_output/bin/}" "$out/"
}

run_logged "$CACHE/log/kubernetes-source.log" download_source
replace_reflect2
run_logged "$CACHE/log/kubernetes-build.log" build
rm -rf "$work"
