# shellcheck shell=bash source-path=SCRIPTDIR
# Provides latlab's own images:
#   publish PROJECT FOLDER        dotnet publish for an image, unless the sources are those of the last time
#   build_product_images          builds all four; sets IMAGE_TAG, and PRODUCT_ARCHIVES to their OCI archives
#   PRODUCT_IMAGES                their names, in the order of the archives
# Images are named $IMAGE_REPOSITORY/NAME:$IMAGE_TAG; the tag follows the content, so that a new build is rolled out.

source "$(dirname "${BASH_SOURCE[0]}")/images.sh"
source "$(dirname "${BASH_SOURCE[0]}")/dotnet.sh"

IMAGE_REGISTRY=ghcr.io
IMAGE_REPOSITORY=$IMAGE_REGISTRY/latlab

# Of a project and the two libraries that it may use.
sources_hash() { # PROJECT
  (cd "$CHECKOUT" && find "src/$1" src/Crds src/Measurement src/Reports hack/lib/report-assets.sh Directory.Build.props Directory.Packages.props global.json \
    -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

publish() {
  local project=$1 folder=$2 key
  shift 2
  key="$(sources_hash "$project") $*"
  if [[ -e $folder/app && $(cat "$folder/key" 2>/dev/null) == "$key" ]]; then
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  step "publish: $project" run_logged "$CACHE/log/publish-$project.log" \
    dotnet publish "$CHECKOUT/src/$project" -c Release -r linux-x64 --artifacts-path "$PUBLISH/artifacts" -o "$folder/app" "$@"
  find "$folder/app" \( -name '*.dbg' -o -name '*.pdb' -o -name '*.xml' \) -delete
  printf '%s\n' "$key" >"$folder/key"
}

PRODUCT_IMAGES=(operator agent run forwarder)

# One at a time: another command of this checkout must not publish into the folders that images are built from.
build_product_images() {
  local made
  made=$(with_lock "product-images-$CHECKOUT_ID" make_product_images)
  # shellcheck disable=SC2034 # for the caller
  { read -r IMAGE_TAG && mapfile -t PRODUCT_ARCHIVES; } <<<"$made"
}

# Prints the tag, then the archives.
make_product_images() {
  local name tag
  ensure_dotnet
  # The linker and zlib are for the native binaries.
  ensure_packages gcc zlib1g-dev
  mkdir -p "$PUBLISH"
  publish Operator "$PUBLISH/operator" --self-contained -p:PublishReadyToRun=true
  publish NodeAgent "$PUBLISH/agent"
  publish Cli "$PUBLISH/cli"
  # The Dockerfiles of run and forwarder take the program from latlab/ in their context.
  mkdir -p "$PUBLISH/run"
  rm -rf "$PUBLISH/run/latlab"
  cp -r "$PUBLISH/cli/app" "$PUBLISH/run/latlab"
  tag=dev-$(cat "$PUBLISH"/{operator,agent,cli}/key "$CHECKOUT"/images/*/Dockerfile | sha256sum | cut -c1-10)
  forget_other_tags "$tag"
  printf '%s\n' "$tag"
  for name in "${PRODUCT_IMAGES[@]}"; do
    build_image "$IMAGE_REPOSITORY/$name:$tag" "$CHECKOUT/images/$name/Dockerfile" "$(image_context "$name")"
  done
}

image_context() {
  case $1 in
    operator | agent) printf '%s\n' "$PUBLISH/$1/app" ;;
    run | forwarder) printf '%s\n' "$PUBLISH/run" ;;
  esac
}

# Archives of earlier builds of this checkout.
forget_other_tags() { # TAG
  local folder name
  for name in "${PRODUCT_IMAGES[@]}"; do
    folder=$(image_folder "$IMAGE_REPOSITORY/$name:")
    find "$(dirname "$folder")" -maxdepth 1 -name "$(basename "$folder")*" ! -name "$(basename "$folder")$1" -exec rm -rf {} + 2>/dev/null || true
  done
}
