# shellcheck shell=bash source-path=SCRIPTDIR
# Provides the second node: a Debian machine with its own kernel, GRUB and disk under QEMU, in the cluster's network namespace.
#   boot_vm_build                 its disk, if it is not in the cache
#   boot_vm_start [IMAGE...]      starts it if it does not run; returns when it is a Ready node of this boot
#   boot_vm_stop, boot_vm_kill    orderly; as when the power fails
#   boot_vm_exec COMMAND...       runs a program in it
#   boot_vm_status, boot_vm_down
# `hack/cluster down` ends it with the rest: its process is one of the cluster's, its port is in the cluster's network namespace,
# and its files are in the cluster's state.

source "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"
source "$(dirname "${BASH_SOURCE[0]}")/boot-vm-image.sh"

BOOT_VM=$STATE/boot-vm
BOOT_VM_TAP="boot-vm0"
BOOT_VM_CONSOLE=$LOGS/boot-vm-console.log
BOOT_VM_MONITOR=$RUN/boot-vm-monitor
# An emulated machine is slow, and slower beside others.
BOOT_VM_PATIENCE=600

boot_vm_build() {
  require_root
  ensure_boot_vm_disk
}

boot_vm_start() { # IMAGE...
  local disk
  require_root
  is_alive kubelet || die "cluster $CLUSTER, whose node the machine shall be, does not run" 'hack/cluster up'
  ensure_packages qemu-system-x86 qemu-utils openssh-client iproute2 e2fsprogs jq openssl
  ensure_clients
  disk=$(ensure_boot_vm_disk)
  # In a subshell, which keeps the cluster's lock no longer than this: others may kill the machine while it comes up.
  (lock_cluster && power_on "$disk" "$@")
  await_boot_vm
}

power_on() { # DISK IMAGE...
  local disk=$1 accelerator
  shift
  if is_alive boot-vm; then return; fi
  mkdir -p "$BOOT_VM"
  [[ -e $BOOT_VM/disk.qcow2 ]] || run_logged "$LOGS/boot-vm-disk.log" qemu-img create -f qcow2 -F raw -b "$disk" "$BOOT_VM/disk.qcow2"
  make_seed "$@"
  plug_in
  accelerator=$(boot_vm_accelerator "$(dirname "$disk")/vmlinuz")
  # Writes are on this machine's disk when the guest was told so, no sooner: a power cut loses what a power cut does.
  start_process boot-vm nsenter --net="$NETNS" qemu-system-x86_64 "${BOOT_VM_MACHINE[@]}" -accel "$accelerator" \
    -monitor "unix:$BOOT_VM_MONITOR,server=on,wait=off" \
    -chardev "file,id=console,path=$BOOT_VM_CONSOLE,append=on" -serial chardev:console \
    -drive "file=$BOOT_VM/disk.qcow2,format=qcow2,if=virtio,cache=writeback" \
    -drive "file=$BOOT_VM/seed.img,format=raw,if=virtio,readonly=on" \
    -netdev "tap,id=net,ifname=$BOOT_VM_TAP,script=no,downscript=no" -device virtio-net-pci,netdev=net
  say "boot-vm: powered on"
}

