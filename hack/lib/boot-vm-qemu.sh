# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# Provides what QEMU is told of every machine:
#   BOOT_VM_MACHINE              options for processors and memory
#   boot_vm_accelerator KERNEL   prints kvm where it runs that kernel, else tcg: software emulation

source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

# No feature is taken from "max": emulated by QEMU 7.2 without svm, systemd finds mounts missing in /proc/self/mountinfo, and starts nothing that
# has a mount namespace. Why was not found out.
BOOT_VM_MACHINE=(-name boot-vm -machine pc -cpu max -smp 4 -m 3072 -display none)
KVM=/dev/kvm
EMULATION=tcg,thread=multi,tb-size=512

# Whether /dev/kvm can be opened says little: under some hypervisors it starts a machine, in which no kernel gets anywhere.
boot_vm_accelerator() { # KERNEL
  local note=$CACHE/boot-vm-accelerator boot="" accelerator=""
  read -r boot accelerator 2>/dev/null <"$note" || true
  if [[ $boot != "$BOOT_ID" ]]; then
    accelerator=$EMULATION
    if kvm_runs "$1"; then accelerator=kvm; fi
    say "boot-vm: accelerator ${accelerator%%,*}"
    printf '%s %s\n' "$BOOT_ID" "$accelerator" >"$note"
  fi
  printf '%s\n' "$accelerator"
}

kvm_runs() { # KERNEL
  local console
  [[ -w $KVM ]] || return 1
  console=$(mktemp)
  # It finds no disk, panics, and ends.
  timeout 20 qemu-system-x86_64 "${BOOT_VM_MACHINE[@]}" -accel kvm -monitor none -nic none -no-reboot -serial "file:$console" \
    -kernel "$1" -append 'console=ttyS0 panic=-1' </dev/null >/dev/null 2>&1 || true
  if grep -q 'Linux version' "$console"; then rm "$console"; else rm "$console" && return 1; fi
}
