# shellcheck shell=bash source-path=SCRIPTDIR
# Provides ensure_pki: a certificate authority, one certificate per component, and kubeconfigs in $PKI;
# ensure_admin_kubeconfig URL: the kubeconfig for the machine's users.

source "$(dirname "${BASH_SOURCE[0]}")/identity.sh"

DAYS=3650

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# NAME SUBJECT [EXTENSION-LINE...]
new_certificate() {
  local name=$1 subject=$2
  shift 2
  new_key "$PKI/$name.key"
  openssl req -new -key "$PKI/$name.key" -subj "$subject" -out "$PKI/$name.csr"
  openssl x509 -req -in "$PKI/$name.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days "$DAYS" -sha256 -extfile <(printf '%s\n' 'keyUsage=digitalSignature' "$@") -out "$PKI/$name.crt" 2>/dev/null
  rm "$PKI/$name.csr"
}

new_kubeconfig() { # NAME URL FILE
  cat >"$3" <<YAML
apiVersion: v1
kind: Config
current-context: $CLUSTER
clusters:
- name: $CLUSTER
  cluster: {server: "$2", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}
users:
- name: $1
  user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}
contexts:
- name: $CLUSTER
  context: {cluster: $CLUSTER, user: $1}
YAML
}

make_pki() (
  umask 077
  rm -rf "$PKI"
  mkdir -p "$PKI"
  new_key "$PKI/ca.key"
  openssl req -x509 -new -key "$PKI/ca.key" -subj "/CN=$CLUSTER" -days "$DAYS" -sha256 -out "$PKI/ca.crt" \
    -addext 'keyUsage=critical,digitalSignature,keyCertSign'
  new_key "$PKI/service-account.key"

  client=extendedKeyUsage=clientAuth server=extendedKeyUsage=serverAuth
  new_certificate kube-apiserver /CN=kube-apiserver "$server" \
    "subjectAltName=IP:127.0.0.1,IP:$NODE_IP,IP:$API_SERVICE_IP,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  new_certificate kubelet-serving "/O=system:nodes/CN=system:node:$CLUSTER" "$server" "subjectAltName=IP:$NODE_IP,DNS:$CLUSTER"
  new_certificate kube-apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client "$client"
  new_certificate admin /O=system:masters/CN=admin "$client"
  new_certificate kube-controller-manager /CN=system:kube-controller-manager "$client"
  new_certificate kube-scheduler /CN=system:kube-scheduler "$client"
  new_certificate kube-proxy /CN=system:kube-proxy "$client"
  new_certificate kubelet "/O=system:nodes/CN=system:node:$CLUSTER" "$client"
  for name in kube-controller-manager kube-scheduler kube-proxy kubelet; do
    new_kubeconfig "$name" https://127.0.0.1:6443 "$PKI/$name.kubeconfig"
  done
  touch "$PKI/complete"
)

ensure_pki() {
  [[ -e $PKI/complete ]] || step 'certificates: made' make_pki
}

ensure_admin_kubeconfig() {
  grep -qsF "\"$1\"" "$ADMIN_KUBECONFIG" || (umask 077 && new_kubeconfig admin "$1" "$ADMIN_KUBECONFIG")
}
