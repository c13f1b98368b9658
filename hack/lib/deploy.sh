# shellcheck shell=bash source-path=SCRIPTDIR
# Provides the product on a cluster, by the chart alone:
#   install_latlab [HELM-OPTION...]   installs or upgrades the release, waits until operator and agents are ready
#   uninstall_latlab                  takes the release, its CRDs and its namespaces away
# KUBECONFIG and PATH (kubectl, helm) must be set.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

RELEASE=latlab
SYSTEM_NAMESPACE=latlab-system

install_latlab() {
  # A namespace of the last release that is still going would take this one's objects along.
  if [[ $(kubectl get namespace latlab-runs --ignore-not-found -o jsonpath='{.status.phase}') == Terminating ]]; then
    kubectl wait --for=delete namespace/latlab-runs --timeout=120s >/dev/null
  fi
  kubectl get namespace "$SYSTEM_NAMESPACE" >/dev/null 2>&1 || kubectl create namespace "$SYSTEM_NAMESPACE" >/dev/null
  # The agent uses the node's network and files, so its namespace must allow that; the operator's own pod needs none of it.
  kubectl label --overwrite namespace "$SYSTEM_NAMESPACE" pod-security.kubernetes.io/enforce=privileged >/dev/null
  step 'latlab: chart installed' run_logged "$CACHE/log/helm.log" \
    helm upgrade --install "$RELEASE" "$CHECKOUT/charts/latlab" --namespace "$SYSTEM_NAMESPACE" "$@"
  step 'latlab: operator ready' rollout "deployment/$RELEASE-operator"
  step 'latlab: agents ready' rollout "daemonset/$RELEASE-agent"
}

rollout() {
  if ! kubectl --namespace "$SYSTEM_NAMESPACE" rollout status "$1" --timeout=120s >/dev/null; then
    kubectl --namespace "$SYSTEM_NAMESPACE" get pods -o wide >&2 || true
    kubectl --namespace "$SYSTEM_NAMESPACE" logs "$1" --tail=30 >&2 || true
    die "$1 does not get ready" "look at the pods and their logs above: kubectl -n $SYSTEM_NAMESPACE describe pods"
  fi
}

uninstall_latlab() {
  if helm status "$RELEASE" --namespace "$SYSTEM_NAMESPACE" >/dev/null 2>&1; then
    step 'latlab: nodes restored, chart uninstalled' run_logged "$CACHE/log/helm.log" \
      helm uninstall "$RELEASE" --namespace "$SYSTEM_NAMESPACE" --wait --timeout 6m
  fi
  # The chart keeps the CRDs, and with them results: whoever asks for all of it to go wants these gone, too.
  kubectl delete --ignore-not-found --timeout=60s crd tunednodes.latlab.dev nodetunings.latlab.dev latencyexperiments.latlab.dev latencyruns.latlab.dev >/dev/null
  kubectl delete --ignore-not-found --timeout=120s namespace "$SYSTEM_NAMESPACE" >/dev/null
}
