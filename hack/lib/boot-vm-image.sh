# shellcheck shell=bash source-path=SCRIPTDIR
# Provides ensure_boot_vm_disk: prints the disk of a Debian machine with its own kernel, GRUB, containerd and kubelet, made once of
# Debian's packages. Machines never write to it: each has an overlay (boot-vm.sh).
# Needs no loop device and mounts no disk: mke2fs fills the file system, and the machine itself installs its boot loader.

source "$(dirname "${BASH_SOURCE[0]}")/boot-vm-guest.sh"
source "$(dirname "${BASH_SOURCE[0]}")/boot-vm-qemu.sh"
source "$(dirname "${BASH_SOURCE[0]}")/kubernetes.sh"
source "$(dirname "${BASH_SOURCE[0]}")/images.sh"

# The kernel for virtual machines has what is asked for here (NO_HZ_FULL, RCU_NOCB_CPU, CPU_ISOLATION) and a quarter of the modules,
# which an emulated processor has to pack into an initrd.
BOOT_VM_PACKAGES=(linux-image-cloud-amd64 grub-pc initramfs-tools systemd-sysv udev dbus kmod procps iproute2 e2fsprogs
  openssh-server containerd runc containernetworking-plugins iptables conntrack socat ethtool)
BOOT_VM_DISK_MIB=6144

ensure_boot_vm_disk() {
  local kubernetes pause base key
  kubernetes=$(ensure_kubernetes)
  pause=$(ensure_pause_image)
  base=$(ensure_base_image)
  key=boot-vm-$(content_hash "$CHECKOUT"/hack/lib/{boot-vm-image,boot-vm-guest,identity}.sh <(declare -f cni_config) <(printf '%s\n' "$kubernetes" "$pause" "$base"))
  if [[ ! -e $CACHE/$key ]]; then
    ensure_packages mmdebstrap fdisk e2fsprogs qemu-system-x86 qemu-utils
    say "boot-vm: making its disk, once per machine: about 3 minutes; follow it with tail -f $CACHE/log/boot-vm-*.log"
  fi
  printf '%s\n' "$(cached "$key" make_boot_vm_disk "$kubernetes/kubelet" "$pause" "$base")/disk.img"
}

make_boot_vm_disk() { # KUBELET PAUSE-IMAGE BASE-IMAGE DIR
  local kubelet=$1 dir=$4
  step 'boot-vm: root file system' run_logged "$CACHE/log/boot-vm-rootfs.log" make_root_file_system "$dir" "$kubelet"
  step 'boot-vm: disk' run_logged "$CACHE/log/boot-vm-disk.log" make_disk "$dir/root" "$dir/disk.img"
  cp "$dir"/root/boot/vmlinuz-* "$dir/vmlinuz"
  cp "$dir"/root/boot/initrd.img-* "$dir/initrd.img"
  rm -rf "$dir/root"
  mkdir -p "$dir/seed/images"
  copy_archive "$2" "$dir/seed/images"
  copy_archive "$3" "$dir/seed/images"
  run_logged "$CACHE/log/boot-vm-seed.log" make_seed_disk "$dir/seed" "$dir/seed.img"
  step 'boot-vm: images imported, boot loader installed by the machine itself' seal_disk "$dir"
  rm -rf "$dir"/seed*
}

make_root_file_system() { # DIR KUBELET
  local dir=$1 options=() packages
  if machine_is_bookworm; then
    collect_apt_sources "$dir/sources"
    options=("$dir"/sources/*)
  fi
  packages=$(IFS=, && printf %s "${BOOT_VM_PACKAGES[*]}")
  # shellcheck disable=SC2016 # $1 is for mmdebstrap's shell
  DEBIAN_FRONTEND=noninteractive mmdebstrap --mode=root --variant=minbase --format=directory --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*' bookworm "$dir/root" "${options[@]}"
  rm -rf "$dir/sources"
  write_guest_files "$dir/root" "$2"
}

make_disk() { # ROOT FILE
  # Before it are the boot sector and GRUB's core.
  local first=2048
  truncate -s "${BOOT_VM_DISK_MIB}M" "$2"
  printf 'label: dos\nstart=%d, type=83, bootable\n' $first | sfdisk "$2"
  mke2fs -q -t ext4 -L "$ROOT_LABEL" -E "offset=$((first * 512))" -d "$1" "$2" "$(((BOOT_VM_DISK_MIB - 1) * 1024))k"
}

# Named for its content: a machine imports what it does not have yet.
copy_archive() { # ARCHIVE FOLDER
  cp "$1" "$2/$(tar -xOf "$1" index.json | sha256sum | cut -c1-16).tar"
}

# The second disk, of a folder: images, and the secrets of one cluster's machine.
make_seed_disk() { # FOLDER FILE
  mke2fs -q -F -t ext4 -L "$SEED_LABEL" -d "$1" "$2" "$(($(du -sm "$1" | cut -f1) * 11 / 10 + 64))m"
}

seal_disk() { # DIR
  # A console of its own in the cache: the folder goes when this fails.
  local console=$CACHE/log/boot-vm-seal.log accelerator
  accelerator=$(boot_vm_accelerator "$1/vmlinuz")
  rm -f "$console"
  timeout 1800 qemu-system-x86_64 "${BOOT_VM_MACHINE[@]}" -accel "$accelerator" -monitor none -nic none -no-reboot -serial "file:$console" \
    -drive "file=$1/disk.img,format=raw,if=virtio" -drive "file=$1/seed.img,format=raw,if=virtio,readonly=on" \
    -kernel "$1/vmlinuz" -initrd "$1/initrd.img" \
    -append "root=/dev/vda1 rw console=ttyS0 init=/usr/local/sbin/seal" </dev/null || true
  grep -q '^boot-vm: sealed' "$console" || die 'the machine did not install its boot loader' "read $console"
}
