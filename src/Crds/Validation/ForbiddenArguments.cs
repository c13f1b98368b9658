namespace Latlab.Crds.Validation;

/// <summary>
/// Arguments that decide whether, and into what, a node boots, how it is reached, or what runs there as root: a node whose boot they break,
/// or take over, is lost. Everything else that people may want is theirs to try. The lists went through the kernel's own
/// (<c>admin-guide/kernel-parameters.txt</c>), <c>kernel-command-line(7)</c> of systemd, <c>dracut.cmdline(7)</c>,
/// <c>initramfs-tools(7)</c>, and cloud-init's "Kernel command line".
/// </summary>
internal static class ForbiddenArguments
{
    private static readonly Family[] Families =
    [
        new(
            "decides which root file system and which first program the node boots into",
            [
                "init", "rdinit", "root", "rootfstype", "rootflags", "rootdelay", "rootwait", "rootovl", "ro", "rw", "initrd", "initrdmem",
                "noinitrd", "resume", "resume_offset", "resumeflags", "resumedelay", "resumewait", "noresume", "hibernate", "overlayroot",
                "overlayroot_cfgdisk", "ostree", "nfsroot", "nfsaddrs", "nfsrootdebug", "netroot", "nbdroot", "cifsroot", "fetch",
                "netboot", "boot", "BOOT_IMAGE", "toram", "persistent", "zfs", "roothash", "usrhash", "fstab", "luks", "lvm", "md", "raid",
                "cryptopts", "cryptdevice", "cryptkey", "cryptroot", "blkdevparts", "gpt", "fastboot", "forcefsck", "skipfsck",
                "dm_mod.create", "dm_mod.waitfor", "scsi_mod.scan", "load_ramdisk", "prompt_ramdisk", "ramdisk_start", "ramdisk_size",
                "usr", "usrfstype", "usrflags", "root_trim", "stratis", "fips",
            ],
            [
                "rd.", "rd_", "luks.", "mount.", "fsck.", "quotacheck.", "verity", "dm_verity.", "initramfs.", "libata.", "nbd", "iscsi",
                "ibft", "fcoe", "efi",
            ]),
        new(
            "has the boot end at a prompt, wait for a person, or write to a console that may not be there",
            [
                "single", "s", "S", "emergency", "rescue", "break", "rdbreak", "rdshell", "console", "earlycon", "netconsole", "kgdboc",
                "kgdbwait", "ekgdboc", "kdb", "boot_delay", "recovery", "tp_printk",
            ],
            ["kgdb"]),
        new(
            "takes memory or processors away that the node has, or a way to use them",
            [
                "mem", "memmap", "memtest", "maxcpus", "nr_cpus", "possible_cpus", "additional_cpus", "nosmp", "smt", "cpu0_hotplug",
                "disable_cpu_apicid", "nox2apic", "kernelcore", "movablecore", "cma", "hugetlb_cma", "reserve_mem", "reservetop", "reserve",
                "vmalloc", "clearcpuid", "noxsave", "acpi", "acpi_rsdp", "noapic", "nolapic", "disableapic",
                "mem_encrypt", "trace_buf_size",
            ],
            []),
        new(
            "decides what the node does about trouble, and may have it stop or reboot",
            [
                "panic", "oops", "kexec", "crashkernel", "reboot", "softlockup_panic", "hardlockup_panic", "hung_task_panic",
                "ftrace_dump_on_oops", "nowayout", "unknown_nmi_panic",
            ],
            ["panic_", "softdog.", "iTCO_wdt."]),
        new(
            "keeps drivers away that the node may need for its disk or its network, or has others loaded",
            [
                "module_blacklist", "blacklist", "rdblacklist", "modprobe", "nomodule", "nomodules", "initcall_blacklist", "nousb",
                "modules_load", "modules",
            ],
            ["modprobe.", "module.", "firmware_class.", "udev.", "scsi_mod.", "usbcore."]),
        new(
            "changes the network by which the node is reached",
            [
                "ip", "ip6", "ifname", "bond", "bridge", "team", "vlan", "nameserver", "bootdev", "BOOTIF", "biosdevname", "hostname",
                "netdev", "peerdns",
            ],
            ["net.", "ipv6", "vlan."]),
        new(
            "has somebody from outside set the node up, and run programs as root",
            ["url", "cc", "ds", "ks", "preseed", "auto", "autoinstall", "install", "script"],
            ["ci.", "inst.", "ignition.", "coreos.", "flatcar.", "talos."]),
        new(
            "decides what the service manager starts",
            [],
            ["systemd."]),
        new(
            "decides who may do what on the node",
            ["cgroup_disable", "cgroup_no_v1", "selinux", "enforcing", "lsm", "security"],
            ["ima", "evm", "lockdown", "integrity"]),
    ];

    /// <summary>The ones of those beginnings that may be set all the same: what service managers and cgroups may use.</summary>
    private static readonly HashSet<string> Harmless = ["systemd.cpu_affinity", "systemd.unified_cgroup_hierarchy"];

    /// <summary>What systemd takes for no (<c>parse_boolean</c> in <c>src/basic/parse-util.c</c>).</summary>
    private static readonly HashSet<string> No = new(StringComparer.OrdinalIgnoreCase) { "0", "no", "n", "false", "f", "off" };

    /// <summary>Why an argument may not be set; null when it may.</summary>
    public static string? Reason(KernelArgument argument) => argument switch
    {
        { Name: "hugepages" or "hugepagesz" } => "is one half of a pool: write both, hugepagesz=1G hugepages=8, so that its size is known",
        { Name: var name } when name.StartsWith("sysctl.", StringComparison.Ordinal) => "is a sysctl: those that may be set are set by kernel.sysctls",
        { Name: "pci", Value: { } value } when value.Split(',').Contains("off") => "takes every PCI device away",
        { Name: "swiotlb", Value: { } value } when value.Split(',').Contains("noforce") =>
            "takes the memory away that some devices must go through",
        { Name: "nmi_watchdog", Value: { } value } when value.Split(',').Contains("panic") => "has the node stop when a CPU seems to hang",
        { Name: "systemd.unified_cgroup_hierarchy", Value: { } value } when No.Contains(value) =>
            "asks for control groups of version 1, with which kubelet from 1.35 (KEP-5573) and systemd from 256 do not run",
        { Name: var name } when Harmless.Contains(name) => null,
        { Name: var name } when Array.Find(Families, family => family.Has(name)) is { } family => family.Reason,
        // What the kernel does not know goes into the environment of the first program (init/main.c): LD_PRELOAD, PATH, SYSTEMD_….
        { Name: var name, Value: not null } when char.IsAsciiLetterUpper(name[0]) && !name.Contains('.', StringComparison.Ordinal) =>
            "is no argument of the kernel's, and would go into the environment of the first program",
        _ => null,
    };

    /// <summary>Arguments that are forbidden for one reason.</summary>
    /// <param name="Reason">The reason, after the argument's name.</param>
    /// <param name="Names">Their names.</param>
    /// <param name="Prefixes">How others of them begin.</param>
    private sealed record Family(string Reason, HashSet<string> Names, string[] Prefixes)
    {
        public bool Has(string name) => Names.Contains(name)
            || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }
}
