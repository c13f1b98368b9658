# shellcheck shell=bash source-path=SCRIPTDIR
# Provides start_X and healthy_X for etcd, kube-apiserver, relay, kube-controller-manager and kube-scheduler.
# Flags are limited to those that old and new Kubernetes versions share: see KUBEBUILDER_ASSETS.

source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"
source "$(dirname "${BASH_SOURCE[0]}")/pki.sh"

probe() { # PATH-OR-URL [CURL-OPTION...], from inside
  nsenter --net="$NETNS" curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "$@"
}

start_etcd() {
  # Its data can be made again: no fsync makes writes several times faster.
  start_inside etcd "$ETCD" --data-dir="$STATE/etcd" --unsafe-no-fsync --logger=zap \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380
}
healthy_etcd() { probe http://127.0.0.1:2379/health; }

start_kube-apiserver() {
  start_inside kube-apiserver "$SERVERS/kube-apiserver" \
    --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=0.0.0.0 --advertise-address="$NODE_IP" --secure-port=6443 \
    --service-cluster-ip-range="$SERVICE_CIDR" \
    --tls-cert-file="$PKI/kube-apiserver.crt" --tls-private-key-file="$PKI/kube-apiserver.key" \
    --client-ca-file="$PKI/ca.crt" --anonymous-auth=false \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$PKI/service-account.key" --service-account-signing-key-file="$PKI/service-account.key" \
    --kubelet-client-certificate="$PKI/kube-apiserver-kubelet-client.crt" \
    --kubelet-client-key="$PKI/kube-apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP \
    --enable-aggregator-routing=true \
    --allow-privileged=true
}
healthy_kube-apiserver() {
  probe https://127.0.0.1:6443/readyz --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key"
}

port_is_free() { [[ -z $(ss -Hltn "sport = :$1") ]]; }

choose_relay_port() {
  local port
  # From the name, so that a cluster made again mostly has its old port.
  port=$((20000 + 0x$(printf %s "$CLUSTER" | sha256sum | cut -c1-4) % 10000))
  until port_is_free $port; do port=$((port + 1)); done
  printf '%s\n' $port >"$STATE/port"
}

# The one way from the machine into the cluster's network.
start_relay() {
  if [[ ! -s $STATE/port ]] || ! port_is_free "$(<"$STATE/port")"; then choose_relay_port; fi
  start_process relay socat "TCP-LISTEN:$(<"$STATE/port"),bind=127.0.0.1,reuseaddr,fork" \
    "EXEC:nsenter --net=$NETNS socat STDIO TCP\\:127.0.0.1\\:6443"
  ensure_admin_kubeconfig "https://127.0.0.1:$(<"$STATE/port")"
}
healthy_relay() {
  curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "https://127.0.0.1:$(<"$STATE/port")/readyz" \
    --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key"
}

# One copy of each, so no leader election: after a kill -9 nobody waits for a lease to run out.
start_kube-controller-manager() {
  start_inside kube-controller-manager "$SERVERS/kube-controller-manager" \
    --kubeconfig="$PKI/kube-controller-manager.kubeconfig" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file="$PKI/service-account.key" \
    --root-ca-file="$PKI/ca.crt" \
    --cluster-signing-cert-file="$PKI/ca.crt" --cluster-signing-key-file="$PKI/ca.key" \
    --kube-api-qps=100 --kube-api-burst=200 --bind-address=127.0.0.1
}
healthy_kube-controller-manager() { probe --insecure https://127.0.0.1:10257/healthz; }

start_kube-scheduler() {
  start_inside kube-scheduler "$SERVERS/kube-scheduler" \
    --kubeconfig="$PKI/kube-scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1
}
healthy_kube-scheduler() { probe --insecure https://127.0.0.1:10259/healthz; }
