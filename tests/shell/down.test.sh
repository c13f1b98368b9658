# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034,SC2317
source ../../hack/lib/down.sh

journal() { # BOOT-ID
  STATE=$PWD
  PUBLISH=$PWD/publish
  mkdir -p latlab
  printf '{"schema":1,"drifts":0,"entries":[{"knob":"kernel.sysctls[vm.stat_interval]","prior":"1","bootId":"%s"}]}' "$1" >latlab/journal.json
}

agent_that() { # COMMAND
  mkdir -p publish/agent/app
  printf '#!/bin/sh\n%s\n' "$1" >publish/agent/app/latlab-agent
  chmod +x publish/agent/app/latlab-agent
  run_agent() { "$@"; }
}

test_down_goes_on_without_a_journal() {
  STATE=$PWD
  restore_machine
}

test_down_goes_on_with_an_empty_journal_and_with_one_of_another_boot() {
  journal of-another-boot
  restore_machine
  printf '{"schema":1,"drifts":0,"entries":[]}' >latlab/journal.json
  restore_machine
}

test_down_restores_by_the_agent() {
  journal "$BOOT_ID"
  agent_that "test \"\$1\" = restore && printf '{\"schema\":1,\"entries\":[]}' >$PWD/latlab/journal.json"
  restore_machine
}

# Each must stop, name the journal, and keep it.
must_refuse() {
  if (restore_machine) 2>said; then return 1; fi
  grep -F "$PWD/latlab/journal.json" said
  [[ -s latlab/journal.json ]]
}

test_down_keeps_the_journal_without_an_agent() {
  journal "$BOOT_ID"
  must_refuse
}

test_down_keeps_the_journal_when_the_agent_cannot_restore() {
  journal "$BOOT_ID"
  agent_that 'exit 1'
  must_refuse
}

test_down_keeps_a_journal_that_cannot_be_read() {
  journal "$BOOT_ID"
  printf '{' >latlab/journal.json
  must_refuse
}
