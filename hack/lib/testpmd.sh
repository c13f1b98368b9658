# shellcheck shell=bash source-path=SCRIPTDIR
# Provides ensure_testpmd: dpdk-testpmd on PATH, as images/forwarder/Dockerfile has it. Debian's dpdk-dev would bring all of DPDK and a device manager.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The Dockerfile's list is the one list.
testpmd_packages() {
  sed -n '/--no-install-recommends/,/&& cd/{/&& cd/d;p}' "$CHECKOUT/images/forwarder/Dockerfile" | grep -oE '(ibverbs-providers|lib[a-z0-9.-]+)'
}

unpack_testpmd() ( # DIR
  mkdir "$1/work"
  cd "$1/work" || exit
  run_logged "$CACHE/log/apt-update.log" apt-get -o Acquire::Retries=3 update
  run_logged "$CACHE/log/testpmd.log" apt-get -o APT::Sandbox::User=root -o Acquire::Retries=3 download dpdk-dev librte-net-mlx5-23
  for package in *.deb; do dpkg-deb --extract "$package" .; done
  # It is linked with mlx5's driver, whose package wants rdma-core. The library is a link into the folder of drivers.
  mv usr/bin/dpdk-testpmd "$1"
  cp usr/lib/*/dpdk/pmds-*/librte_net_mlx5.so.*.* "$1/librte_net_mlx5.so.23"
  rm -rf "$1/work"
)

ensure_testpmd() {
  local packages folder
  command -v dpdk-testpmd >/dev/null && return
  mapfile -t packages < <(testpmd_packages)
  ensure_packages "${packages[@]}"
  folder=$(cached "testpmd-$(content_hash "$CHECKOUT/images/forwarder/Dockerfile" "$CHECKOUT/hack/lib/testpmd.sh")" unpack_testpmd)
  export PATH=$folder:$PATH LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  if ldd "$folder/dpdk-testpmd" | grep 'not found' >&2; then
    die 'dpdk-testpmd lacks the libraries above' 'add their packages to images/forwarder/Dockerfile'
  fi
}
