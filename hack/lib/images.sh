# shellcheck shell=bash source-path=SCRIPTDIR
# Provides images without a registry or a daemon:
#   ensure_base_image    debian:bookworm-slim for `FROM`; prints its archive
#   ensure_pause_image   prints the archive of the image that holds a pod's namespaces
#   build_image NAME DOCKERFILE CONTEXT_DIR [--build-arg K=V]...   prints the archive; unchanged input is not built again
#   load_image ARCHIVE|NAME   into this cluster's containerd, unless it is there already
# Archives are OCI archives in the cache.

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"
source "$(dirname "${BASH_SOURCE[0]}")/apt-sources.sh"

BASE_IMAGE=docker.io/library/debian:bookworm-slim

# With a configuration of its own: it would leave its lock of networks, of which it uses none, in the machine's /etc/cni.
run_buildah() {
  mkdir -p "$CACHE"
  printf '[network]\nnetwork_config_dir = "%s"\n' "$CACHE/buildah-cni" >"$CACHE/buildah-containers.conf.$$"
  mv "$CACHE/buildah-containers.conf.$$" "$CACHE/buildah-containers.conf"
  CONTAINERS_CONF=$CACHE/buildah-containers.conf buildah --root "$CACHE/buildah" --runroot "$CACHE/buildah-run" --storage-driver overlay "$@"
}

machine_is_bookworm() { grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; }

# For the time of a build: never in an image.
collect_apt_sources() { # DIR
  mkdir -p "$1"
  machine_sources deb >"$1/debian.list"
}

# The machine's proxies, time-outs and certificate authorities.
collect_apt_config() { # FILE
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|Retries|ForceIPv)' >"$1" || true
  grep -q '^Acquire::https::CAInfo' "$1" || printf 'Acquire::https::CAInfo "/run/machine-ca.crt";\n' >>"$1"
}

