# shellcheck shell=bash source-path=SCRIPTDIR
# Provides what every part of hack/ needs: progress lines with times, errors with a remedy,
# a build cache outside the checkout, locks, and installation of Debian packages.
#
#   say TEXT                   a progress line, with the seconds since the start in front
#   step TEXT CMD...           runs CMD and says TEXT with the seconds it took
#   die TEXT [REMEDY]          ends with an error and what to do about it
#   run_logged LOG CMD...      CMD's output goes to LOG; on failure its last lines are shown
#   wait_until SECONDS CMD...  polls CMD until it succeeds
#   ensure_packages PKG...     Debian packages, without starting their services
#   cached KEY BUILDER...      prints $CACHE/KEY, made by `BUILDER... DIR` when it is missing
#   content_hash PATH...       a short hash of the content of files and folders

[[ -n ${LATLAB_COMMON:-} ]] && return
LATLAB_COMMON=1
# A failure inside $(...) counts.
shopt -s inherit_errexit

# shellcheck disable=SC2034 # for those who source this
CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Keeps what is made of one checkout apart from what is made of another.
# shellcheck disable=SC2034 # for those who source this
CHECKOUT_ID=$(printf %s "$CHECKOUT" | sha256sum | cut -c1-12)
CACHE=${LATLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/latlab}
# Sourced by several programs, each of which has its own start.
START_SECONDS=${EPOCHREALTIME/./}

elapsed_since() { # microseconds since the epoch -> "5.9"
  local tenths=$(((${EPOCHREALTIME/./} - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# Progress goes to stderr: stdout is for what a caller evaluates or pipes.
say() {
  printf '[%4ds] %s\n' $(((${EPOCHREALTIME/./} - START_SECONDS) / 1000000)) "$*" >&2
}

step() {
  local text=$1 began=${EPOCHREALTIME/./}
  shift
  "$@"
  say "$text ($(elapsed_since "$began") s)"
}

die() {
  printf 'error: %s\n' "$1" >&2
  [[ -z ${2:-} ]] || printf '  remedy: %s\n' "$2" >&2
  exit 1
}

run_logged() {
  local log=$1 status restore
  shift
  mkdir -p "$(dirname "$log")"
  # Not as a condition: within one, bash lets a function go on after a command that failed.
  restore=$(set +o | grep errexit)
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  eval "$restore"
  if ((status != 0)); then
    printf 'last lines of %s:\n' "$log" >&2
    tail -n 20 "$log" | sed 's/^/  | /' >&2
    die "failed: $*" "read the whole log in $log, then run the same command again"
  fi
}

wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

require_root() {
  [[ $EUID -eq 0 ]] || die "this needs root (network namespaces, mounts, cgroups)" "run it again with sudo -E"
}

ensure_packages() {
  local package missing=()
  if [[ $EUID -eq 0 ]] && policy_is_ours; then with_lock packages restore_policy; fi
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ -x /usr/bin/apt-get ]] || die "missing: ${missing[*]}" "this needs Debian 12 or a relative of it"
  require_root
  mkdir -p "$CACHE"
  say "packages: installing ${missing[*]}"
  # dpkg has one lock, and so has the policy below.
  with_lock packages step 'packages: installed' install_packages "${missing[@]}"
}

# With a policy of 101 no package starts a service: etcd and containerd would run on the machine, and this project runs its own copies.
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# of latlab, while it installs packages'

# Under the lock: left by a program that was killed.
policy_is_ours() { grep -qsxF "$POLICY_MARK" "$POLICY"; }

forbid_services() {
  restore_policy
  if [[ -e $POLICY || -L $POLICY ]]; then mv "$POLICY" "$POLICY.before-latlab"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
  chmod 755 "$POLICY"
}

restore_policy() {
  if policy_is_ours; then rm "$POLICY"; fi
  if [[ -e $POLICY.before-latlab || -L $POLICY.before-latlab ]]; then mv "$POLICY.before-latlab" "$POLICY"; fi
}

install_packages() (
  trap restore_policy EXIT
  forbid_services
  export DEBIAN_FRONTEND=noninteractive
  # A machine that has just come up may be updating itself; and nothing that is there (Docker's own containerd) is removed for ours.
  local options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  run_logged "$CACHE/log/apt-update.log" apt-get "${options[@]}" update
  run_logged "$CACHE/log/apt-install.log" apt-get "${options[@]}" install -y --no-install-recommends --no-remove "$@"
)

# Two checkouts must not make the same thing at the same time.
with_lock() (
  local lock=$1 fd
  shift
  mkdir -p "$CACHE/lock"
  exec {fd}>"$CACHE/lock/$lock"
  if ! flock -n "$fd"; then
    say "waiting for another build of $lock"
    flock "$fd"
  fi
  # Children must not inherit the lock: a daemon started under it would hold it for good.
  "$@" {fd}>&-
)

content_hash() {
  local path
  for path; do
    if [[ -d $path ]]; then
      # Modes and links count, too: an image holds them.
      (cd "$path" && find . -printf '%m %p %l\n' | sort && find . -type f -print0 | sort -z | xargs -0r sha256sum)
    else
      sha256sum <"$path"
    fi
  done | sha256sum | cut -c1-12
}

cached() {
  local key=$1
  shift
  [[ -e $CACHE/$key ]] || with_lock "$key" fill_cache "$key" "$@"
  printf '%s\n' "$CACHE/$key"
}

fill_cache() {
  local key=$1 dir
  shift
  # Another checkout may have made it while this one waited for the lock.
  [[ ! -e $CACHE/$key ]] || return 0
  # What a killed build left; the lock says that nobody is using it.
  rm -rf "$CACHE/$key".tmp.*
  dir=$(mktemp -d "$CACHE/$key.tmp.XXXXXX")
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$dir'" EXIT
  "$@" "$dir" >&2
  mv "$dir" "$CACHE/$key"
  trap - EXIT
}
