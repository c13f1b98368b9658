#!/usr/bin/env bash
# Puts what reports are made with, and what is not ours, into FOLDER: uPlot (plots that can be zoomed) and Arimo (the typeface of plots as files:
# Arial's metrics, so that a drawing is right with what readers have), each with its licence. src/Reports is built with them.
# usage: report-assets.sh FOLDER
set -euo pipefail
# shellcheck source=common.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

UPLOT=uplot@1.6.32
UPLOT_INTEGRITY=sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==
# The typeface as TrueType, which is what Skia reads; nothing of Expo is used.
ARIMO=@expo-google-fonts/arimo@0.4.3
ARIMO_INTEGRITY=sha512-kXMUJ303nJgKjJFr8yuiAY9dgIoAoj9HccKkaSw0J63/T4MSdxFejzfDUVLzUz+ohpQWinifV99QOAUQLcGKDg==

# Unpacks an npm package of which the content is known.
fetch_package() { # PACKAGE INTEGRITY FOLDER
  local package=$1 integrity=$2 folder=$3 archive got
  mkdir -p "$folder"
  (cd "$folder" && run_logged "$CACHE/log/report-assets.log" npm pack --silent "$package")
  archive=$(echo "$folder"/*.tgz)
  got=sha512-$(sha512sum "$archive" | cut -d' ' -f1 | tr a-f A-F | basenc --base16 -d | base64 -w0)
  [[ $got == "$integrity" ]] ||
    die "$package: its content is not what was expected: $got" "use a registry that has the original, or another network, and build again"
  tar -xzf "$archive" -C "$folder" --strip-components=1
}

download_assets() ( # FOLDER
  cd "$1" || exit
  fetch_package "$UPLOT" "$UPLOT_INTEGRITY" uplot
  fetch_package "$ARIMO" "$ARIMO_INTEGRITY" arimo
  mv uplot/dist/uPlot.iife.min.js uplot/dist/uPlot.min.css .
  mv uplot/LICENSE uPlot.LICENSE.txt
  mv arimo/400Regular/Arimo_400Regular.ttf Arimo.ttf
  mv arimo/LICENSE_FONT Arimo.LICENSE.txt
  rm -rf uplot arimo
)

[[ $# -eq 1 ]] || die 'one argument is needed' "report-assets.sh FOLDER"
# The versions are the key: other ones are fetched anew.
key=report-assets-$(printf '%s\n' "$UPLOT_INTEGRITY" "$ARIMO_INTEGRITY" | sha256sum | cut -c1-12)
if [[ ! -e $CACHE/$key ]]; then
  # Debian's npm brings hundreds of packages: another one that is there will do.
  command -v npm >/dev/null || ensure_packages npm
  say 'report: fetching uPlot and Arimo'
fi
folder=$(cached "$key" download_assets)
mkdir -p "$1"
# By renaming: a build that runs beside this one must not read half a file.
for file in "$folder"/*; do
  new=$(mktemp "$1/.new.XXXXXX")
  cp "$file" "$new"
  chmod 644 "$new"
  mv "$new" "$1/$(basename "$file")"
done