make_base_image() { # DIR
  local work=$1/work options=()
  mkdir "$work"
  # Elsewhere the machine's sources do not fit: mmdebstrap's default ones do, and stay in the image.
  if machine_is_bookworm; then
    collect_apt_sources "$work/sources"
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's shell
    options=(--customize-hook='rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*' "$work"/sources/*)
  fi
  # shellcheck disable=SC2016
  run_logged "$CACHE/log/base-rootfs.log" mmdebstrap --mode=root --variant=minbase --format=tar \
    --include=ca-certificates --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -f "$1"/etc/resolv.conf "$1"/etc/hostname' bookworm "$work/rootfs.tar" "${options[@]}"
  rm -rf "$work/sources"
  printf 'FROM scratch\nADD rootfs.tar /\nCMD ["bash"]\n' >"$work/Dockerfile"
  bud "$work/Dockerfile" "$work" "$BASE_IMAGE" "$1/image.tar" --tag "$BASE_IMAGE"
  rm -rf "$work"
}

ensure_base_image() {
  local key
  key=base-image-$(content_hash <(declare -f make_base_image))
  ensure_packages mmdebstrap buildah jq ca-certificates
  if [[ ! -e $CACHE/$key ]]; then
    say "base image: making $BASE_IMAGE, once per machine: about 2 minutes"
    step 'base image: made' cached "$key" make_base_image >/dev/null
  fi
  # buildah's store can be emptied on its own.
  run_buildah inspect --type image "$BASE_IMAGE" >/dev/null 2>&1 ||
    with_lock base-image-pull run_logged "$CACHE/log/base-pull.log" tag_archive "$CACHE/$key/image.tar" "$BASE_IMAGE"
  printf '%s\n' "$CACHE/$key/image.tar"
}

tag_archive() {
  run_buildah tag "$(run_buildah pull --quiet "oci-archive:$1")" "$2"
}

compile_pause() { # DIR
  cp "$CHECKOUT/images/pause/Dockerfile" "$1/"
  cc -static -Os -s -o "$1/pause" "$CHECKOUT/images/pause/pause.c"
}

make_pause_image() { # DIR
  compile_pause "$1"
  bud "$1/Dockerfile" "$1" ghcr.io/latlab/pause:dev "$1/image.tar"
}

ensure_pause_image() {
  local key
  key=pause-image-$(content_hash "$CHECKOUT/images/pause")
  [[ -e $CACHE/$key ]] || ensure_packages gcc libc6-dev buildah jq
  printf '%s\n' "$(cached "$key" make_pause_image)/image.tar"
}

# DOCKERFILE CONTEXT NAME ARCHIVE [BUD-OPTION...]
bud() {
  local dockerfile=$1 context=$2 name=$3 archive=$4 apt volumes=()
  shift 4
  apt=$(mktemp -d)
  if machine_is_bookworm; then
    collect_apt_sources "$apt/sources"
    volumes=(--volume "$apt/sources:/etc/apt/sources.list.d:ro")
  fi
  collect_apt_config "$apt/config"
  run_logged "$CACHE/log/image-${name//[^a-zA-Z0-9.-]/_}.log" run_buildah bud --isolation chroot --layers --pull-never \
    --iidfile "$apt/id" "${volumes[@]}" --volume "$apt/config:/etc/apt/apt.conf.d/00machine:ro" \
    --volume /etc/ssl/certs/ca-certificates.crt:/run/machine-ca.crt:ro --file "$dockerfile" "$@" "$context"
  # Uncompressed: the archive goes no further than this machine, and compressing takes longer than building.
  run_logged "$CACHE/log/image-push.log" run_buildah push --disable-compression "$(<"$apt/id")" "oci-archive:$archive:$name"
  rm -rf "$apt"
}

# Where this checkout's archive of an image is: another checkout's image of that name is another image.
image_folder() {
  printf '%s/images/%s/%s\n' "$CACHE" "$CHECKOUT_ID" "${1//[^a-zA-Z0-9.-]/_}"
}

build_image() {
  local name=$1 dockerfile=$2 context=$3 folder key base
  shift 3
  base=$(ensure_base_image)
  folder=$(image_folder "$name")
  key=$(content_hash "$dockerfile" "$context" <(printf '%s\n' "$base" "$@"))
  [[ -e $folder/$key.tar ]] ||
    with_lock "image-${folder##*/}" step "image $name: built" make_image "$folder" "$key" "$dockerfile" "$context" "$name" "$@"
  printf '%s\n' "$folder/$key.tar"
}

make_image() { # FOLDER KEY DOCKERFILE CONTEXT NAME [BUD-OPTION...]
  local folder=$1 key=$2 dockerfile=$3 context=$4 name=$5
  shift 5
  # Another command of this checkout may have made it while this one waited for the lock.
  [[ ! -e $folder/$key.tar ]] || return 0
  # One archive per image and checkout: an older one is of no use.
  rm -rf "$folder"
  mkdir -p "$folder"
  bud "$dockerfile" "$context" "$name" "$folder/partial" "$@"
  mv "$folder/partial" "$folder/$key.tar"
}

find_archive() {
  local archive
  case $1 in
    debian:bookworm-slim | "$BASE_IMAGE") ensure_base_image ;;
    *)
      [[ ! -f $1 ]] || { printf '%s\n' "$1" && return; }
      archive=$(compgen -G "$(image_folder "$1")/*.tar") || die "there is no archive and no built image '$1'" 'build it with build_image of hack/lib/images.sh'
      printf '%s\n' "$archive"
      ;;
  esac
}

load_image() {
  local archive name digest
  archive=$(find_archive "$1")
  read -r name digest < <(tar -xOf "$archive" index.json |
    jq -r '.manifests[0] | [.annotations["org.opencontainers.image.ref.name"], .digest] | @tsv')
  [[ $(ctr --address "$CONTAINERD_SOCKET" -n k8s.io images ls "name==$name" | awk 'NR==2 {print $3}') != "$digest" ]] || return 0
  step "image $name: loaded" run_logged "$LOGS/image-load.log" ctr --address "$CONTAINERD_SOCKET" -n k8s.io images import "$archive"
}
