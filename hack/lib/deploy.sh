# shellcheck shell=bash source-path=SCRIPTDIR
# Provides the product on a cluster, by the chart alone:
#   use_cluster                       KUBECONFIG and PATH for this checkout's cluster; the functions below need both
#   install_latlab [HELM-OPTION...]   installs or upgrades the release, waits until operator and agents are ready
#   uninstall_release                 takes the release away; the chart restores the nodes first
#   end_cluster                       restores the node, then takes this checkout's cluster away

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"

RELEASE=latlab
SYSTEM_NAMESPACE=latlab-system
ROLLOUT_PATIENCE=120s

# Not eval "$(...)": that would swallow a failure, and what follows would act on the user's own cluster.
use_cluster() {
  local exports
  exports=$("$CHECKOUT/hack/cluster" env) || die "cluster $CLUSTER cannot be used" 'see above; hack/cluster status'
  eval "$exports"
  [[ ${KUBECONFIG:-} == "$ADMIN_KUBECONFIG" ]] || die "KUBECONFIG is '${KUBECONFIG:-}', not that of cluster $CLUSTER" 'hack/cluster up'
}

install_latlab() {
  # A namespace of the last release that is still going would take this one's objects along.
  if [[ $(kubectl get namespace latlab-runs --ignore-not-found -o jsonpath='{.status.phase}') == Terminating ]]; then
    say 'latlab: waiting for namespace latlab-runs of the last release to go'
    kubectl wait --for=delete namespace/latlab-runs --timeout=120s >/dev/null ||
      die 'namespace latlab-runs does not go' 'kubectl get namespace latlab-runs -o yaml says what is left; docs/how-to/uninstall.md how to let it go'
  fi
  kubectl get namespace "$SYSTEM_NAMESPACE" >/dev/null 2>&1 || kubectl create namespace "$SYSTEM_NAMESPACE" >/dev/null
  # The agent uses the node's network and files, so its namespace must allow that; the operator's own pod needs none of it.
  kubectl label --overwrite namespace "$SYSTEM_NAMESPACE" pod-security.kubernetes.io/enforce=privileged >/dev/null
  # Where the file is, is known of this checkout's own node alone: on another cluster the agents would wait for it for ever.
  local kubelet=()
  [[ ${KUBECONFIG:-} != "$ADMIN_KUBECONFIG" ]] || kubelet=(--set "agent.kubeletConfig=$STATE/kubelet.yaml")
  step 'latlab: chart installed' run_logged "$CACHE/log/helm.log" \
    helm upgrade --install "$RELEASE" "$CHECKOUT/charts/latlab" --namespace "$SYSTEM_NAMESPACE" "${kubelet[@]}" "$@"
  step 'latlab: operator ready' rollout "deployment/$RELEASE-operator"
  step 'latlab: agents ready' rollout "daemonset/$RELEASE-agent"
}

rollout() {
  if ! kubectl --namespace "$SYSTEM_NAMESPACE" rollout status "$1" --timeout="$ROLLOUT_PATIENCE" >/dev/null; then
    kubectl --namespace "$SYSTEM_NAMESPACE" get pods -o wide >&2 || true
    kubectl --namespace "$SYSTEM_NAMESPACE" logs "$1" --tail=30 >&2 || true
    die "$1 does not get ready" "look at the pods and their logs above: kubectl -n $SYSTEM_NAMESPACE describe pods"
  fi
}

# Its name, if it is in one of these states.
release_that_is() { # HELM-LIST-OPTION...
  helm list --namespace "$SYSTEM_NAMESPACE" --filter "^$RELEASE\$" --short "$@"
}

# A helm that was interrupted leaves the release in a state from which it neither upgrades nor installs.
stuck_release() { release_that_is --pending --uninstalling; }

# What is installed stays, and the next installation takes it over.
forget_stuck_release() {
  [[ -n $(stuck_release) ]] || return 0
  say "latlab: a helm that was interrupted left release $RELEASE unfinished; deleting helm's record of it"
  # An uninstallation's job would go on and delete what is there afterwards.
  kubectl --namespace "$SYSTEM_NAMESPACE" delete job "$RELEASE-uninstall" --ignore-not-found --cascade=foreground --timeout=60s >/dev/null
  kubectl --namespace "$SYSTEM_NAMESPACE" delete secret --selector "owner=helm,name=$RELEASE" --timeout=60s >/dev/null
}

uninstall_release() {
  [[ -n $(release_that_is --deployed --failed --pending --superseded --uninstalling) ]] || return 0
  say 'latlab: ending experiments, restoring nodes, uninstalling; within 6 minutes'
  step 'latlab: nodes restored, chart uninstalled' run_logged "$CACHE/log/helm.log" \
    helm uninstall "$RELEASE" --namespace "$SYSTEM_NAMESPACE" --wait --timeout 6m
}

# What the agent changed on the node (sysctls, hugepages) is the machine's, too: it is put back, then the cluster goes.
end_cluster() {
  if [[ -e $STATE/kubelet.yaml ]]; then
    say "cluster $CLUSTER: to restore the node, all of it must run"
    # Programs of their own: when they fail or hang, the cluster goes all the same, and its `down` restores the machine or says that it cannot.
    if ! "$CHECKOUT/hack/cluster" up || ! timeout --foreground 8m "$CHECKOUT/hack/lib/uninstall-release"; then
      say "latlab could not be uninstalled, see above and $CACHE/log/helm.log; ending the cluster all the same"
    fi
  fi
  "$CHECKOUT/hack/cluster" down
}
