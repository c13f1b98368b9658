# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034,SC2317
source ../../hack/lib/boot-vm-qemu.sh

# A QEMU that writes that to its serial console; each call is counted.
qemu_that_says() { # TEXT
  mkdir -p bin
  cat >bin/qemu-system-x86_64 <<SH
#!/bin/sh
echo call >>$PWD/calls
for word; do case \$word in file:*) echo '$1' >"\${word#file:}" ;; esac; done
SH
  chmod +x bin/qemu-system-x86_64
  PATH=$PWD/bin:$PATH
  CACHE=$PWD
  KVM=$PWD/kvm
  touch "$KVM"
}

test_kvm_is_used_when_a_kernel_runs_by_it() {
  qemu_that_says '[    0.000000] Linux version 6.1'
  [[ $(boot_vm_accelerator vmlinuz) == kvm ]]
}

test_kvm_is_not_used_when_it_starts_a_machine_and_no_kernel() {
  qemu_that_says 'Probing EDD (edd=off to disable)... ok'
  [[ $(boot_vm_accelerator vmlinuz) == tcg,* ]]
}

test_kvm_is_tried_once_in_each_boot_of_this_machine() {
  qemu_that_says 'Linux version'
  boot_vm_accelerator vmlinuz
  boot_vm_accelerator vmlinuz
  [[ $(wc -l <calls) == 1 ]]
  BOOT_ID=another
  boot_vm_accelerator vmlinuz
  [[ $(wc -l <calls) == 2 ]]
}

test_without_kvm_nothing_is_tried() {
  qemu_that_says 'Linux version'
  rm "$KVM"
  [[ $(boot_vm_accelerator vmlinuz) == tcg,* && ! -e calls ]]
}