# The second disk: what this cluster's machine alone has. Made anew for other images.
make_seed() { # IMAGE...
  local seed=$BOOT_VM/seed image
  (($#)) || [[ ! -e $BOOT_VM/seed.img ]] || return 0
  make_identity
  rm -rf "$seed"
  mkdir -p "$seed"/{ssh,kubernetes,images}
  cp "$BOOT_VM/host" "$seed/ssh/host"
  cp "$BOOT_VM/user.pub" "$seed/ssh/authorized_keys"
  cp "$PKI/ca.crt" "$seed/kubernetes/"
  cp "$PKI/boot-vm-serving.crt" "$seed/kubernetes/serving.crt"
  cp "$PKI/boot-vm-serving.key" "$seed/kubernetes/serving.key"
  new_kubeconfig boot-vm "https://$NODE_IP:6443" "$seed/kubernetes/kubelet.kubeconfig"
  chmod 600 "$seed"/ssh/host "$seed"/kubernetes/{serving.key,kubelet.kubeconfig}
  for image; do copy_archive "$(find_archive "$image")" "$seed/images"; done
  run_logged "$LOGS/boot-vm-disk.log" make_seed_disk "$seed" "$BOOT_VM/seed.img.new"
  mv "$BOOT_VM/seed.img.new" "$BOOT_VM/seed.img"
  rm -rf "$seed"
}

# Keys for the way in, each side's known to the other beforehand, and kubelet's certificates.
make_identity() {
  local key
  [[ ! -e $BOOT_VM/known_hosts ]] || return 0
  for key in host user; do
    rm -f "$BOOT_VM/$key" "$BOOT_VM/$key.pub"
    ssh-keygen -q -t ed25519 -N '' -C boot-vm -f "$BOOT_VM/$key"
  done
  (
    umask 077
    new_certificate boot-vm "/O=system:nodes/CN=system:node:$BOOT_VM_NODE" extendedKeyUsage=clientAuth
    new_certificate boot-vm-serving "/O=system:nodes/CN=system:node:$BOOT_VM_NODE" extendedKeyUsage=serverAuth \
      "subjectAltName=IP:$BOOT_VM_IP,DNS:$BOOT_VM_NODE"
  )
  printf '%s %s\n' "$BOOT_VM_IP" "$(<"$BOOT_VM/host.pub")" >"$BOOT_VM/known_hosts"
}

# Routed, not on the first node's bridge, which would have no carrier any more when the machine has gone.
plug_in() {
  local net=(nsenter --net="$NETNS" ip)
  unplug
  "${net[@]}" tuntap add dev "$BOOT_VM_TAP" mode tap
  "${net[@]}" link set "$BOOT_VM_TAP" up
  "${net[@]}" route add "$BOOT_VM_IP" dev "$BOOT_VM_TAP" src "$NODE_IP"
  "${net[@]}" route add "$BOOT_VM_POD_CIDR" via "$BOOT_VM_IP" dev "$BOOT_VM_TAP"
}

# Its routes go with it.
unplug() {
  ! nsenter --net="$NETNS" ip link show "$BOOT_VM_TAP" >/dev/null 2>&1 || nsenter --net="$NETNS" ip link delete "$BOOT_VM_TAP"
}

await_boot_vm() {
  local began=${EPOCHREALTIME/./} boot
  wait_until "$BOOT_VM_PATIENCE" dead_or boot_vm_exec true || boot_vm_failed 'cannot be reached'
  boot=$(boot_vm_exec cat /proc/sys/kernel/random/boot_id)
  wait_until "$BOOT_VM_PATIENCE" dead_or node_has_boot "$boot" || boot_vm_failed "is no Ready node"
  say "boot-vm: Ready ($(elapsed_since "$began") s)"
}

# Succeeds when there is nothing to wait for any more; boot_vm_failed tells.
dead_or() { is_dead boot-vm || "$@"; }

# What the last boot's kubelet said of the node does not count.
node_has_boot() { # BOOT-ID
  [[ $(boot_vm_node '{.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}') == "$1 True" ]]
}

boot_vm_node() { kubectl_admin get node "$BOOT_VM_NODE" --ignore-not-found -o "jsonpath=$1"; }

boot_vm_failed() {
  tail -n 15 "$BOOT_VM_CONSOLE" | sed 's/^/  | /' >&2
  die "the machine $1" "read $BOOT_VM_CONSOLE; hack/boot-vm exec journalctl -u kubelet"
}

boot_vm_exec() { # COMMAND...
  local command
  is_alive boot-vm || die 'the machine does not run' 'hack/boot-vm start'
  # ssh would paste the words together for the shell at the other end.
  printf -v command '%q ' "$@"
  # A machine that is gone is noticed within half a minute.
  nsenter --net="$NETNS" ssh -F none -i "$BOOT_VM/user" -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR \
    -o UserKnownHostsFile="$BOOT_VM/known_hosts" -o StrictHostKeyChecking=yes -o KexAlgorithms=curve25519-sha256 \
    -o ConnectTimeout=20 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 "root@$BOOT_VM_IP" "$command"
}

boot_vm_stop() {
  require_root
  lock_cluster
  if is_alive boot-vm; then
    socat - "UNIX-CONNECT:$BOOT_VM_MONITOR" <<<system_powerdown >/dev/null
    wait_until 120 is_dead boot-vm || say 'boot-vm: did not power off within 120 s: killing it'
  fi
  boot_vm_power_cut
}

boot_vm_kill() {
  require_root
  lock_cluster
  boot_vm_power_cut
}

boot_vm_power_cut() {
  kill_process boot-vm
  say 'boot-vm: off'
}

boot_vm_status() {
  local state=off node=absent
  if is_alive boot-vm; then state="runs  pid $(process_pid boot-vm)"; fi
  if is_alive kube-apiserver; then
    ensure_clients
    node=$(boot_vm_node '{.status.conditions[?(@.type=="Ready")].status}')
    case $node in True) node=Ready ;; '') node=absent ;; *) node=NotReady ;; esac
  fi
  printf 'machine  %s\nnode     %s\nconsole  %s\n' "$state" "$node" "$BOOT_VM_CONSOLE"
  [[ $state != off && $node == Ready ]]
}

# The disk in the cache stays. The next machine is a new one.
boot_vm_down() {
  require_root
  lock_cluster
  kill_process boot-vm
  if is_namespace "$NETNS"; then unplug; fi
  if is_alive kube-apiserver; then forget_node; fi
  rm -rf "$BOOT_VM" "$BOOT_VM_MONITOR" "$BOOT_VM_CONSOLE"
  say 'boot-vm: gone'
}

# With its pods, which nobody is there to end.
forget_node() {
  ensure_clients
  kubectl_admin delete node "$BOOT_VM_NODE" --ignore-not-found >/dev/null
  kubectl_admin get pods --all-namespaces --field-selector "spec.nodeName=$BOOT_VM_NODE" -o 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\n"}{end}' |
    while read -r namespace name; do
      kubectl_admin delete pod --namespace "$namespace" "$name" --ignore-not-found --force --grace-period=0 >/dev/null 2>&1 </dev/null
    done
}
