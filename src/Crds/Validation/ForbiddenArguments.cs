namespace Latlab.Crds.Validation;

/// <summary>
/// Arguments that decide whether, and into what, a node boots, or what runs there as root: a node whose boot they break, or take over, is
/// lost. Everything else that people may want is theirs to try: the last kernel entry boots without it.
/// </summary>
internal static class ForbiddenArguments
{
    private static readonly HashSet<string> Names =
    [
        // The root file system, the first program, and what shells are given before.
        "init", "rdinit", "root", "rootfstype", "rootflags", "rootdelay", "rootwait", "ro", "rw", "initrd", "noinitrd", "resume", "overlayroot", "ostree", "ds",
        "single", "s", "S", "emergency", "rescue", "break", "boot", "BOOT_IMAGE", "nfsroot", "ip", "hostname",
        // Consoles and debuggers, which wait for people.
        "console", "earlycon", "netconsole", "kgdboc", "kgdbwait", "ekgdboc", "dm_mod.create", "dm_mod.waitfor",
        // Memory and processors that the node is to be without.
        "mem", "memmap", "memtest", "maxcpus", "nr_cpus", "possible_cpus", "nosmp", "kernelcore", "movablecore", "cma", "reserve_mem", "clearcpuid", "noxsave",
        "acpi", "noapic", "nolapic", "hugepages", "hugepagesz",
        // What it does about trouble.
        "panic", "oops", "kexec", "crashkernel", "reboot", "softlockup_panic", "hung_task_panic",
        // Drivers that it would not have, for its disk or its network.
        "module_blacklist", "modprobe", "nomodule", "nomodules", "initcall_blacklist", "nousb", "biosdevname",
        // Who may do what.
        "cgroup_disable", "selinux", "enforcing", "lsm", "security",
    ];

    private static readonly string[] Prefixes =
    [
        "systemd.", "rd.", "fsck.", "mount.", "luks.", "ima_", "evm", "efi", "lockdown", "sysctl.", "modprobe.", "module.", "firmware_class.", "net.",
        "panic_", "ignition.", "coreos.", "flatcar.", "talos.", "udev.",
    ];

    /// <summary>The ones of those beginnings that may be set all the same: what service managers and cgroups may use.</summary>
    private static readonly HashSet<string> Harmless = ["systemd.cpu_affinity", "systemd.unified_cgroup_hierarchy"];

    /// <summary>Why an argument may not be set; null when it may.</summary>
    public static string? Reason(KernelArgument argument) => argument switch
    {
        { Name: "hugepages" or "hugepagesz" } => "is one half of a pool: write both, hugepagesz=1G hugepages=8, so that its size is known",
        { Name: var name } when name.StartsWith("sysctl.", StringComparison.Ordinal) => "is a sysctl: those that may be set are set by kernel.sysctls",
        { Name: "pci", Value: { } value } when value.Split(',').Contains("off") => "takes every PCI device away",
        { Name: var name } when !Harmless.Contains(name)
            && (Names.Contains(name) || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) =>
            "decides whether, and into what, the node boots",
        _ => null,
    };
}
