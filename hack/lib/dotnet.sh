# shellcheck shell=bash source-path=SCRIPTDIR
# Provides what builds and tests the .NET part:
#
#   ensure_dotnet            the SDK is there, or an error that says where to get it
#   run_test_project DIR     builds and runs a test project, adds to PASSED and FAILED
#   print_totals             the closing line "N passed, N failed"; its status is 0 when nothing failed

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PASSED=0
FAILED=0
ALLOWED_SKIPS=$CHECKOUT/tests/allowed-skips.txt
# Totals are read from these files: two checkouts must not share them.
TEST_LOGS=$CACHE/log/$CHECKOUT_ID
# Of one project. A test that hangs is a failure, not a night without a result.
TEST_TIMEOUT=${LATLAB_TEST_TIMEOUT:-60m}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

ensure_dotnet() {
  command -v dotnet >/dev/null || die "the .NET SDK is missing: no dotnet on PATH" "install SDK 10 from https://dot.net/download"
  (cd "$CHECKOUT" && dotnet --version >/dev/null) || die "this needs the .NET SDK that global.json names" "install SDK 10 from https://dot.net/download"
}

run_test_project() {
  local project=$1 log status=0 name
  name=$(basename "$project")
  log=$TEST_LOGS/test-$name.log
  mkdir -p "$TEST_LOGS"
  say "tests: $name"
  (cd "$CHECKOUT" && timeout --kill-after=60s "$TEST_TIMEOUT" dotnet test --project "$project" --output Detailed --no-progress --no-ansi) >"$log" 2>&1 </dev/null || status=$?
  tally "$name" "$log" "$status"
}

# Adds up one project's summary. A project that ended without one, or with an error and no failed test, counts as one failure.
tally() {
  local name=$1 log=$2 status=$3 passed failed skipped
  passed=$(summary succeeded "$log")
  failed=$(summary failed "$log")
  skipped=$(unexpected_skips "$log")
  if [[ -z $passed || ($status -ne 0 && ${failed:-0} -eq 0) ]]; then
    failed=$((${failed:-0} + 1))
  fi
  failed=$((failed + $(grep -c . <<<"$skipped" || true)))
  PASSED=$((PASSED + ${passed:-0}))
  FAILED=$((FAILED + failed))
  say "tests: $name: ${passed:-0} passed, $failed failed"
  [[ -z $skipped ]] || printf 'skipped, and not in tests/allowed-skips.txt:\n%s\n' "$skipped" >&2
  if ((failed > 0)); then
    grep -vE '^passed |^  from ' "$log" | tail -n 150 >&2
    printf 'whole log: %s\n' "$log" >&2
  fi
}

summary() { # what, log
  sed -nE "s/^ *$1: ([0-9]+)\$/\1/p" "$2" | tail -n 1
}

unexpected_skips() {
  sed -nE 's/^skipped ([^ (]+).*/\1/p' "$1" | sort -u | while read -r test; do
    grep -qF "$test"$'\t' "$ALLOWED_SKIPS" || printf '  %s\n' "$test"
  done
}

print_totals() {
  printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
  ((FAILED == 0 && PASSED > 0))
}
