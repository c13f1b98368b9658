# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
source ../../hack/lib/common.sh

test_the_machines_policy_is_put_back() {
  POLICY=$PWD/policy-rc.d
  echo theirs >policy-rc.d
  forbid_services
  policy_is_ours
  restore_policy
  [[ $(ls) == policy-rc.d && $(<policy-rc.d) == theirs ]]
}

test_a_policy_that_a_killed_program_left_goes_and_the_machines_comes_back() {
  POLICY=$PWD/policy-rc.d
  echo theirs >policy-rc.d
  forbid_services
  # Killed here; the next one begins and ends.
  forbid_services
  restore_policy
  [[ $(ls) == policy-rc.d && $(<policy-rc.d) == theirs ]]
}

test_where_there_was_none_there_is_none() {
  POLICY=$PWD/policy-rc.d
  forbid_services
  forbid_services
  restore_policy
  [[ -z $(ls) ]]
}
