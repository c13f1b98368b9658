# shellcheck shell=bash source-path=SCRIPTDIR
# Provides write_guest_files ROOT KUBELET: what makes a Debian root file system the second node. The files hold nothing of one
# cluster: certificates, keys and further images come on a second disk (/seed), which hack/lib/boot-vm.sh makes for each.

source "$(dirname "${BASH_SOURCE[0]}")/node.sh"

ROOT_LABEL=boot-vm-root
SEED_LABEL=boot-vm-seed

write_guest_files() { # ROOT KUBELET
  local root=$1
  install -m 755 "$2" "$root/usr/local/bin/kubelet"
  write_guest_system "$root"
  write_guest_network "$root"
  write_guest_boot "$root"
  write_guest_ssh "$root"
  write_guest_containerd "$root"
  write_guest_kubelet "$root"
}

write_guest_system() { # ROOT
  printf '%s\n' "$BOOT_VM_NODE" >"$1/etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n%s %s\n' "$BOOT_VM_IP" "$BOOT_VM_NODE" "$NODE_IP" api >"$1/etc/hosts"
  # No name server can be reached from here, and a look-up shall fail at once.
  printf 'nameserver 127.0.0.1\n' >"$1/etc/resolv.conf"
  # An empty one: systemd makes an id for each disk at its first boot.
  : >"$1/etc/machine-id"
  # An emulated machine is slow, and slower beside other work.
  mkdir -p "$1/etc/systemd/system.conf.d"
  printf '[Manager]\nDefaultTimeoutStartSec=20min\nDefaultDeviceTimeoutSec=20min\n' >"$1/etc/systemd/system.conf.d/slow.conf"
  # Housekeeping of a machine that lives for weeks.
  systemctl --root="$1" mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  mkdir -p "$1/seed"
  cat >"$1/etc/fstab" <<TEXT
LABEL=$ROOT_LABEL / ext4 errors=remount-ro 0 1
LABEL=$SEED_LABEL /seed ext4 ro,nofail 0 0
TEXT
}

write_guest_network() { # ROOT
  # The bridge and veths of pods are ethernet, too: only the virtio port is the machine's own.
  # By the default route, the first node's kube-proxy translates service addresses for this one.
  cat >"$1/etc/systemd/network/10-node.network" <<TEXT
[Match]
Driver=virtio_net
[Network]
Address=$BOOT_VM_IP/$NODE_NET_BITS
Gateway=$NODE_IP
LinkLocalAddressing=no
# Kubelet asks for cloud providers' metadata: without an immediate no it waits 11 seconds.
[Route]
Destination=169.254.0.0/16
Type=unreachable
TEXT
  # Others' interfaces are CNI's business.
  printf '[Match]\nName=pods0 veth*\n[Link]\nUnmanaged=yes\n' >"$1/etc/systemd/network/20-pods.network"
  systemctl --root="$1" enable systemd-networkd.service
}

write_guest_boot() { # ROOT
  # /etc/default/grub stays Debian's own: a drop-in, as the agent writes one, has to get along with it.
  cat >"$1/etc/default/grub.d/10_boot-vm.cfg" <<'TEXT'
GRUB_TIMEOUT=1
GRUB_CMDLINE_LINUX_DEFAULT=
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=ttyS0"
GRUB_TERMINAL=serial
GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
TEXT
  # The first boot is by QEMU's own loader, with this as the first process: a whole system would take longer to come up than all of
  # its work. From then on the machine boots by what the two last commands wrote. Process 1 must not end, so it starts itself again
  # for the work, and switches the machine off however that went: who made it looks for the line.
  cat >"$1/usr/local/sbin/seal" <<'TEXT'
#!/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
if [ $$ = 1 ]; then
  if sh -ex "$0"; then echo 'boot-vm: sealed'; fi
  sync
  mount -o remount,ro /
  exec systemctl poweroff -ff
fi
mount /seed
modprobe overlay
containerd &
containerd=$!
until ctr version; do sleep 1; done
import-images
kill $containerd
wait $containerd || true
umount /seed
grub-install /dev/vda
update-grub
TEXT
  chmod 755 "$1/usr/local/sbin/seal"
}

write_guest_ssh() { # ROOT
  rm -f "$1"/etc/ssh/ssh_host_*
  cat >"$1/etc/ssh/sshd_config.d/boot-vm.conf" <<'TEXT'
HostKey /seed/ssh/host
AuthorizedKeysFile /seed/ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
# Its sessions are logged and counted by systemd, which takes seconds without hardware to run on.
UsePAM no
UseDNS no
TEXT
  mkdir -p "$1/etc/systemd/system/ssh.service.d"
  printf '[Unit]\nConditionPathExists=/seed/ssh/host\nRequiresMountsFor=/seed\n' >"$1/etc/systemd/system/ssh.service.d/seed.conf"
}

write_guest_containerd() { # ROOT
  mkdir -p "$1/etc/containerd" "$1/etc/cni/net.d"
  cat >"$1/etc/containerd/config.toml" <<TOML
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
TOML
  cni_config "$BOOT_VM_NODE" "$BOOT_VM_POD_CIDR" >"$1/etc/cni/net.d/10-pods.conflist"
  # Noted when they are whole: a machine whose power was cut in between imports them again.
  cat >"$1/usr/local/sbin/import-images" <<'TEXT'
#!/bin/sh
set -e
mkdir -p /var/lib/boot-vm
for archive in /seed/images/*.tar; do
  done=/var/lib/boot-vm/$(basename "$archive").imported
  [ -e "$archive" ] && [ ! -e "$done" ] || continue
  ctr -n k8s.io images import "$archive"
  sync
  touch "$done"
done
TEXT
  chmod 755 "$1/usr/local/sbin/import-images"
  cat >"$1/etc/systemd/system/import-images.service" <<'TEXT'
[Unit]
Description=Images of the second disk
RequiresMountsFor=/seed
Requires=containerd.service
After=containerd.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/import-images
TEXT
}

write_guest_kubelet() { # ROOT
  mkdir -p "$1/etc/kubernetes"
  cat >"$1/etc/kubernetes/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: /seed/kubernetes/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: /seed/kubernetes/serving.crt
tlsPrivateKeyFile: /seed/kubernetes/serving.key
cgroupDriver: systemd
clusterDNS: [$DNS_SERVICE_IP]
clusterDomain: cluster.local
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
kubeAPIQPS: 100
kubeAPIBurst: 200
nodeStatusUpdateFrequency: 2s
YAML
  cat >"$1/etc/systemd/system/kubelet.service" <<TEXT
[Unit]
Description=Kubernetes node agent
ConditionPathExists=/seed/kubernetes/kubelet.kubeconfig
RequiresMountsFor=/seed
Wants=import-images.service
After=containerd.service import-images.service network.target
[Service]
ExecStart=/usr/local/bin/kubelet --config=/etc/kubernetes/kubelet.yaml --kubeconfig=/seed/kubernetes/kubelet.kubeconfig \\
  --hostname-override=$BOOT_VM_NODE --node-ip=$BOOT_VM_IP --node-labels=$BOOT_VM_LABEL \\
  --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock
Restart=always
RestartSec=2
[Install]
WantedBy=multi-user.target
TEXT
  systemctl --root="$1" enable kubelet.service
}
